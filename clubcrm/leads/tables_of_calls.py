"""Models room: the calls by which somebody nobody knew has asked."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.db import Model


class InquiryCall(Model):
    """One call of a question, by the name under which the log of calls knows it."""

    __tablename__ = "inquiry_call"

    call_ref: Mapped[str] = mapped_column(String(14), primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
