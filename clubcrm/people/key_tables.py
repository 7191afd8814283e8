"""Models room: which rows of somebody's tables have been kept, so that none is kept twice."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import UtcInstant


class ImportKey(Model):
    """A row of a table that came in: by its key of the other system, and what it is here."""

    __tablename__ = "import_key"
    __table_args__ = (UniqueConstraint("club_id", "kind", "source", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(200))
    subject_id: Mapped[int]
    kept_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
