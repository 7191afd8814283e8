"""The day of a club on which an instant falls, worked out by the store, on both databases alike."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, String, case, cast, func, literal

from clubcrm.core import clock
from clubcrm.core.db import db

FIRST_YEAR, YEARS_AHEAD = 2000, 2


def local_day_of(value: SQLColumnExpression[Any], zone: str) -> ColumnElement[Any]:
    """Return the club-local day of a column of instants.

    SQLite knows no zones: there the shifts of the zone since the year 2000 stand in the question.
    """
    if db.engine.dialect.name == "postgresql":
        day: ColumnElement[Any] = func.date(func.timezone(zone, value), type_=Date)
        return day
    *earlier, (_none, last) = shifts_of(zone, clock.now().year + YEARS_AHEAD)
    seconds: Any = literal(last)
    if earlier:
        seconds = case(*((value < until, moved) for until, moved in earlier), else_=last)
    shifted: ColumnElement[Any] = func.date(value, cast(seconds, String) + " seconds", type_=Date)
    return shifted


@cache
def shifts_of(zone: str, until_year: int) -> tuple[tuple[datetime, int], ...]:
    """Return how many seconds a zone is ahead of UTC, each with the instant until which it is so.

    The instant of the last one has no meaning.
    """
    place, day = ZoneInfo(zone), timedelta(days=1)
    at, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(until_year, 1, 1, tzinfo=UTC)
    found: list[tuple[datetime, int]] = []
    ahead = _ahead(at, place)
    while at < end:
        following = at + day
        if _ahead(following, place) != ahead:
            found.append((_change(at, following, place), ahead))
            ahead = _ahead(following, place)
        at = following
    return (*found, (end, ahead))


def _change(low: datetime, high: datetime, place: ZoneInfo) -> datetime:
    """Return the second at which the clocks are moved between two instants."""
    before = _ahead(low, place)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _ahead(middle, place) == before else (low, middle)
    return high


def _ahead(at: datetime, place: ZoneInfo) -> int:
    moved = at.astimezone(place).utcoffset()
    return int(moved.total_seconds()) if moved else 0
