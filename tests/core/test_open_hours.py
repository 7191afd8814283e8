"""The club's own clock counts the hours in which somebody is there."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from clubcrm.core.clubs import ClosedDay, ClubHours
from clubcrm.core.db import db
from clubcrm.core.open_hours import OpenWeek, due_after, open_time, open_week
from tests.cast import Cast

# Every day from 8 to 20 in Dhaka (UTC+6), but for one closed Sunday.
SUNDAY = date(2026, 3, 8)
WEEK = OpenWeek(
    "Asia/Dhaka",
    {day: (time(8), time(20)) for day in range(7)},
    frozenset({SUNDAY}),
)


def dhaka(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=6)


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        (dhaka(6, 10), dhaka(6, 11), 1),
        (dhaka(6, 2), dhaka(6, 9), 1),
        (dhaka(6, 19), dhaka(7, 9), 2),
        (dhaka(7, 19), dhaka(9, 9), 2),
        (dhaka(8, 9), dhaka(8, 19), 0),
        (dhaka(6, 11), dhaka(6, 10), 0),
    ],
)
def test_only_open_hours_pass(begins: datetime, ends: datetime, hours: int) -> None:
    assert open_time(WEEK, begins, ends) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("begins", "allowed", "due"),
    [
        (dhaka(6, 10), 4, dhaka(6, 14)),
        (dhaka(6, 23), 1, dhaka(7, 9)),
        (dhaka(7, 18), 4, dhaka(9, 10)),
        (dhaka(6, 8), 12, dhaka(6, 20)),
        (dhaka(6, 8), 30, dhaka(9, 14)),
    ],
)
def test_due_time_lies_where_the_club_is_open(
    begins: datetime, allowed: int, due: datetime
) -> None:
    assert due_after(WEEK, begins, timedelta(hours=allowed)) == due
    assert open_time(WEEK, begins, due) == timedelta(hours=allowed)


def test_hours_past_midnight_belong_to_the_evening_and_are_counted_once() -> None:
    late = OpenWeek("Asia/Dhaka", {day: (time(18), time(2)) for day in range(7)})

    assert open_time(late, dhaka(6, 1), dhaka(6, 19)) == timedelta(hours=2)


def test_club_without_hours_is_open_all_day_also_when_clocks_change() -> None:
    berlin = OpenWeek("Europe/Berlin")
    begins, ends = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (28, 30))

    assert open_time(berlin, begins, ends) == timedelta(hours=48)


def test_club_that_never_opens_counts_every_hour() -> None:
    shut = OpenWeek(
        "Asia/Dhaka", {}, frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(400))
    )

    assert due_after(shut, dhaka(6, 10), timedelta(hours=3)) == dhaka(6, 13)


@pytest.mark.usefixtures("unit")
def test_hours_and_closed_days_of_a_club_are_read_from_the_store(cast: Cast) -> None:
    db.session.get_one(ClubHours, (cast.club, 4)).opens = time(9)
    db.session.get_one(ClubHours, (cast.club, 4)).closes = time(17)
    db.session.add(ClosedDay(club_id=cast.club, day=SUNDAY))
    db.session.flush()

    week = open_week(cast.club)

    assert (week.zone, week.hours[4], week.closed) == (
        "Asia/Dhaka",
        (time(9), time(17)),
        frozenset({SUNDAY}),
    )
