from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from access_control.rules.codes import Code, Direction, Passback, Severity
from access_control.rules.decide import decide_entry
from access_control.rules.facts import Passage, PersonFact
from access_control.rules.policy import GatePolicy
from memberships.blocks.rules import BlockOwner
from memberships.contracts.rules import Window
from tests.access_control.rules.door import MORNINGS, NOON, at_the_door, block, right, ten_visits

MIA = PersonFact(person_id=7, age=30)
TWO_MINUTES = timedelta(minutes=2)


def test_time_is_used_before_visits():
    decision = decide_entry(at_the_door(ten_visits(9, contract_id=1), right(contract_id=2)))

    assert decision.contract_id == 2
    assert decision.draws_lot is None


def test_visits_that_end_first_are_drawn_first():
    later = ten_visits(9, contract_id=1, lot_id=1, ends_on=date(2027, 3, 1))
    sooner = ten_visits(9, contract_id=2, lot_id=2, ends_on=date(2027, 2, 1))

    assert decide_entry(at_the_door(later, sooner)).draws_lot == 2


def test_entry_draws_one_visit_and_says_what_is_left():
    decision = decide_entry(at_the_door(ten_visits(10)))

    assert (decision.draws_lot, decision.units_left) == (44, 9)


def test_reentry_in_the_window_draws_nothing_even_at_zero():
    back = at_the_door(
        ten_visits(0, daily_limit=1), visits_today=1, visit_since=NOON - 90 * TWO_MINUTES
    )

    decision = decide_entry(back)

    assert decision.admitted
    assert decision.same_visit
    assert decision.draws_lot is None


def test_reentry_after_the_window_is_a_new_visit():
    late = at_the_door(ten_visits(5), visit_since=NOON - timedelta(minutes=180, seconds=1))

    decision = decide_entry(late)

    assert (decision.same_visit, decision.draws_lot) == (False, 44)


