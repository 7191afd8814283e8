"""Birthdays by the calendar, also for those born on a leap day."""

from datetime import date

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.people.rules.birthdays import age_on, birth_date, birthday_in, next_birthday

LEAP_DAY = date(2000, 2, 29)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("year", "kept"),
    [
        (2027, date(2027, 2, 28)),
        (2028, date(2028, 2, 29)),
        (2100, date(2100, 2, 28)),
    ],
)
def test_f36_leap_day_child_has_one_birthday_a_year(year, kept):
    assert birthday_in(LEAP_DAY, year) == kept


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (LEAP_DAY, date(2027, 2, 27), 26),
        (LEAP_DAY, date(2027, 2, 28), 27),
        (date(1990, 6, 15), date(2026, 6, 14), 35),
        (date(1990, 6, 15), date(2026, 6, 15), 36),
        (date(2026, 6, 15), date(2026, 6, 15), 0),
    ],
)
def test_age_grows_on_the_birthday(birth, day, age):
    assert age_on(birth, day) == age


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 2, 28), date(2027, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_next_birthday_is_today_or_later(day, kept):
    assert next_birthday(LEAP_DAY, day) == kept


@pytest.mark.parametrize("value", [date(2026, 11, 23), date(2099, 1, 1), date(1905, 1, 1)])
def test_birth_date_that_cannot_be_is_refused(value):
    with pytest.raises(DomainError) as refusal:
        birth_date(value, date(2026, 11, 22))

    assert [one.field for one in refusal.value.fields] == ["birth_date"]


def test_birth_date_of_today_is_taken():
    assert birth_date(date(2026, 11, 22), date(2026, 11, 22)) == date(2026, 11, 22)
