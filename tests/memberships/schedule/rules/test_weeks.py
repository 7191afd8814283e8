"""When classes take place: the week in wall time, clock changes, closed days, clashes of rooms."""

from datetime import UTC, date, datetime, time

import pytest

from memberships.schedule.rules.weeks import (
    SlotTime,
    clash,
    monday_of,
    occurrences,
    slot_faults,
    span_of,
)

BERLIN, DHAKA, KATHMANDU = "Europe/Berlin", "Asia/Dhaka", "Asia/Kathmandu"


def slot(weekday: int, starts: time, minutes: int = 60, **more: object) -> SlotTime:
    return SlotTime(1, weekday, starts, minutes, more.pop("valid_from", date(2026, 1, 1)), **more)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "starts_at"),
    [
        # the Saturday before, the Sunday of the change itself, spring and autumn
        (date(2026, 3, 28), time(18, 30), BERLIN, datetime(2026, 3, 28, 17, 30, tzinfo=UTC)),
        (date(2026, 3, 29), time(18, 30), BERLIN, datetime(2026, 3, 29, 16, 30, tzinfo=UTC)),
        (date(2026, 10, 24), time(18, 30), BERLIN, datetime(2026, 10, 24, 16, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(18, 30), BERLIN, datetime(2026, 10, 25, 17, 30, tzinfo=UTC)),
        # 02:30 that spring leaves out becomes 03:30; of autumn's two 02:30 the first is meant
        (date(2026, 3, 29), time(2, 30), BERLIN, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 11, 26), time(6, 0), DHAKA, datetime(2026, 11, 26, 0, 0, tzinfo=UTC)),
        (date(2026, 11, 26), time(6, 0), KATHMANDU, datetime(2026, 11, 26, 0, 15, tzinfo=UTC)),
    ],
)
def test_a_class_keeps_its_wall_time(day, wall, zone, starts_at):
    begins, ends = span_of(day, wall, 60, zone)

    assert begins == starts_at
    assert (ends - begins).total_seconds() == 3600


def test_f37_a_slot_gives_one_class_a_week_over_the_clock_change():
    found = occurrences([slot(6, time(10))], date(2026, 3, 22), date(2026, 4, 5), BERLIN)

    assert [one.starts_at.hour for one in found] == [9, 8, 8]
    assert [one.day.isoformat() for one in found] == ["2026-03-22", "2026-03-29", "2026-04-05"]


def test_validity_and_closed_days_cut_the_list():
    ends = slot(0, time(9), valid_from=date(2026, 11, 9), valid_until=date(2026, 11, 23))

    found = occurrences([ends], date(2026, 11, 1), date(2026, 12, 31), DHAKA, {date(2026, 11, 16)})

    assert [one.day for one in found] == [date(2026, 11, 9), date(2026, 11, 23)]


def test_classes_come_in_order_of_their_start():
    late, early = SlotTime(2, 0, time(18), 60, date(2026, 1, 1)), slot(0, time(7))

    found = occurrences([late, early], date(2026, 11, 23), date(2026, 11, 23), DHAKA)

    assert [one.slot_id for one in found] == [1, 2]


@pytest.mark.parametrize(
    ("other", "clashes"),
    [
        (slot(0, time(10)), False),
        (slot(0, time(9, 59)), True),
        (slot(0, time(8), 61), True),
        (slot(0, time(8), 60), False),
        (slot(1, time(9)), False),
        (slot(6, time(23, 30), 600), True),
        (slot(0, time(9), valid_from=date(2027, 1, 5)), False),
        # the last Monday of the first is 28 December; the other begins after it
        (slot(0, time(9), valid_from=date(2026, 12, 29)), False),
        (slot(0, time(9), valid_from=date(2026, 12, 28)), True),
    ],
)
def test_a_room_holds_one_class_at_a_time(other, clashes):
    nine = slot(0, time(9), valid_until=date(2027, 1, 1))

    assert clash(nine, other) is clashes
    assert clash(other, nine) is clashes


def test_wrong_slots_name_their_fields():
    wrong = slot(7, time(9), 3, valid_until=date(2025, 1, 1))

    assert set(slot_faults(wrong, 0)) == {"weekday", "minutes", "capacity", "valid_until"}
    assert slot_faults(slot(6, time(9)), 1) == {}


def test_the_week_begins_on_monday():
    assert monday_of(date(2026, 11, 29)) == date(2026, 11, 23)
    assert monday_of(date(2026, 11, 23)) == date(2026, 11, 23)
