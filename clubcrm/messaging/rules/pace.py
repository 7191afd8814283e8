"""Rules: how often one person may be written to by everything together, journeys and campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ContactPace:
    """How many days lie between two contacts, and how many fit into a week, a month, a year."""

    gap_days: int = 5
    per_week: int = 2
    per_month: int = 4
    per_year: int = 15


class Crowded(StrEnum):
    """Which limit one contact more would break."""

    ONE_A_DAY = "one_a_day"
    TOO_SOON = "contact_too_soon"
    WEEK_FULL = "week_full"
    MONTH_FULL = "month_full"
    YEAR_FULL = "year_full"


def crowded(day: date, contacts: Sequence[date], pace: ContactPace) -> Crowded | None:
    """Say which limit another contact on this day would break, or None."""
    if day in contacts:
        return Crowded.ONE_A_DAY
    if any(abs((day - one).days) < pace.gap_days for one in contacts):
        return Crowded.TOO_SOON
    limits = (
        (7, pace.per_week, Crowded.WEEK_FULL),
        (30, pace.per_month, Crowded.MONTH_FULL),
        (365, pace.per_year, Crowded.YEAR_FULL),
    )
    for days, most, why in limits:
        since = day - timedelta(days=days - 1)
        if sum(since <= one <= day for one in contacts) >= most:
            return why
    return None
