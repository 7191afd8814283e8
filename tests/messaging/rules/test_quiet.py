"""Quiet hours in the wall time of the club, whatever the server's zone."""

from datetime import UTC, datetime, time

import pytest

from clubcrm.messaging.rules.quiet import QuietHours, in_quiet_hours, is_quiet, next_allowed


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        (time(20, 59, 59), False),
        (time(21), True),
        (time(0), True),
        (time(8, 59, 59), True),
        (time(9), False),
    ],
)
def test_quiet_from_nine_to_nine(wall: time, expected: bool) -> None:
    assert is_quiet(wall, QuietHours()) is expected


def test_quiet_hours_may_lie_within_one_day() -> None:
    siesta = QuietHours(time(13), time(16))

    assert is_quiet(time(14), siesta)
    assert not is_quiet(time(16), siesta)
    assert not is_quiet(time(14), QuietHours(time(0), time(0)))


@pytest.mark.parametrize(
    ("case", "zone", "instant", "allowed"),
    [
        (
            "Kathmandu is 5:45 ahead: 03:14 UTC is 08:59",
            "Asia/Kathmandu",
            datetime(2026, 3, 10, 3, 14, tzinfo=UTC),
            datetime(2026, 3, 10, 3, 15, tzinfo=UTC),
        ),
        (
            "Kathmandu at 09:00 may be written to",
            "Asia/Kathmandu",
            datetime(2026, 3, 10, 3, 15, tzinfo=UTC),
            datetime(2026, 3, 10, 3, 15, tzinfo=UTC),
        ),
        (
            "Kathmandu in the evening waits for the morning",
            "Asia/Kathmandu",
            datetime(2026, 3, 10, 15, 15, tzinfo=UTC),
            datetime(2026, 3, 11, 3, 15, tzinfo=UTC),
        ),
        (
            "Berlin before the spring change",
            "Europe/Berlin",
            datetime(2026, 3, 28, 21, 0, tzinfo=UTC),
            datetime(2026, 3, 29, 7, 0, tzinfo=UTC),
        ),
        (
            "Berlin before the autumn change",
            "Europe/Berlin",
            datetime(2026, 10, 24, 20, 0, tzinfo=UTC),
            datetime(2026, 10, 25, 8, 0, tzinfo=UTC),
        ),
        (
            "Lord Howe moves by half an hour",
            "Australia/Lord_Howe",
            datetime(2026, 4, 4, 12, 0, tzinfo=UTC),
            datetime(2026, 4, 4, 22, 30, tzinfo=UTC),
        ),
    ],
)
def test_message_waits_for_the_clubs_morning(
    case: str, zone: str, instant: datetime, allowed: datetime
) -> None:
    assert next_allowed(instant, zone) == allowed, case
    assert not in_quiet_hours(allowed, zone)
