from datetime import date, timedelta

import pytest
from sqlalchemy import select

from access_control.models import AccessEvent, DirectionMode, Unmatched
from access_control.rules.codes import Code, CredentialKind, Direction, Severity
from access_control.rules.decide import decide_again
from access_control.rules.facts import facts_from
from access_control.rules.passcode import make_passcode
from access_control.rules.policy import GatePolicy, policy_values
from access_control.services.credentials import block_credential
from access_control.services.letting_in import let_in
from access_control.services.scanning import handle_scan, passcode_keys
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.contracts.rules import PlanKind
from tests.access_control.gate.floor import (
    at,
    days_told,
    events_told,
    give_card,
    give_contract,
    make_door,
    scan,
    the_door,
    units_left,
    visits_told,
)
from tests.cast import Cast

TEN = at("2026-11-18 10:00")


@pytest.fixture(autouse=True)
def _that_day(time_machine) -> None:
    """It is the day of the stories."""
    time_machine.move_to(TEN, tick=False)


@pytest.fixture
def mia(unit: None, cast: Cast) -> int:
    """Mia holds card 4711 and a year's contract."""
    person = cast.members["Mia"]
    give_card(person)
    give_contract(person, cast.club)
    return person


def told() -> list[str]:
    return list(db.session.scalars(select(Event.kind).order_by(Event.id)))


def test_member_with_a_good_contract_enters_and_a_visit_begins(mia: int, cast: Cast):
    door = make_door(cast.club)

    entry = handle_scan(door, scan(TEN, "e1"), TEN)

    assert (entry.verdict, entry.code) == (Severity.WARN, Code.NO_PHOTO)
    assert entry.person_public_id == cast.public["Mia"]
    assert entry.person_name == "Mia Rahman"
    assert visits_told(mia) == "18 10:00-inside 0u"
    assert days_told(mia) == {"2026-11-18": 1}
    assert told() == ["VisitStarted"]


def test_the_facts_of_a_scan_take_four_selects(mia: int, cast: Cast, count_selects):
    door = make_door(cast.club)
    handle_scan(door, scan(TEN, "e1"), TEN)
    before = len(count_selects)

    handle_scan(door, scan(TEN + timedelta(hours=1), "e2"), TEN + timedelta(hours=1))

    assert len(count_selects) - before <= 4


def test_same_event_told_twice_gives_the_first_answer(mia: int, cast: Cast):
    """F20: an answer lost after the commit."""
    door = make_door(cast.club)
    first = handle_scan(door, scan(TEN, "e1"), TEN)

    again = handle_scan(door, scan(TEN, "e1"), TEN + timedelta(minutes=3))

    assert again.duplicate
    assert (again.public_id, again.code, again.params) == (
        first.public_id,
        first.code,
        first.params,
    )
    assert visits_told(mia) == "18 10:00-inside 0u"
    assert len(events_told()) == 1


def test_ten_visit_member_at_three_readers_loses_one_visit(unit: None, cast: Cast):
    mia = cast.members["Mia"]
    give_card(mia)
    give_contract(mia, cast.club, kind=PlanKind.VISITS, visits=10)
    doors = [make_door(cast.club, f"GATE{n}", zone=f"zone{n}") for n in range(3)]

    left = [
        handle_scan(door, scan(TEN + timedelta(minutes=15 * n), f"e{n}"), TEN).units_left
        for n, door in enumerate(doors)
    ]

    assert left == [9, 9, 9]
    assert units_left(mia) == 9
    assert visits_told(mia) == "18 10:00-inside 1u"


def test_double_tap_is_kept_and_counts_once(unit: None, cast: Cast):
    """F06, one after the other."""
    mia = cast.members["Mia"]
    give_card(mia)
    give_contract(mia, cast.club, kind=PlanKind.VISITS, visits=10)
    door = make_door(cast.club)

    first = handle_scan(door, scan(TEN, "e1"), TEN)
    bounce = handle_scan(door, scan(TEN + timedelta(seconds=4), "e2"), TEN)

    assert (bounce.verdict, bounce.code, bounce.units_left) == (
        first.verdict,
        first.code,
        first.units_left,
    )
    assert events_told() == [("e1", "normal", "NO_PHOTO"), ("e2", "duplicate_tap", "NO_PHOTO")]
    assert (units_left(mia), visits_told(mia)) == (9, "18 10:00-inside 1u")


