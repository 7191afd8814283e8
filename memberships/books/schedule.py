"""Rules room: on which days a recurring item falls due, and over which months an item counts."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from clubcrm.core.money import Money
from clubcrm.core.months import month_after, month_end, month_of


class Every(StrEnum):
    """How often a recurring item falls due."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


def nth_due(first: date, every: Every, number: int) -> date:
    """Return the due day number so and so; the anchor day is kept for months that have it."""
    if every is Every.WEEK:
        return first + timedelta(weeks=number)
    month = month_after(month_of(first), MONTHS[every] * number)
    return min(month.replace(day=1) + timedelta(days=first.day - 1), month_end(month))


def due_days(first: date, every: Every, after: date, until: date) -> Iterator[date]:
    """Give each due day that lies after one day and not after the other, in order."""
    if every is Every.WEEK:
        number = max(0, (after - first).days // 7)
    else:
        apart = (after.year - first.year) * 12 + after.month - first.month
        number = max(0, apart // MONTHS[every] - 1)
    while (day := nth_due(first, every, number)) <= until:
        if day > after:
            yield day
        number += 1


def part_of_month(amount_minor: int, first_month: date, months: int, month: date) -> int:
    """Return the part of an amount that counts for a month when it is spread over several."""
    place = (month.year - first_month.year) * 12 + month.month - first_month.month
    if not 0 <= place < months:
        return 0
    return Money(amount_minor, "").allocate([1] * months)[place].amount_minor


def parts_until(amount_minor: int, first_month: date, months: int, last_month: date) -> int:
    """Return the part of a spread amount that counts for all months up to one."""
    place = (last_month.year - first_month.year) * 12 + last_month.month - first_month.month + 1
    if place <= 0:
        return 0
    parts = Money(amount_minor, "").allocate([1] * months)
    return sum(part.amount_minor for part in parts[:place])
