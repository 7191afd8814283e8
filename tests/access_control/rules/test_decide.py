import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from access_control.rules.codes import (
    REFUSALS,
    WARNINGS,
    Code,
    Direction,
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
from memberships.blocks.rules import BlockOwner
from memberships.contracts.rules import PlanKind
from tests.access_control.rules.door import (
    DAY,
    MORNINGS,
    NOON,
    at_the_door,
    block,
    right,
    ten_visits,
)

MIA = PersonFact(person_id=7, age=30)
TWO_MINUTES = timedelta(minutes=2)

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