def test_same_card_at_a_second_gate_is_passback(mia: int, cast: Cast):
    first, second = make_door(cast.club, "GATE1"), make_door(cast.club, "GATE2")
    handle_scan(first, scan(TEN, "e1"), TEN)

    entry = handle_scan(second, scan(TEN + timedelta(seconds=1), "e2"), TEN)

    assert (entry.verdict, entry.code) == (Severity.DENY, Code.PASSBACK)
    assert visits_told(mia) == "18 10:00-inside 0u"


def test_blocked_card_is_refused_at_its_next_scan(mia: int, cast: Cast):
    door = make_door(cast.club)
    credential = give_card(mia, "815")
    block_credential(credential, by="user:1", why="lost")

    entry = handle_scan(door, scan(TEN, "e1", "815"), TEN)

    assert (entry.verdict, entry.code) == (Severity.DENY, Code.CARD_BLOCKED)
    assert told() == ["EntryRefused"]


def test_unknown_card_is_refused_and_listed(unit: None, cast: Cast):
    door = make_door(cast.club)

    for n in range(2):
        moment = TEN + timedelta(minutes=n)
        entry = handle_scan(door, scan(moment, f"e{n}", "00999"), moment)

    assert (entry.code, entry.status) == (Code.UNKNOWN_CARD, "unmatched")
    unknown = db.session.scalars(select(Unmatched)).one()
    assert (unknown.value, unknown.scans) == ("999", 2)


def test_flood_of_unknown_cards_is_counted_beyond_the_cap(unit: None, cast: Cast):
    """F23: stored up to the cap, then only counted; known cards go on."""
    mia = cast.members["Mia"]
    give_card(mia)
    give_contract(mia, cast.club)
    set_club_setting(cast.club, "gate", policy_values(GatePolicy(unknown_cap=10)))
    door = make_door(cast.club)

    for n in range(30):
        moment = TEN + timedelta(milliseconds=10 * n)
        entry = handle_scan(door, scan(moment, f"x{n}", f"9{n:03}"), moment)
        assert (entry.verdict, entry.code) == (Severity.DENY, Code.UNKNOWN_CARD)
    known = handle_scan(door, scan(TEN + timedelta(seconds=1), "mia"), TEN)

    assert known.verdict is Severity.WARN
    assert len(events_told()) == 11
    others = db.session.scalars(select(Unmatched).where(Unmatched.value == "*")).one()
    assert others.scans == 20


def test_exit_ends_the_visit_and_reentry_goes_on_with_it(mia: int, cast: Cast):
    door = make_door(cast.club)
    handle_scan(door, scan(TEN, "e1"), TEN)
    out = at("2026-11-18 10:40")
    handle_scan(door, scan(out, "e2", way=Direction.OUT), out)
    assert visits_told(mia) == "18 10:00-10:40 scan 0u"

    back = at("2026-11-18 11:00")
    handle_scan(door, scan(back, "e3"), back)

    assert visits_told(mia) == "18 10:00-inside 0u"


def test_entry_after_the_window_is_a_second_visit_of_the_day(mia: int, cast: Cast):
    door = make_door(cast.club)
    for n, wall in enumerate(("2026-11-18 10:00", "2026-11-18 18:00")):
        handle_scan(door, scan(at(wall), f"e{n}"), at(wall))

    assert visits_told(mia) == "18 10:00-14:00 auto 0u, 18 18:00-inside 0u"
    assert days_told(mia) == {"2026-11-18": 2}


def test_visit_after_midnight_belongs_to_last_evening(mia: int, cast: Cast):
    door = make_door(cast.club)
    late = at("2026-11-19 01:30")

    handle_scan(door, scan(late, "e1"), late)

    assert days_told(mia) == {"2026-11-18": 1}


def test_one_reader_for_both_ways_alternates(mia: int, cast: Cast):
    door = make_door(cast.club, direction=DirectionMode.TOGGLE)
    for n, wall in enumerate(("2026-11-18 10:00", "2026-11-18 11:30")):
        entry = handle_scan(door, scan(at(wall), f"e{n}"), at(wall))

    assert entry.code == Code.EXIT
    assert visits_told(mia) == "18 10:00-11:30 scan 0u"


