"""Windows of a plan, and who may place and lift a block."""

from datetime import UTC, date, datetime, time

import pytest

from memberships.blocks.rules import BlockFact, BlockOwner, block_fault, may_lift
from memberships.contracts.rules import (
    ContractRight,
    PlanKind,
    Window,
    next_opening,
    window_faults,
    windows_hold,
)

OFF_PEAK = tuple(Window(day, time(9), time(17)) for day in range(5))
NIGHT_OF_FRIDAY = (Window(4, time(22), time(6)),)
WHOLE_SUNDAY = (Window(6, time(0), time(0)),)
BERLIN = "Europe/Berlin"
KATHMANDU = "Asia/Kathmandu"
LORD_HOWE = "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("case", "windows", "zone", "instant", "allowed"),
    [
        ("no windows means always", (), BERLIN, "2026-11-23T03:00Z", True),
        ("a minute before the end", OFF_PEAK, BERLIN, "2026-11-23T15:59Z", True),
        ("at the end itself", OFF_PEAK, BERLIN, "2026-11-23T16:00Z", False),
        ("a minute after the end", OFF_PEAK, BERLIN, "2026-11-23T16:01Z", False),
        ("at the opening itself", OFF_PEAK, BERLIN, "2026-11-23T08:00Z", True),
        ("a second before the opening", OFF_PEAK, BERLIN, "2026-11-23T07:59:59Z", False),
        ("no window on Saturday", OFF_PEAK, BERLIN, "2026-11-28T11:00Z", False),
        ("quarter-hour zone, before the end", OFF_PEAK, KATHMANDU, "2026-11-23T11:14Z", True),
        ("quarter-hour zone, at the end", OFF_PEAK, KATHMANDU, "2026-11-23T11:15Z", False),
        ("night begins on Friday", NIGHT_OF_FRIDAY, BERLIN, "2026-11-27T21:00Z", True),
        ("night goes on after midnight", NIGHT_OF_FRIDAY, BERLIN, "2026-11-28T04:59Z", True),
        ("night ends on Saturday at six", NIGHT_OF_FRIDAY, BERLIN, "2026-11-28T05:00Z", False),
        ("Friday morning is not that night", NIGHT_OF_FRIDAY, BERLIN, "2026-11-27T03:00Z", False),
        ("equal times are 24 hours, start", WHOLE_SUNDAY, BERLIN, "2026-11-28T23:00Z", True),
        ("equal times are 24 hours, end", WHOLE_SUNDAY, BERLIN, "2026-11-29T22:59Z", True),
        ("24 hours end at midnight", WHOLE_SUNDAY, BERLIN, "2026-11-29T23:00Z", False),
        ("summer time, 16:59 on the wall", OFF_PEAK, BERLIN, "2027-03-29T14:59Z", True),
        ("summer time, 17:00 on the wall", OFF_PEAK, BERLIN, "2027-03-29T15:00Z", False),
        ("half-hour change, still winter", OFF_PEAK, LORD_HOWE, "2027-04-02T05:59Z", True),
        ("half-hour change, after it", OFF_PEAK, LORD_HOWE, "2027-04-05T06:29Z", True),
        ("half-hour change, at the end", OFF_PEAK, LORD_HOWE, "2027-04-05T06:30Z", False),
    ],
)
def test_windows_follow_the_wall_clock(case, windows, zone, instant, allowed):
    assert windows_hold(windows, datetime.fromisoformat(instant), zone) is allowed, case


def test_both_half_past_twos_of_autumn_count():
    small_hours = (Window(6, time(2), time(3)),)

    summer = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    winter = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert windows_hold(small_hours, summer, BERLIN)
    assert windows_hold(small_hours, winter, BERLIN)


def test_the_hour_skipped_in_spring_never_opens():
    small_hours = (Window(6, time(2), time(3)),)

    before = datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC)
    after = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)

    assert not windows_hold(small_hours, before, BERLIN)
    assert not windows_hold(small_hours, after, BERLIN)


