from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from access_control.rules.codes import Direction
from access_control.rules.visits import (
    LeftHow,
    Pass,
    Stay,
    StayRules,
    auto_exit,
    is_duplicate_tap,
    pair_visits,
)

RULES = StayRules(auto_exit=timedelta(hours=4), longest_stay=timedelta(hours=16))
WAYS = {"in": Direction.IN, "out": Direction.OUT, "tap": Direction.TOGGLE, "?": Direction.UNKNOWN}


def passages(text: str, zone: str = "Asia/Dhaka") -> list[Pass]:
    """Read "18 10:00 in, 18 11:30 out": day of November 2026, wall time, way."""
    found = []
    for number, line in enumerate(text.split(", "), start=1):
        day, clock, way = line.split()
        wall = datetime.fromisoformat(f"2026-11-{int(day):02}T{clock}")
        at = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        found.append(Pass(number, at, WAYS[way], timedelta(minutes=180)))
    return found


def told(stays: list[Stay], zone: str = "Asia/Dhaka") -> str:
    """Write visits as "18 10:00-11:30 scan" with wall times."""
    words = []
    for stay in stays:
        entered = stay.entered_at.astimezone(ZoneInfo(zone))
        left = stay.left_at.astimezone(ZoneInfo(zone)) if stay.left_at else None
        end = f"{left:%H:%M} {stay.left_how}" if left else "inside"
        words.append(f"{entered:%d %H:%M}-{end}")
    return ", ".join(words)


CASES = {
    "in and out": ("18 10:00 in, 18 11:30 out", "18 10:00-11:30 scan"),
    "still inside": ("18 10:00 in", "18 10:00-inside"),
    "three readers in half an hour are one visit": (
        "18 10:00 in, 18 10:10 in, 18 10:30 in",
        "18 10:00-inside",
    ),
    "re-entry in the window goes on": (
        "18 10:00 in, 18 10:40 out, 18 11:00 in, 18 12:00 out",
        "18 10:00-12:00 scan",
    ),
    "entry at the end of the window goes on": ("18 10:00 in, 18 13:00 in", "18 10:00-inside"),
    "entry after the window is a new visit": (
        "18 10:00 in, 18 13:01 in, 18 14:00 out",
        "18 10:00-13:01 auto, 18 13:01-14:00 scan",
    ),
    "forgotten exit ends by rule": (
        "18 10:00 in, 18 18:00 in, 18 19:00 out",
        "18 10:00-14:00 auto, 18 18:00-19:00 scan",
    ),
    "exit after midnight closes last night's visit": (
        "18 22:30 in, 19 00:30 out",
        "18 22:30-00:30 scan",
    ),
    "night owl who returns after midnight": (
        "18 22:30 in, 18 23:00 out, 19 00:30 in, 19 01:10 out",
        "18 22:30-01:10 scan",
    ),
    "exit without entry makes no visit": ("18 11:30 out", ""),
    "exit longer ago than any stay is nobody's": (
        "18 05:00 in, 18 21:01 out",
        "18 05:00-inside",
    ),
    "second exit moves the end": (
        "18 10:00 in, 18 11:00 out, 18 11:05 out",
        "18 10:00-11:05 scan",
    ),
    "unknown way counts as in": ("18 10:00 ?, 18 11:00 out", "18 10:00-11:00 scan"),
    "one reader for both ways alternates": (
        "18 10:00 tap, 18 11:30 tap, 18 18:00 tap, 18 19:30 tap",
        "18 10:00-11:30 scan, 18 18:00-19:30 scan",
    ),
    "alternating reader after a forgotten exit": (
        "18 10:00 tap, 19 10:00 tap, 19 11:00 tap",
        "18 10:00-14:00 auto, 19 10:00-11:00 scan",
    ),
    "two mornings": (
        "18 07:00 in, 18 08:00 out, 19 07:00 in, 19 08:00 out",
        "18 07:00-08:00 scan, 19 07:00-08:00 scan",
    ),
}


@pytest.mark.parametrize(("scans", "visits"), CASES.values(), ids=CASES.keys())
def test_visits_follow_from_passages(scans: str, visits: str):
    assert told(pair_visits(passages(scans), RULES)) == visits


@pytest.mark.parametrize(("scans", "visits"), CASES.values(), ids=CASES.keys())
def test_order_of_arrival_changes_nothing(scans: str, visits: str):
    for arrived in permutations(passages(scans)):
        assert told(pair_visits(arrived, RULES)) == visits


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize(("scans", "visits"), CASES.values(), ids=CASES.keys())
def test_zone_changes_nothing_on_plain_days(scans: str, visits: str, zone: str):
    assert told(pair_visits(passages(scans, zone), RULES), zone) == visits


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("entered", "left", "minutes"),
    [
        pytest.param("2026-10-25T02:50+02:00", "2026-10-25T02:10+01:00", 20, id="Berlin autumn"),
        pytest.param("2027-03-28T01:50+01:00", "2027-03-28T03:10+02:00", 20, id="Berlin spring"),
        pytest.param("2027-04-04T01:50+11:00", "2027-04-04T01:40+10:30", 20, id="Lord Howe autumn"),
        pytest.param("2026-10-04T01:50+10:30", "2026-10-04T02:40+11:00", 20, id="Lord Howe spring"),
    ],
)
def test_f38_stay_over_a_clock_change_has_its_true_length(entered: str, left: str, minutes: int):
    """F38: 02:50 summer time to 02:10 winter time is 20 minutes."""
    window = timedelta(hours=3)
    night = [
        Pass(1, _instant(entered), Direction.IN, window),
        Pass(2, _instant(left), Direction.OUT, window),
    ]

    (stay,) = pair_visits(night, RULES)

    assert stay.left_at is not None
    assert stay.left_at - stay.entered_at == timedelta(minutes=minutes)
    assert stay.left_how is LeftHow.SCAN


def test_entry_event_of_a_visit_is_the_earliest():
    late_first = passages("18 10:30 in, 18 10:00 in")

    (stay,) = pair_visits(late_first, RULES)

    assert stay.entry_event_id == 2
    assert stay.event_ids == [2, 1]


def test_day_pass_without_reentry_makes_each_entry_a_visit():
    no_return = [
        Pass(n, _instant(f"2026-11-18T1{n}:00+06:00"), Direction.IN, timedelta(0)) for n in (0, 1)
    ]

    assert len(pair_visits(no_return, RULES)) == 2


def test_open_visit_ends_by_rule_only_when_its_time_is_up():
    last = _instant("2026-11-18T10:00+06:00")

    assert auto_exit(last, last + timedelta(hours=3, minutes=59), RULES.auto_exit) is None
    assert auto_exit(last, last + timedelta(hours=4), RULES.auto_exit) == last + timedelta(hours=4)


def test_two_scans_within_five_seconds_are_one_tap():
    first = _instant("2026-11-18T10:00:00+06:00")

    assert is_duplicate_tap(first, first + timedelta(seconds=4.9), RULES)
    assert is_duplicate_tap(first, first - timedelta(seconds=4.9), RULES)
    assert not is_duplicate_tap(first, first + timedelta(seconds=5), RULES)
