"""Segments: a named rule by which people are chosen, and how many it held for on each day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id


class Segment(Model):
    """A rule that chooses people of a club; seen by its maker, or by everybody when shared."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("club_id", "name"), Index(None, "club_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(120))
    rule: Mapped[JsonObject] = mapped_column(Json)
    shared: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    version: Mapped[int] = mapped_column(default=1)


class SegmentCount(Model):
    """How many people a segment held for on a day, by the last count of that day."""

    __tablename__ = "segment_count"
    __table_args__ = (CheckConstraint("people >= 0", name="people"),)

    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    people: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
