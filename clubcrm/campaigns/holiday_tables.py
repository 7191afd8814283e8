"""Models room: the holidays a club greets on, and the days that somebody typed for a year."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.campaigns.rules.holidays import HolidayKind, HolidayRule
from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum


class Holiday(Model):
    """A holiday of a club's calendar: its names, how its day is found, whether it is greeted."""

    __tablename__ = "holiday"
    __table_args__ = (
        UniqueConstraint("club_id", "code"),
        CheckConstraint("month BETWEEN 0 AND 12 AND day BETWEEN 0 AND 32", name="day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[dict[str, str]] = mapped_column(Json)
    kind: Mapped[HolidayKind] = mapped_column(text_enum(HolidayKind))
    month: Mapped[int] = mapped_column(default=0)
    day: Mapped[int] = mapped_column(default=0)
    offset: Mapped[int] = mapped_column(default=0)
    greets: Mapped[bool] = mapped_column(default=False)
    at: Mapped[time] = mapped_column(Time, default=time(10))  # by the club's clock
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"), index=True)
    # The club's own words by language: subject, letter, short form; shipped words elsewhere.
    words: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    is_kept: Mapped[bool] = mapped_column(default=True)
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)

    @property
    def rule(self) -> HolidayRule:
        """Return how its day is found."""
        return HolidayRule(self.kind, self.month, self.day, self.offset)


class HolidayDay(Model):
    """The day of a holiday in one year, as somebody typed it; it counts before any rule."""

    __tablename__ = "holiday_day"

    holiday_id: Mapped[int] = mapped_column(ForeignKey("holiday.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    falls_on: Mapped[date] = mapped_column(Date)
    typed_by: Mapped[str] = mapped_column(String(80))
