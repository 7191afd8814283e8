import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from access_control.rules.codes import (
    REFUSALS,
    WARNINGS,
    Code,
    Direction,
    Passback,
    Severity,
)
from access_control.rules.decide import decide_again, decide_entry
from access_control.rules.facts import (
    NO_RIGHTS,
    EntryFacts,
    Passage,
    PersonFact,
    facts_from,
    inputs_of,
)
from access_control.rules.policy import GatePolicy
from memberships.contracts.rules import BlockOwner, PlanKind, Window
from tests.access_control.rules.door import DAY, NOON, at_the_door, block, right, ten_visits

MIA = PersonFact(person_id=7, age=30)
TWO_MINUTES = timedelta(minutes=2)
MORNINGS = tuple(Window(day, time(6), time(11)) for day in range(7))

REFUSED: dict[Code, EntryFacts] = {
    Code.UNKNOWN_CARD: at_the_door(person=None, rights=NO_RIGHTS),
    Code.CARD_BLOCKED: at_the_door(card_blocked=True),
    Code.STAFF_STOP: at_the_door(blocks=(block(BlockOwner.STAFF_STOP),)),
    Code.NO_CONTRACT: at_the_door(rights=NO_RIGHTS),
    Code.INCOMPLETE: at_the_door(right(state="incomplete")),
    Code.NOT_STARTED: at_the_door(right(starts_on=date(2026, 11, 19))),
    Code.EXPIRED: at_the_door(right(ends_on=date(2026, 11, 17))),
    Code.FROZEN: at_the_door(blocks=(block(BlockOwner.FREEZE, until_on=date(2026, 12, 3)),)),
    Code.WRONG_CLUB: at_the_door(right(club_ids=frozenset({2, 3}))),
    Code.WRONG_ZONE: at_the_door(right(zones=frozenset({"gym"})), zone="pool"),
    Code.OUTSIDE_HOURS: at_the_door(right(windows=MORNINGS)),
    Code.VISITS_USED_UP: at_the_door(ten_visits(0)),
    Code.DAILY_LIMIT: at_the_door(right(daily_limit=1), visits_today=1),
    Code.DEBT_OVER_LIMIT: at_the_door(
        blocks=(block(BlockOwner.DEBT, amount_minor=150_000, currency="BDT"),)
    ),
    Code.WAIVER_MISSING: at_the_door(blocks=(block(BlockOwner.WAIVER),)),
    Code.MEDICAL_EXPIRED: at_the_door(blocks=(block(BlockOwner.MEDICAL),)),
    Code.MINOR_NEEDS_GUARDIAN: at_the_door(person=PersonFact(person_id=7, age=13)),
    Code.PASSBACK: at_the_door(last=Passage(NOON - timedelta(seconds=59), Direction.IN)),
    Code.CLUB_FULL: at_the_door(capacity=80, inside=80),
    Code.GUEST_LIMIT: at_the_door(right(plan_kind=PlanKind.TRIAL), guest_visits=3),
}
WARNED: dict[Code, EntryFacts] = {
    Code.DEBT_UNDER_LIMIT: at_the_door(
        blocks=(block(BlockOwner.DEBT, amount_minor=500, currency="BDT"),),
        policy=GatePolicy(debt_limit_minor=500),
    ),
    Code.EXPIRES_30D: at_the_door(right(ends_on=date(2026, 12, 18))),
    Code.LAST_2_VISITS: at_the_door(ten_visits(3)),
    Code.PAY_METHOD_EXPIRING: at_the_door(person=replace(MIA, notes=(Code.PAY_METHOD_EXPIRING,))),
    Code.NO_PHOTO: at_the_door(person=replace(MIA, has_photo=False)),
    Code.MEDICAL_14D: at_the_door(blocks=(block(BlockOwner.MEDICAL, from_on=date(2026, 12, 2)),)),
    Code.OPEN_TASK: at_the_door(person=replace(MIA, notes=(Code.OPEN_TASK,))),
    Code.BACK_AFTER_GAP: at_the_door(last_visit_day=date(2026, 10, 28)),
    Code.BIRTHDAY: at_the_door(person=replace(MIA, birthday=True)),
}


def test_the_tables_hold_every_code_once():
    assert tuple(REFUSED) == REFUSALS
    assert tuple(WARNED) == WARNINGS


def test_member_in_good_standing_enters_green():
    decision = decide_entry(at_the_door())

    assert (decision.verdict, decision.code) == (Severity.ALLOW, Code.OK)
    assert decision.contract_id == 1
    assert decision.open_seconds == 5
    assert decision.draws_lot is None


@pytest.mark.parametrize("code", REFUSED, ids=str)
def test_each_reason_refuses_alone(code: Code):
    decision = decide_entry(REFUSED[code])

    assert (decision.verdict, decision.code) == (Severity.DENY, code)
    assert not decision.admitted
    assert decision.open_seconds == 0
    assert decision.draws_lot is None


@pytest.mark.parametrize("code", [code for code in REFUSED if code != Code.UNKNOWN_CARD], ids=str)
def test_each_refusal_can_be_a_note_or_nothing(code: Code):
    facts = REFUSED[code]

    noted = decide_entry(replace(facts, policy=GatePolicy(severities={code: Severity.WARN})))
    silent = decide_entry(replace(facts, policy=GatePolicy(severities={code: Severity.ALLOW})))

    assert (noted.verdict, noted.code) == (Severity.WARN, code)
    assert silent.admitted
    assert silent.code != code


