"""Queries room: what was spent on marketing, by channel and month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.core.clubs import Scope
from clubcrm.core.months import month_after, month_of, months_between
from memberships.books.lines import ShownLine, spend_lines
from memberships.books.schedule import part_of_month


@dataclass(frozen=True, slots=True)
class SpendPart:
    """The part of a marketing entry that counts for one month; spending is positive."""

    shown: ShownLine
    month: date
    amount_minor: int


def spend_parts(club_ids: tuple[int, ...], first: date, last: date) -> list[SpendPart]:
    """Return what counts for the months from one day's to the other's, oldest first."""
    parts = []
    for shown in spend_lines(club_ids, first, last):
        line = shown.line
        for month in months_between(first, last):
            part = -part_of_month(line.amount_minor, line.first_month, line.months, month)
            if part:
                parts.append(SpendPart(shown, month, part))
    return parts


def spend_by_channel(scope: Scope, first: date, last: date) -> Mapping[tuple[str, str], int]:
    """Return marketing spend in minor units by channel and currency, for whole months.

    The months are those in which the two days lie; money spread over months counts in each.
    Clubs of one scope may keep different currencies, which are never added together.
    """
    sums: dict[tuple[str, str], int] = {}
    for part in spend_parts(scope.club_ids, first, last):
        key = (part.shown.line.channel or "other", part.shown.line.currency)
        sums[key] = sums.get(key, 0) + part.amount_minor
    return sums


def months_back(today: date, count: int) -> list[date]:
    """Return the last so many months up to the running one, oldest first."""
    last = month_of(today)
    return months_between(month_after(last, 1 - count), last + timedelta(days=1))