@pytest.mark.parametrize(
    ("wall", "code"),
    [
        ("15:59", Code.OK),
        ("16:59", Code.OK),
        ("17:00", Code.OUTSIDE_HOURS),
        ("17:01", Code.OUTSIDE_HOURS),
    ],
)
@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Dhaka", "2026-11-18"),
        ("Asia/Kathmandu", "2026-11-18"),
        ("Europe/Berlin", "2027-03-28"),
        ("Europe/Berlin", "2026-10-25"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Australia/Lord_Howe", "2027-04-04"),
    ],
)
def test_f37_off_peak_follows_the_wall_clock(zone: str, day: str, wall: str, code: Code):
    """F37: also on the days on which clocks change."""

    at = datetime.fromisoformat(f"{day}T{wall}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    off_peak = right(windows=tuple(Window(n, time(9), time(17)) for n in range(7)), ends_on=None)

    decision = decide_entry(at_the_door(off_peak, at=at, day=date.fromisoformat(day), tz=zone))

    assert decision.code == code


def test_closed_club_refuses_even_all_hours_members():
    decision = decide_entry(at_the_door(club_open=False))

    assert (decision.code, decision.params) == (Code.OUTSIDE_HOURS, {"closed": True})


def test_refusal_outside_hours_names_the_next_opening():
    decision = decide_entry(at_the_door(right(windows=MORNINGS)))

    assert decision.params == {"plan": "Year", "opens": "2026-11-19T06:00:00+06:00"}


@pytest.mark.parametrize(
    ("case", "policy", "last", "code"),
    [
        ("59 s", GatePolicy(), Passage(NOON - timedelta(seconds=59), Direction.IN), Code.PASSBACK),
        ("60 s", GatePolicy(), Passage(NOON - timedelta(seconds=60), Direction.IN), Code.OK),
        ("went out", GatePolicy(), Passage(NOON - timedelta(seconds=9), Direction.OUT), Code.OK),
        (
            "inner door",
            GatePolicy(),
            Passage(NOON - timedelta(seconds=9), Direction.IN, "pool"),
            Code.OK,
        ),
        (
            "off",
            GatePolicy(passback=Passback.OFF),
            Passage(NOON - timedelta(seconds=9), Direction.IN),
            Code.OK,
        ),
        (
            "in/out, inside for 3 h",
            GatePolicy(passback=Passback.IN_OUT),
            Passage(NOON - timedelta(hours=3), Direction.IN),
            Code.PASSBACK,
        ),
        (
            "in/out, exit forgotten",
            GatePolicy(passback=Passback.IN_OUT),
            Passage(NOON - timedelta(hours=4), Direction.IN),
            Code.OK,
        ),
        (
            "in/out, left",
            GatePolicy(passback=Passback.IN_OUT),
            Passage(NOON - timedelta(hours=1), Direction.OUT),
            Code.OK,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_passback_by_time_and_by_in_and_out(case: str, policy, last: Passage, code: Code):
    assert decide_entry(at_the_door(last=last, policy=policy)).code == code


def test_person_exempt_from_passback_may_enter_again():
    free = replace(MIA, passback_free=True)

    decision = decide_entry(at_the_door(person=free, last=Passage(NOON, Direction.IN)))

    assert decision.admitted


def test_the_way_out_is_always_open():
    banned = at_the_door(blocks=(block(BlockOwner.BAN),))
    nobody = at_the_door(person=None)
    for facts in (
        banned,
        nobody,
        at_the_door(card_blocked=True),
        at_the_door(capacity=1, inside=9),
    ):
        decision = decide_entry(replace(facts, direction=Direction.OUT))

        assert (decision.verdict, decision.code) == (Severity.ALLOW, Code.EXIT)
        assert decision.draws_lot is None


def test_freeze_that_ends_on_return_admits():
    coming_back = at_the_door(right(freeze_on_scan="end"), blocks=(block(BlockOwner.FREEZE),))

    decision = decide_entry(coming_back)

    assert decision.admitted
    assert decision.ends_freeze


def test_block_from_tomorrow_or_until_yesterday_holds_nothing():
    future = block(BlockOwner.BAN, from_on=date(2026, 11, 19))
    past = block(BlockOwner.BAN, until_on=date(2026, 11, 17))

    assert decide_entry(at_the_door(blocks=(future, past))).code == Code.OK


def test_debt_at_the_limit_notes_and_above_it_refuses():
    policy = GatePolicy(debt_limit_minor=100)
    at_limit = block(BlockOwner.DEBT, amount_minor=100, currency="BDT")
    above = block(BlockOwner.DEBT, amount_minor=101, currency="BDT")

    assert (
        decide_entry(at_the_door(blocks=(at_limit,), policy=policy)).code == Code.DEBT_UNDER_LIMIT
    )
    assert decide_entry(at_the_door(blocks=(above,), policy=policy)).code == Code.DEBT_OVER_LIMIT


def test_a_debt_refuses_only_when_it_is_both_large_and_old():
    policy = GatePolicy(debt_limit_minor=100, debt_days=5)
    cases = [
        (101, date(2026, 11, 13), Code.DEBT_OVER_LIMIT),
        (101, date(2026, 11, 14), Code.DEBT_UNDER_LIMIT),
        (100, date(2026, 1, 1), Code.DEBT_UNDER_LIMIT),
    ]
    for amount, since, code in cases:
        owed = block(BlockOwner.DEBT, amount_minor=amount, currency="BDT", from_on=since)
        assert decide_entry(at_the_door(blocks=(owed,), policy=policy)).code == code


def test_a_small_late_sum_is_not_mentioned():
    policy = GatePolicy(debt_limit_minor=100, debt_note_minor=20)
    for amount, code in ((20, Code.OK), (21, Code.DEBT_UNDER_LIMIT)):
        owed = block(BlockOwner.DEBT, amount_minor=amount, currency="BDT")
        assert decide_entry(at_the_door(blocks=(owed,), policy=policy)).code == code


def test_two_debts_are_added():
    policy = GatePolicy(debt_limit_minor=100)
    debts = tuple(block(BlockOwner.DEBT, amount_minor=60, currency="BDT") for _ in range(2))

    decision = decide_entry(at_the_door(blocks=debts, policy=policy))

    assert decision.params == {"amount_minor": 120, "currency": "BDT"}


def test_renewed_member_is_not_told_that_the_old_contract_ends():
    old = right(ends_on=date(2026, 11, 30))
    new = right(contract_id=2, starts_on=date(2026, 12, 1), ends_on=date(2027, 11, 30))

    assert decide_entry(at_the_door(old, new)).code == Code.OK


def test_minor_with_a_guardian_inside_enters():
    child = PersonFact(person_id=7, age=13, guardian_inside=True)

    assert decide_entry(at_the_door(person=child)).code == Code.OK