def test_unknown_card_may_be_let_in_without_a_right():
    policy = GatePolicy(severities={Code.UNKNOWN_CARD: Severity.WARN})

    decision = decide_entry(at_the_door(person=None, rights=NO_RIGHTS, policy=policy))

    assert (decision.verdict, decision.code) == (Severity.WARN, Code.UNKNOWN_CARD)
    assert decision.contract_id is None


@pytest.mark.parametrize("code", WARNED, ids=str)
def test_each_note_lets_in_with_a_word(code: Code):
    decision = decide_entry(WARNED[code])

    assert (decision.verdict, decision.code) == (Severity.WARN, code)
    assert decision.open_seconds == 5


@pytest.mark.parametrize("code", WARNED, ids=str)
def test_each_note_can_refuse_or_be_silent(code: Code):
    facts = WARNED[code]
    strict = {**facts.policy.severities, code: Severity.DENY}
    mute = {**facts.policy.severities, code: Severity.ALLOW}

    denied = decide_entry(replace(facts, policy=replace(facts.policy, severities=strict)))
    silent = decide_entry(replace(facts, policy=replace(facts.policy, severities=mute)))

    assert (denied.verdict, denied.code) == (Severity.DENY, code)
    assert (silent.verdict, silent.code) == (Severity.ALLOW, Code.OK)


@pytest.mark.parametrize(("first", "second"), list(pairwise(REFUSALS[7:])), ids=str)
def test_of_two_reasons_the_earlier_is_named(first: Code, second: Code):
    both = _merge(REFUSED[first], REFUSED[second])

    assert decide_entry(both).code == first


def _merge(one: EntryFacts, other: EntryFacts) -> EntryFacts:
    """Return the facts of two cases at once; contracts take the narrower value of each field."""
    plain = at_the_door()
    names = [name for name in EntryFacts.__dataclass_fields__ if name != "rights"]
    changed = {
        name: getattr(other, name) for name in names if getattr(other, name) != getattr(plain, name)
    }
    base, more = one.rights.contracts[0], other.rights.contracts[0]
    fields = {
        name: getattr(more, name)
        for name in type(more).__dataclass_fields__
        if getattr(more, name) != getattr(right(), name)
    }
    rights = replace(
        one.rights,
        contracts=(replace(base, **fields),),
        blocks=one.rights.blocks + other.rights.blocks,
    )
    return replace(one, rights=rights, **changed)


@pytest.mark.parametrize(
    ("case", "contracts", "code"),
    [
        (
            "old one ended, new one waits",
            (right(ends_on=date(2026, 11, 1)), right(starts_on=date(2026, 12, 1))),
            Code.NOT_STARTED,
        ),
        (
            "old one ended, new one unsigned",
            (right(ends_on=date(2026, 11, 1)), right(state="incomplete")),
            Code.INCOMPLETE,
        ),
        ("unsigned beside a good one", (right(state="incomplete"), right(contract_id=2)), Code.OK),
        (
            "an ended unsigned one counts for nothing",
            (right(state="incomplete", ends_on=date(2026, 1, 31)),),
            Code.EXPIRED,
        ),
        (
            "wrong club beside a good one",
            (right(club_ids=frozenset({9})), right(contract_id=2)),
            Code.OK,
        ),
        (
            "wrong club and used up elsewhere",
            (right(club_ids=frozenset({9})), ten_visits(0)),
            Code.VISITS_USED_UP,
        ),
        ("mornings only beside ten visits", (right(windows=MORNINGS), ten_visits(9)), Code.OK),
        (
            "last day of the contract",
            (
                right(ends_on=DAY),
                right(contract_id=2, starts_on=date(2026, 11, 19), ends_on=date(2027, 11, 18)),
            ),
            Code.OK,
        ),
        ("rolling month", (right(plan_kind=PlanKind.RECURRING, ends_on=None),), Code.OK),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_several_contracts_are_judged_together(case: str, contracts, code: Code):
    assert decide_entry(at_the_door(*contracts)).code == code


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
def test_off_peak_follows_the_wall_clock(zone: str, day: str, wall: str, code: Code):
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
    for facts in REFUSED.values():
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


def test_notes_are_listed_in_their_order():
    facts = at_the_door(
        ten_visits(2, ends_on=date(2026, 11, 30)),
        person=replace(MIA, has_photo=False, birthday=True),
    )

    decision = decide_entry(facts)

    assert [note.code for note in decision.notes] == [
        Code.EXPIRES_30D,
        Code.LAST_2_VISITS,
        Code.NO_PHOTO,
        Code.BIRTHDAY,
    ]


@pytest.mark.parametrize("facts", [*REFUSED.values(), *WARNED.values()], ids=[*REFUSED, *WARNED])
def test_stored_inputs_give_the_same_decision_again(facts: EntryFacts):
    stored = json.loads(json.dumps(inputs_of(facts)))

    assert decide_again(1, facts_from(stored)) == decide_entry(facts)


def test_stored_inputs_hold_no_free_text():
    facts = at_the_door(blocks=(block(BlockOwner.BAN, reason="hit the coach"),))

    assert "coach" not in json.dumps(inputs_of(facts))
