"""Queries room: a club's holidays with their next days, and the greetings made for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from clubcrm.campaigns.campaign_tables import Campaign
from clubcrm.campaigns.holiday_tables import Holiday, HolidayDay
from clubcrm.campaigns.rules.holidays import HolidayKind, next_day
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db


@dataclass(frozen=True, slots=True)
class Coming:
    """A holiday with its next day, and the greeting that waits for it or went out."""

    holiday: Holiday
    on: date | None
    greeting: Campaign | None

    @property
    def needs_day(self) -> bool:
        """Return whether somebody has to type the next day."""
        return self.on is None and self.holiday.kind is HolidayKind.TYPED


def source_of(holiday_id: int, day: date) -> str:
    """Return the name under which a greeting of a holiday exists once a year."""
    return f"holiday:{holiday_id}:{day.year}"


def holidays_of(club_id: int) -> Sequence[Holiday]:
    """Return the holidays that a club keeps."""
    return db.session.scalars(
        select(Holiday)
        .where(Holiday.club_id == club_id, Holiday.is_kept)
        .order_by(Holiday.month, Holiday.day, Holiday.id)
    ).all()


def holiday_for(scope: Scope, public_id: str) -> Holiday | None:
    """Return a holiday of these clubs."""
    return db.session.scalars(
        select(Holiday).where(
            Holiday.public_id == public_id, Holiday.club_id.in_(scope.club_ids), Holiday.is_kept
        )
    ).first()


def typed_days(holiday_ids: Sequence[int]) -> Mapping[int, dict[int, date]]:
    """Return the typed days of holidays by year."""
    rows = db.session.scalars(select(HolidayDay).where(HolidayDay.holiday_id.in_(holiday_ids)))
    found: dict[int, dict[int, date]] = {one: {} for one in holiday_ids}
    for row in rows:
        found[row.holiday_id][row.year] = row.falls_on
    return found


def coming_holidays(club_id: int, today: date) -> list[Coming]:
    """Return a club's holidays, the next first and those without a day at the front."""
    rows = holidays_of(club_id)
    typed = typed_days([one.id for one in rows])
    days = {one.id: next_day(one.rule, today, typed[one.id]) for one in rows}
    sources = {one.id: source_of(one.id, day) for one in rows if (day := days[one.id])}
    made = {
        one.source: one
        for one in db.session.scalars(
            select(Campaign).where(Campaign.source.in_(list(sources.values())))
        )
    }
    found = [Coming(one, days[one.id], made.get(sources.get(one.id, ""))) for one in rows]
    return sorted(found, key=lambda one: (one.on or date.min, one.holiday.id))


def greeting_exists(source: str) -> bool:
    """Return whether the greeting of a holiday and year has been made before."""
    return db.session.scalar(select(Campaign.id).where(Campaign.source == source)) is not None
