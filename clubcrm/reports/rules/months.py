"""Rules room: months as their first days."""

from datetime import date, timedelta

MONTHS = 12


def month_of(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """Return the month so many months later, or earlier."""
    year, index = divmod(month.year * MONTHS + month.month - 1 + count, MONTHS)
    return date(year, index + 1, 1)


def month_end(month: date) -> date:
    """Return the last day of a month."""
    return month_after(month_of(month)) - timedelta(days=1)


def months_between(first: date, last: date) -> list[date]:
    """Return the months from one to another, both included."""
    found, month = [], month_of(first)
    while month <= last:
        found.append(month)
        month = month_after(month)
    return found
