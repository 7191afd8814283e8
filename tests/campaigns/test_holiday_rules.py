"""On which day a holiday falls; western Easter is held against the published tables."""

from datetime import date

import pytest

from clubcrm.campaigns.rules.feasts import COUNTRIES, FEASTS, feasts_of
from clubcrm.campaigns.rules.holidays import (
    HolidayKind,
    HolidayRule,
    day_in,
    easter,
    faults_of,
    nepal_day,
    next_day,
)

FIXED, EASTER, NEPAL, TYPED = HolidayKind
EID = HolidayRule(TYPED)
TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1961, 4, 2), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2019, 4, 21), (2024, 3, 31),
        (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2076, 4, 19), (2285, 3, 22),
    ],
)  # fmt: skip
def test_easter_falls_as_the_tables_of_the_churches_say(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


def test_the_year_of_nepal_begins_in_april() -> None:
    assert nepal_day(2025, 1, 1) == date(2025, 4, 14)
    assert nepal_day(2026, 1, 1) == date(2026, 4, 14)
    assert nepal_day(2026, 6, 3) == date(2026, 9, 19)
    assert nepal_day(2026, 10, 1) == date(2026, 1, 15)
    assert nepal_day(2300, 1, 1) is None


@pytest.mark.parametrize(
    ("rule", "year", "typed", "expected"),
    [
        (HolidayRule(FIXED, 4, 14), 2027, {}, date(2027, 4, 14)),
        (HolidayRule(FIXED, 2, 29), 2027, {}, date(2027, 2, 28)),
        (HolidayRule(FIXED, 2, 29), 2028, {}, date(2028, 2, 29)),
        (HolidayRule(EASTER, offset=-2), 2026, {}, date(2026, 4, 3)),
        (HolidayRule(EASTER, offset=49), 2026, {}, date(2026, 5, 24)),
        (EID, 2027, {}, None),
        (EID, 2027, {2027: date(2027, 3, 10)}, date(2027, 3, 10)),
        (HolidayRule(FIXED, 4, 14), 2027, {2027: date(2027, 4, 15)}, date(2027, 4, 15)),
    ],
)
def test_a_typed_day_counts_before_any_rule(
    rule: HolidayRule, year: int, typed: dict[int, date], expected: date | None
) -> None:
    assert day_in(rule, year, typed) == expected


def test_the_next_day_is_today_or_later_and_unknown_until_it_is_typed() -> None:
    assert next_day(HolidayRule(FIXED, 11, 26), TODAY, {}) == TODAY
    assert next_day(HolidayRule(FIXED, 11, 25), TODAY, {}) == date(2027, 11, 25)
    assert next_day(EID, TODAY, {2026: date(2026, 3, 20)}) is None
    assert next_day(EID, TODAY, {2026: date(2026, 3, 20), 2027: date(2027, 3, 10)}) == date(
        2027, 3, 10
    )


@pytest.mark.parametrize(
    ("rule", "faults"),
    [
        (HolidayRule(FIXED, 2, 30), {"day": "day"}),
        (HolidayRule(FIXED, 2, 29), {}),
        (HolidayRule(NEPAL, 13, 1), {"day": "day"}),
        (HolidayRule(EASTER, offset=101), {"offset": "offset"}),
        (EID, {}),
    ],
)
def test_a_day_that_no_calendar_has_is_refused(rule: HolidayRule, faults: dict[str, str]) -> None:
    assert faults_of(rule) == faults


def test_every_shipped_holiday_has_a_day_or_waits_for_one_and_all_names() -> None:
    assert COUNTRIES == ("BD", "NP", "KZ", "DE")
    assert len({(one.country, one.code) for one in FEASTS}) == len(FEASTS)
    for one in FEASTS:
        assert set(one.names) == {"en", "bn", "ne", "ru"}, one.code
        assert faults_of(one.rule) == {}, one.code
        waits = one.rule.kind is TYPED
        assert (day_in(one.rule, 2027, {}) is None) is waits, one.code
    assert feasts_of("FR") == []