@pytest.mark.parametrize(
    ("case", "instant", "opens"),
    [
        (
            "before today's opening",
            "2026-11-23T06:00Z",
            "2026-11-23T09:00+01:00",
        ),
        (
            "inside today's hours",
            "2026-11-23T12:00Z",
            "2026-11-24T09:00+01:00",
        ),
        (
            "after Friday's hours",
            "2026-11-27T18:00Z",
            "2026-11-30T09:00+01:00",
        ),
    ],
)
def test_next_opening_is_told_in_wall_time(case, instant, opens):
    opening = next_opening(OFF_PEAK, datetime.fromisoformat(instant), BERLIN)

    assert opening == datetime.fromisoformat(opens), case


def test_a_plan_open_always_has_no_next_opening():
    assert next_opening((), datetime(2026, 11, 23, tzinfo=UTC), BERLIN) is None


@pytest.mark.parametrize(
    ("case", "windows", "faulty"),
    [
        ("two halves of a day", [(0, 8, 12), (0, 12, 20)], []),
        ("the same hours twice", [(0, 8, 12), (0, 8, 12)], [1]),
        ("night runs into next morning", [(0, 22, 6), (1, 5, 9)], [1]),
        ("night ends where morning begins", [(0, 22, 6), (1, 6, 9)], []),
        ("Sunday night runs into Monday", [(0, 0, 5), (6, 22, 4)], [1]),
        ("an eighth weekday", [(7, 8, 12)], [0]),
        ("a whole day and its evening", [(3, 0, 0), (3, 18, 20)], [1]),
    ],
)
def test_overlapping_hours_of_a_plan_are_named(case, windows, faulty):
    grid = [Window(day, time(opens), time(closes)) for day, opens, closes in windows]

    assert sorted(window_faults(grid)) == faulty, case


@pytest.mark.parametrize(
    ("case", "owner", "amount", "reason", "fault"),
    [
        ("a debt with its amount", BlockOwner.DEBT, 1500, "October unpaid", None),
        ("a debt of nothing", BlockOwner.DEBT, 0, "October unpaid", "amount"),
        ("a debt without amount", BlockOwner.DEBT, None, "October unpaid", "amount"),
        ("a ban that costs money", BlockOwner.BAN, 1500, "Fight", "amount"),
        ("a ban without reason", BlockOwner.BAN, None, "  ", "reason"),
        ("a missing waiver", BlockOwner.WAIVER, None, "Not signed", None),
    ],
)
def test_a_block_needs_what_its_owner_needs(case, owner, amount, reason, fault):
    assert block_fault(owner, amount, reason) == fault, case


def test_each_owner_lifts_only_its_own_block():
    for placed in BlockOwner:
        for lifting in BlockOwner:
            assert may_lift(placed, lifting) is (placed is lifting)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2026, 3, 1), False),
        (date(2026, 3, 2), True),
        (date(2026, 3, 15), True),
        (date(2026, 3, 16), False),
    ],
)
def test_a_block_holds_through_its_last_day(day, holds):
    block = BlockFact(1, BlockOwner.BAN, date(2026, 3, 2), date(2026, 3, 15), None, None, "Fight")

    assert block.holds_on(day) is holds


@pytest.mark.parametrize(
    ("ends_on", "day", "covers"),
    [
        (date(2026, 3, 15), date(2026, 2, 28), False),
        (date(2026, 3, 15), date(2026, 3, 1), True),
        (date(2026, 3, 15), date(2026, 3, 15), True),
        (date(2026, 3, 15), date(2026, 3, 16), False),
        (None, date(2036, 3, 16), True),
    ],
)
def test_a_contract_covers_both_its_ends(ends_on, day, covers):
    right = ContractRight(
        contract_id=1,
        plan_kind=PlanKind.TERM,
        plan_name="Spring",
        starts_on=date(2026, 3, 1),
        ends_on=ends_on,
        state="signed",
        windows=(),
        club_ids=None,
        zones=None,
        daily_limit=None,
        reentry_minutes=120,
        units_left=None,
        lot_id=None,
        freeze_on_scan="refuse",
    )

    assert right.covers(day) is covers
