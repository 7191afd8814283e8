"""A family: one payer, one holder, further members who scan on their own right until it ends."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from access_control.rules.codes import Code
from access_control.services.scanning import handle_scan
from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.billing.models import Invoice, InvoiceLine
from memberships.contracts.cancelling import CancelRequest, cancel_contract
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.families import (
    JoinRequest,
    end_with_holder,
    hand_on,
    join_family,
    join_preview,
    leave_family,
)
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.handover_tables import Family
from memberships.contracts.history import contracts_of
from memberships.contracts.invariants import contract_periods
from memberships.contracts.kin import families_around, family_held_by, seats_of
from memberships.contracts.leaving import CancelReason
from memberships.contracts.next_terms import desk_terms
from memberships.contracts.queries import rights_at
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.renewals import renew
from memberships.contracts.rules import ContractState
from memberships.contracts.services import end_contract, void_contract
from tests.access_control.gate.floor import give_card, make_door, scan
from tests.cast import make_member
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract, make_plan

FREE = LeavingTerms(early=EarlyEnd.FREE)
FAMILY = replace(
    YEAR, name="Family", conditions=Conditions(extra_member_minor=1_200_000), leaving=FREE
)
START = date(2027, 1, 31)
NAMES = ("Rahim", "Karima", "Anik", "Tuli")

pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def clock():
    """Return the clock of Dhaka on the first day of the family."""
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def family(cast, clock) -> dict[str, int]:
    """Mia holds and pays for two adults and two children; returns their ids by name."""
    make_contract(cast, FAMILY, starts_on=START)
    people = {name: make_member(name, "Rahman", club=cast.club).id for name in NAMES}
    for person in people.values():
        join_family(JoinRequest(cast.members["Mia"], person), by=SARA)
    return people


def refusal_of(act) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def codes_at_the_gate(cast, people: dict[str, int], day: datetime) -> dict[str, Code]:
    """Let each of them scan a card of his own; returns what the gate says."""
    door = make_door(cast.club, f"GATE{day:%d%m}")
    told = {}
    for number, (name, person) in enumerate(people.items(), 1):
        card = f"77{day:%d%m}{number}"
        give_card(person, card)
        told[name] = handle_scan(door, scan(day, f"{day}-{name}", card), day).code
    return told


def test_four_people_scan_on_their_own_right_and_one_pays(cast, family):
    (mia,) = contracts_of(cast.members["Mia"])
    told = codes_at_the_gate(cast, family, now())

    assert set(told.values()) == {Code.NO_PHOTO}
    held = family_held_by(cast.members["Mia"])
    seats = seats_of(held.id)
    assert [seat.person.given_name for seat in seats] == list(NAMES)
    assert {seat.contract.payer_id for seat in seats} == {cast.members["Mia"]}
    assert {(seat.contract.price_minor, seat.contract.ends_on) for seat in seats} == {
        (1_200_000, mia.ends_on)
    }
    paid = db.session.scalars(
        select(Invoice.total_minor).where(Invoice.person_id.in_(family.values()))
    ).all()
    assert paid == [1_200_000] * 4
    assert contract_periods() == []


def test_all_are_refused_with_no_contract_when_the_holder_is_gone(cast, family, clock):
    (mia,) = contracts_of(cast.members["Mia"])
    clock.move_to("2027-05-01T06:00Z")
    cancel_contract(CancelRequest(mia.contract_id, CancelReason.PRICE), by=SARA)
    (mia,) = contracts_of(cast.members["Mia"])
    after = datetime.fromisoformat(f"{mia.ends_on + timedelta(days=1)}T06:00+00:00")
    clock.move_to(after)

    assert codes_at_the_gate(cast, family, after) == dict.fromkeys(NAMES, Code.NO_CONTRACT)


def test_night_job_ends_those_who_depend_and_the_gate_still_says_no_contract(cast, family, clock):
    (mia,) = contracts_of(cast.members["Mia"])
    days = date(2027, 3, 1), date(2027, 3, 14)
    (rahim,) = contracts_of(family["Rahim"])
    freeze_contract(FreezeRequest(rahim.contract_id, *days, "Travel"), by=SARA)
    clock.move_to("2028-01-31T06:00Z")
    end_contract(mia.contract_id, by="system")

    # Rahim's own last day had moved by his freeze; he still ends with the holder.
    assert end_with_holder(mia.contract_id, by="system") == 1
    assert end_with_holder(mia.contract_id, by="system") == 0
    (rahim,) = contracts_of(family["Rahim"])
    assert (rahim.ends_on, rahim.state) == (date(2028, 1, 30), ContractState.ENDED)
    assert codes_at_the_gate(cast, family, now())["Rahim"] is Code.NO_CONTRACT
    assert contract_periods() == []


def test_role_is_handed_on_and_everybody_stays(cast, family, clock):
    held = family_held_by(cast.members["Mia"])
    clock.move_to("2027-05-01T06:00Z")

    hand_on(held.id, holder_id=family["Karima"], payer_id=family["Rahim"], by=SARA)

    (mia,) = contracts_of(cast.members["Mia"])
    cancel_contract(CancelRequest(mia.contract_id, CancelReason.PRICE), by=SARA)
    clock.move_to("2027-06-20T06:00Z")
    told = codes_at_the_gate(cast, family, now())
    assert set(told.values()) == {Code.NO_PHOTO}
    assert [seat.person.given_name for seat in seats_of(held.id)] == ["Rahim", "Anik", "Tuli"]
    assert {seat.contract.payer_id for seat in seats_of(held.id)} == {family["Rahim"]}
    assert [one.id for one in families_around(family["Anik"])] == [held.id]


def test_who_joins_later_pays_for_the_days_left(cast, family, clock):
    clock.move_to("2027-08-01T06:00Z")
    late = make_member("Late", club=cast.club).id

    shown = join_preview(cast.members["Mia"], late)
    contract = join_family(JoinRequest(cast.members["Mia"], late), by=SARA)

    # 183 of 365 days: 12,000.00 x 183 / 365.
    assert (shown.starts_on, shown.ends_on) == (date(2027, 8, 1), date(2028, 1, 30))
    assert shown.price_minor == 601_644
    line = db.session.scalars(
        select(InvoiceLine).where(InvoiceLine.contract_id == contract.id)
    ).one()
    assert (line.total_minor, line.earned_from, line.earned_until) == (
        601_644,
        date(2027, 8, 1),
        date(2028, 1, 30),
    )
    assert contract_periods() == []


def test_family_goes_on_with_the_holders_renewal_on_one_invoice(cast, family, clock):
    (mia,) = contracts_of(cast.members["Mia"])
    clock.move_to("2028-01-10T06:00Z")

    new = renew(mia.contract_id, by=SARA, clash_seen=False).contract

    lines = db.session.scalars(
        select(InvoiceLine.total_minor)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.source_kind == "contract", Invoice.source_id == str(new.id))
        .order_by(InvoiceLine.position)
    ).all()
    assert lines == [2_400_000, *[1_200_000] * 4]
    for person in family.values():
        following, before = contracts_of(person)
        assert (following.starts_on, following.ends_on) == (new.starts_on, new.ends_on)
        assert before.ends_on == date(2028, 1, 30)
    assert rights_at(family["Tuli"], date(2028, 2, 1)).contracts != ()
    assert contract_periods() == []


def test_a_renewal_made_again_gives_nobody_of_the_family_two_contracts(cast, family, clock):
    clock.move_to("2028-01-10T06:00Z")
    rolling = make_plan(cast, MONTHLY, name="Rolling family", conditions=FAMILY.conditions).plan_id
    (mine,) = contracts_of(cast.members["Mia"])
    first = renew(mine.contract_id, by=SARA, plan_id=rolling, clash_seen=False).contract
    void_contract(first.id, by=SARA, why="Mistake")

    shown = desk_terms(mine.contract_id, rolling)
    again = renew(mine.contract_id, by=SARA, plan_id=rolling, clash_seen=False).contract

    assert (shown.members, shown.total_minor) == ((), again.price_minor)
    assert [len(contracts_of(person)) for person in family.values()] == [2] * len(NAMES)
    assert contract_periods() == []


def test_member_of_a_family_is_not_renewed_alone(cast, family, clock):
    (tuli,) = contracts_of(family["Tuli"])
    clock.move_to("2028-01-10T06:00Z")

    refusal = refusal_of(lambda: renew(tuli.contract_id, by=SARA, clash_seen=False))

    assert (refusal.code, refusal.extra["rule"]) == ("RENEWAL_REFUSED", "family")


def test_who_leaves_trains_today_for_the_last_time(cast, family, clock):
    (anik,) = contracts_of(family["Anik"])
    clock.move_to("2027-05-01T06:00Z")

    contract = leave_family(anik.contract_id, by=SARA)

    assert (contract.ends_on, contract.end_reason) == (date(2027, 5, 1), "Left the family.")
    held = family_held_by(cast.members["Mia"])
    assert len(seats_of(held.id)) == 3
    assert contract_periods() == []


def test_plan_without_an_extra_price_takes_no_family(cast, clock):
    make_contract(cast, YEAR, starts_on=START)
    person = make_member("Somebody", club=cast.club).id

    refusal = refusal_of(lambda: join_family(JoinRequest(cast.members["Mia"], person), by=SARA))

    assert refusal.code == "NO_FAMILY_PLAN"
    assert db.session.scalars(select(Family)).all() == []


def test_nobody_belongs_to_himself_or_twice_or_holds_two(cast, family):
    mia = cast.members["Mia"]
    twice = refusal_of(lambda: join_family(JoinRequest(mia, family["Tuli"]), by=SARA))
    himself = refusal_of(lambda: join_family(JoinRequest(mia, mia), by=SARA))
    stranger = make_member("Stranger", club=cast.club).id
    held = family_held_by(mia)
    without = refusal_of(lambda: hand_on(held.id, holder_id=stranger, payer_id=mia, by=SARA))

    assert (twice.code, himself.code, without.code) == (
        "CONTRACT_OVERLAPS",
        "FAMILY",
        "NO_FAMILY_PLAN",
    )


def test_rolling_family_pays_a_period_each_from_its_own_day(cast, clock):
    rolling = replace(MONTHLY, conditions=Conditions(extra_member_minor=150_000))
    make_contract(cast, rolling, starts_on=START)
    clock.move_to("2027-02-10T06:00Z")
    person = make_member("Somebody", club=cast.club).id

    contract = join_family(JoinRequest(cast.members["Mia"], person), by=SARA)

    line = db.session.scalars(
        select(InvoiceLine).where(InvoiceLine.contract_id == contract.id)
    ).one()
    assert (contract.starts_on, contract.ends_on) == (date(2027, 2, 10), None)
    assert (line.total_minor, line.earned_until) == (150_000, date(2027, 3, 9))