def test_f35_contract_that_ends_today_opens_until_midnight(unit: None, cast: Cast):
    """F35: 23:59:59 club time allowed, 00:00:00 EXPIRED, the way out always open."""
    mia = cast.members["Mia"]
    give_card(mia)
    give_contract(mia, cast.club, ends_on=date(2026, 11, 18))
    door = make_door(cast.club)
    last, first = at("2026-11-18 23:59:59"), at("2026-11-19 00:00:00")

    assert handle_scan(door, scan(last, "e1"), last).verdict is Severity.WARN
    out = handle_scan(door, scan(first, "e2", way=Direction.OUT), first)
    assert (out.verdict, out.code) == (Severity.ALLOW, Code.EXIT)
    late = first + timedelta(minutes=2)
    assert handle_scan(door, scan(late, "e3"), late).code == Code.EXPIRED


def test_rotating_code_of_now_opens_and_an_old_one_does_not(mia: int, cast: Cast):
    door = make_door(cast.club)
    code = make_passcode(cast.public["Mia"], TEN, passcode_keys()[0])
    late = TEN + timedelta(minutes=2)

    stale = handle_scan(door, scan(late, "e1", code, kind=CredentialKind.QR), late)
    fresh = handle_scan(door, scan(TEN, "e0", code, kind=CredentialKind.QR), TEN)

    assert (stale.verdict, stale.code) == (Severity.DENY, Code.UNKNOWN_CARD)
    assert fresh.person_name == "Mia Rahman"


def test_every_stored_decision_can_be_made_again(mia: int, cast: Cast):
    door = make_door(cast.club)
    walls = ("10:00:00", "10:00:03", "10:00:30", "13:30:00", "13:40:00")
    for n, wall in enumerate(walls):
        way = Direction.OUT if n == 4 else Direction.IN
        handle_scan(door, scan(at(f"2026-11-18 {wall}"), f"e{n}", way=way), TEN)
    handle_scan(door, scan(TEN, "x", "12"), TEN)

    for row in db.session.scalars(select(AccessEvent)):
        again = decide_again(row.rule_version, facts_from(row.inputs))
        assert (again.verdict, again.code) == (row.decision, row.code), row.event_key
    assert [code for _key, _status, code in events_told()] == [
        "NO_PHOTO",
        "NO_PHOTO",
        "PASSBACK",
        "NO_PHOTO",
        "EXIT",
        "UNKNOWN_CARD",
    ]


def test_letting_in_by_hand_needs_a_reason_and_makes_a_visit(unit: None, cast: Cast):
    mia = cast.members["Mia"]
    give_card(mia)
    desk = make_door(cast.club)
    refused = handle_scan(desk, scan(TEN, "e1"), TEN)
    assert refused.code == Code.NO_CONTRACT

    with pytest.raises(DomainError) as told_why:
        let_in(desk, mia, "  ", TEN, by="user:4")
    let_in(desk, mia, "signs tonight", TEN, by="user:4", refused_event_id=refused.event_id)

    assert told_why.value.code == "INVALID_INPUT"
    assert visits_told(mia) == "18 10:00-inside 0u"
    kept = db.session.scalars(select(AccessEvent).where(AccessEvent.code == Code.LET_IN)).one()
    assert (kept.by, kept.by_reason, kept.lets_in_event_id) == (
        "user:4",
        "signs tonight",
        refused.event_id,
    )


def test_settings_of_the_club_decide_how_strict_a_reason_is(unit: None, cast: Cast):
    mia = cast.members["Mia"]
    give_card(mia)
    lenient = GatePolicy(
        severities={Code.NO_CONTRACT: Severity.WARN, Code.NO_PHOTO: Severity.ALLOW}
    )
    set_club_setting(cast.club, "gate", policy_values(lenient))
    make_door(cast.club)

    entry = handle_scan(the_door(), scan(TEN, "e1"), TEN)

    assert (entry.verdict, entry.code) == (Severity.WARN, Code.NO_CONTRACT)
    assert visits_told(mia) == "18 10:00-inside 0u"
