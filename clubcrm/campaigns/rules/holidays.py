"""Rules: on which day a holiday falls in a year: fixed, from Easter, by Nepal's calendar, or typed.

Feasts that follow the moon are told by those who watch it: their days are typed year by year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import nepali_datetime

BIKRAM_YEARS = 57  # a year of ours lies in two of Nepal's: from mid-April on this many ahead
EASTER_SPAN = 100


class HolidayKind(StrEnum):
    """How the day of a holiday is found."""

    FIXED = "fixed"
    EASTER = "easter"
    NEPAL = "nepal"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """Month and day of a fixed feast or of Nepal's calendar; days after Easter Sunday."""

    kind: HolidayKind
    month: int = 0
    day: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Shipped:
    """A holiday that comes with the product: its code in its country, rule and names."""

    country: str
    code: str
    rule: HolidayRule
    names: Mapping[str, str]
    greets: bool = True


def easter(year: int) -> date:
    """Return Easter Sunday of the western churches (the anonymous Gregorian computation)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - moved + 15) % 30
    fours, left = divmod(in_century, 4)
    weekday = (32 + 2 * rest + 2 * fours - moon - left) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def nepal_day(year: int, month: int, day: int) -> date | None:
    """Return the day of our year on which one of Nepal's calendar falls; None beyond its table."""
    for ahead in (BIKRAM_YEARS, BIKRAM_YEARS - 1):
        try:
            found: date = nepali_datetime.date(year + ahead, month, day).to_datetime_date()
        except ValueError:
            return None
        if found.year == year:
            return found
    return None


def day_in(rule: HolidayRule, year: int, typed: Mapping[int, date]) -> date | None:
    """Return the day of a holiday in a year; a typed day counts before any rule."""
    if year in typed:
        return typed[year]
    if rule.kind is HolidayKind.EASTER:
        return easter(year) + timedelta(days=rule.offset)
    if rule.kind is HolidayKind.NEPAL:
        return nepal_day(year, rule.month, rule.day)
    if rule.kind is HolidayKind.FIXED:
        return _fixed(year, rule)
    return None


def next_day(rule: HolidayRule, today: date, typed: Mapping[int, date]) -> date | None:
    """Return the next day of a holiday, today included; None where nobody has typed it yet."""
    days = (day_in(rule, year, typed) for year in (today.year, today.year + 1))
    return next((day for day in days if day is not None and day >= today), None)


def faults_of(rule: HolidayRule) -> dict[str, str]:
    """Return what is wrong with a rule: field to `day` or `offset`."""
    if rule.kind is HolidayKind.FIXED and _fixed(2024, rule) is None:
        return {"day": "day"}
    if rule.kind is HolidayKind.NEPAL and not (1 <= rule.month <= 12 and 1 <= rule.day <= 32):
        return {"day": "day"}
    if rule.kind is HolidayKind.EASTER and abs(rule.offset) > EASTER_SPAN:
        return {"offset": "offset"}
    return {}


def _fixed(year: int, rule: HolidayRule) -> date | None:
    """Return a fixed feast; one of 29 February falls on the 28th where there is no such day."""
    if (rule.month, rule.day) == (2, 29) and year % 4 != 0:
        return date(year, 2, 28)
    try:
        return date(year, rule.month, rule.day)
    except ValueError:
        return None
