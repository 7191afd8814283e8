"""Months of a calendar, each named by its first day."""

from datetime import date, timedelta


def month_of(day: date) -> date:
    """Return the first day of the day's month."""
    return day.replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """Return the first day of the month so many months on, or back when negative."""
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return month_after(month_of(day)) - timedelta(days=1)


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of all months from one day's to the other's."""
    found, month = [], month_of(first)
    while month <= last:
        found.append(month)
        month = month_after(month)
    return found
