"""What members ask about lines of their own ledger, and what the desk answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.states import Moves
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum


class QuestionState(StrEnum):
    """Where a question about a line stands."""

    OPEN = "open"
    RETURNED = "returned"
    EXPLAINED = "explained"


QUESTION_MOVES: Moves = {
    QuestionState.OPEN: frozenset[StrEnum]({QuestionState.RETURNED, QuestionState.EXPLAINED}),
    QuestionState.RETURNED: frozenset(),
    QuestionState.EXPLAINED: frozenset(),
}


class LedgerQuestion(Model):
    """A member's question about one used unit; each line is asked about once."""

    __tablename__ = "ledger_question"
    __table_args__ = (Index(None, "club_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("package_entry.id"), unique=True)
    state: Mapped[QuestionState] = mapped_column(
        text_enum(QuestionState), default=QuestionState.OPEN
    )
    words: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    answer: Mapped[str] = mapped_column(String(300), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    answered_by: Mapped[str] = mapped_column(String(80), default="")
