"""Ages and birthdays by the calendar; who is born on 29 February has it on the 28th otherwise."""

from calendar import isleap
from datetime import date


def birthday_in(birth: date, year: int) -> date:
    """Return the day a birthday is kept in a year."""
    if (birth.month, birth.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return birth.replace(year=year)


def age_on(birth: date, day: date) -> int:
    """Return the age in whole years on a day."""
    return day.year - birth.year - (day < birthday_in(birth, day.year))
