"""When work comes again, and from when a manager is asked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clubcrm.tasks.repeats import Repeat, Rhythm, falls_on, is_late, next_day, rhythm_faults

MONDAY = date(2026, 11, 23)
DAILY = Rhythm(Repeat.DAILY)
TWICE = Rhythm(Repeat.WEEKLY, frozenset({0, 3}))
LAST = Rhythm(Repeat.MONTHLY, month_day=31)


@pytest.mark.parametrize(
    ("rhythm", "day", "falls"),
    [
        (DAILY, MONDAY, True),
        (TWICE, MONDAY, True),
        (TWICE, date(2026, 11, 24), False),
        (TWICE, date(2026, 11, 26), True),
        (LAST, date(2026, 11, 30), True),
        (LAST, date(2026, 11, 29), False),
        (LAST, date(2028, 2, 29), True),
        (Rhythm(Repeat.MONTHLY, month_day=1), date(2026, 12, 1), True),
    ],
)
def test_the_days_of_a_rhythm(rhythm, day, falls):
    assert falls_on(rhythm, day) is falls


@pytest.mark.parametrize(
    ("rhythm", "after", "closed", "day"),
    [
        (DAILY, MONDAY, (), date(2026, 11, 24)),
        (DAILY, MONDAY, (date(2026, 11, 24),), date(2026, 11, 25)),
        (TWICE, MONDAY, (), date(2026, 11, 26)),
        (LAST, date(2027, 1, 31), (), date(2027, 2, 28)),
    ],
)
def test_the_next_day_leaves_closed_ones_out(rhythm, after, closed, day):
    assert next_day(rhythm, after, closed) == day


@pytest.mark.parametrize(
    ("rhythm", "faults"),
    [
        (Rhythm(Repeat.WEEKLY), {"weekdays": "needed"}),
        (Rhythm(Repeat.MONTHLY), {"month_day": "needed"}),
        (Rhythm(Repeat.MONTHLY, month_day=32), {"month_day": "range"}),
        (LAST, {}),
        (DAILY, {}),
    ],
)
def test_a_rhythm_needs_its_days(rhythm, faults):
    assert rhythm_faults(rhythm) == faults


@pytest.mark.parametrize(
    ("hours", "own", "late"), [(47, None, False), (48, None, True), (5, 5, True), (4, 5, False)]
)
def test_a_manager_is_asked_after_the_hours_of_the_club_or_of_the_work(hours, own, late):
    due = datetime(2026, 11, 23, 6, tzinfo=UTC)
    goes_up = None if own is None else due + timedelta(hours=own)

    assert is_late(due, goes_up, due + timedelta(hours=hours), 48) is late
