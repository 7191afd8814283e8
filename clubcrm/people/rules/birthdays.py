"""Rules: birth dates that can be true, ages, and the day a birthday is kept."""

from calendar import isleap
from datetime import date

from clubcrm.core.errors import invalid

OLDEST = 120


def birth_date(value: date, today: date, field: str = "birth_date") -> date:
    """Return the date if a living person can be born on it; raises INVALID_INPUT."""
    if value > today:
        raise invalid({field: "This birth date lies in the future."})
    if today.year - value.year > OLDEST:
        raise invalid({field: "This birth date is too long ago."})
    return value


def birthday_in(birth: date, year: int) -> date:
    """Return the day a birthday is kept in a year; of 29 February the 28th in common years."""
    if (birth.month, birth.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return birth.replace(year=year)


def age_on(birth: date, day: date) -> int:
    """Return the age in whole years on a day."""
    return day.year - birth.year - (day < birthday_in(birth, day.year))


def next_birthday(birth: date, day: date) -> date:
    """Return the next day, this one included, on which the birthday is kept."""
    kept = birthday_in(birth, day.year)
    return kept if kept >= day else birthday_in(birth, day.year + 1)
