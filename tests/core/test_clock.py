"""Time: instants are UTC, days are the club's, and clock changes lose and double nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clubcrm.core.clock import (
    day_bounds,
    instant_of,
    local_day,
    now,
    today,
    visit_day,
    visit_day_bounds,
)

ZONES = (
    "Asia/Dhaka",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
)
HARD_DAYS = (
    date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2026, 12, 31), date(2027, 1, 1),
    date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 9, 27), date(2026, 10, 4),
    date(2026, 10, 25), date(2026, 11, 1),
)  # fmt: skip


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "day", "visited"),
    [
        ("2026-11-22T17:59:59", "Asia/Dhaka", date(2026, 11, 22), date(2026, 11, 22)),
        ("2026-11-22T18:00:00", "Asia/Dhaka", date(2026, 11, 23), date(2026, 11, 22)),
        ("2026-11-22T21:59:59", "Asia/Dhaka", date(2026, 11, 23), date(2026, 11, 22)),
        ("2026-11-22T22:00:00", "Asia/Dhaka", date(2026, 11, 23), date(2026, 11, 23)),
        ("2026-11-22T18:14:59", "Asia/Kathmandu", date(2026, 11, 22), date(2026, 11, 22)),
        ("2026-11-22T18:15:00", "Asia/Kathmandu", date(2026, 11, 23), date(2026, 11, 22)),
        ("2026-10-25T01:30:00", "Europe/Berlin", date(2026, 10, 25), date(2026, 10, 24)),
        ("2026-10-25T02:59:00", "Europe/Berlin", date(2026, 10, 25), date(2026, 10, 24)),
        ("2026-10-25T03:00:00", "Europe/Berlin", date(2026, 10, 25), date(2026, 10, 25)),
        ("2026-03-29T01:59:00", "Europe/Berlin", date(2026, 3, 29), date(2026, 3, 28)),
        ("2026-03-29T02:00:00", "Europe/Berlin", date(2026, 3, 29), date(2026, 3, 29)),
    ],
)
def test_instant_falls_in_membership_day_and_visit_day(instant, zone, day, visited):
    assert local_day(utc(instant), zone) == day
    assert visit_day(utc(instant), zone) == visited


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 3, 8), "America/New_York", 23),
        (date(2026, 11, 1), "America/New_York", 25),
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
        (date(2026, 10, 4), "Australia/Lord_Howe", 23.5),
        (date(2026, 11, 22), "Asia/Kathmandu", 24),
    ],
)
def test_day_lasts_as_long_as_the_clocks_say(day, zone, hours):
    start, end = day_bounds(day, zone)

    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", HARD_DAYS)
def test_days_touch_without_gap_or_overlap(zone, day):
    for bounds, day_of in ((day_bounds, local_day), (visit_day_bounds, visit_day)):
        start, end = bounds(day, zone)
        assert bounds(day + timedelta(days=1), zone)[0] == end
        assert day_of(start, zone) == day
        assert day_of(end - timedelta(microseconds=1), zone) == day
        assert day_of(end, zone) == day + timedelta(days=1)


def test_ambiguous_wall_time_is_the_earlier_instant():
    assert instant_of(datetime.fromisoformat("2026-10-25T02:30:00"), "Europe/Berlin") == utc(
        "2026-10-25T00:30:00"
    )


def test_clock_is_aware_and_days_differ_by_zone():
    with time_machine.travel(utc("2026-11-22T18:10:00"), tick=False):
        assert now() == utc("2026-11-22T18:10:00")
        assert today("Asia/Dhaka") == date(2026, 11, 23)
        assert today("Asia/Kathmandu") == date(2026, 11, 22)
        assert today("Europe/Berlin") == date(2026, 11, 22)
