"""Models room: two records that may be one person, and two that became one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)


class Fate(StrEnum):
    """What became of rows of the record that is gone: moved over, or set aside until an undo."""

    MOVED = "moved"
    ASIDE = "aside"


class PersonMerge(Model):
    """Two records of one person became one; what is kept here can be taken apart again."""

    __tablename__ = "person_merge"
    __table_args__ = (
        CheckConstraint("gone_id <> kept_id", name="two_records"),
        Index(None, "gone_id", "kept_id"),
        Index(None, "kept_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # What the record was, field by field; empty once the time for an undo is over.
    gone: Mapped[JsonObject] = mapped_column(Json)
    # field -> [before, after] of the record that stays.
    changes: Mapped[JsonObject] = mapped_column(Json)
    shift: Mapped[int] = mapped_column(default=0)
    merged_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    merged_by: Mapped[str] = mapped_column(String(80))
    undo_until: Mapped[datetime] = mapped_column(UtcInstant)
    undone_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    undone_by: Mapped[str] = mapped_column(String(80), default="")
    sealed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class PersonMergePart(Model):
    """The rows of one column that a merge moved, or of one table that it set aside."""

    __tablename__ = "person_merge_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("person_merge.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(60))
    column_name: Mapped[str] = mapped_column(String(60), default="")
    fate: Mapped[Fate] = mapped_column(text_enum(Fate))
    rows: Mapped[list[JsonObject]] = mapped_column(Json)


class DoublePair(Model):
    """Two people who may be one, until somebody has decided; `decided_at` says they are two."""

    __tablename__ = "double_pair"
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="ordered"),
        CheckConstraint("score BETWEEN 0 AND 100", name="percent"),
        UniqueConstraint("one_id", "other_id"),
        Index(None, "other_id"),
        Index(None, "club_id", "decided_at", "score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    one_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    score: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(Json)
    found_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
