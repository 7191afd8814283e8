"""The rest of a contract goes to somebody else: days, units and a fee; the books stay."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.billing.models import Invoice
from memberships.contracts.charges import charge, term_charge
from memberships.contracts.families import JoinRequest, join_family
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.history import contracts_of
from memberships.contracts.invariants import contract_periods, unit_balances
from memberships.contracts.queries import rights_at
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.renewals import renew
from memberships.contracts.rules import ContractState
from memberships.contracts.services import end_contract
from memberships.contracts.transfers import (
    TransferRequest,
    hand_units_over,
    transfer_contract,
    transfer_preview,
)
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.packages.services import use_visit
from tests.cast import make_member
from tests.memberships.conftest import MONTHLY, SARA, TEN_VISITS, YEAR, make_contract

START = date(2027, 1, 31)
TODAY = date(2027, 10, 23)
HANDED_ON = replace(YEAR, conditions=Conditions(transfer_minor=50_000))

pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def clock():
    """Return the clock of Dhaka, standing a hundred days before the last day."""
    with time_machine.travel("2027-10-23T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def nora(cast) -> int:
    """Return the id of Nora, who shall have the contract."""
    return make_member("Nora", "Akter", club=cast.club).id


def sold(cast, terms=HANDED_ON):
    with time_machine.travel("2027-01-31T06:00Z", tick=False):
        contract = make_contract(cast, terms, starts_on=START)
        if not db.session.scalar(select(Invoice.id).where(Invoice.payer_id == contract.payer_id)):
            charge(contract.payer_id, [term_charge(contract, terms, terms.price_minor)], by=SARA)
    return contract


def refusal_of(act) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def may_enter(person_id: int, day: date) -> bool:
    rights = rights_at(person_id, day).contracts
    return any(one.covers(day) and one.units_left != 0 for one in rights)


def test_old_holder_is_refused_next_day_and_the_new_one_admitted(cast, clock, nora):
    old = sold(cast)
    mia = cast.members["Mia"]

    made = transfer_contract(TransferRequest(old.id, nora, "Moves away"), by="user:2")

    tomorrow = TODAY + timedelta(days=1)
    assert (may_enter(mia, TODAY), may_enter(mia, tomorrow)) == (True, False)
    assert (may_enter(nora, TODAY), may_enter(nora, tomorrow)) == (False, True)
    (new,) = contracts_of(nora)
    assert (new.starts_on, new.ends_on) == (tomorrow, date(2028, 1, 30))
    assert (made.fee_minor, made.effective_on) == (50_000, tomorrow)
    assert contract_periods() == []


def test_money_history_stays_with_who_paid_and_the_new_holder_pays_the_fee(cast, clock, nora):
    old = sold(cast)
    transfer_contract(TransferRequest(old.id, nora, "Moves away"), by="user:2")

    rows = db.session.execute(
        select(Invoice.payer_id, Invoice.total_minor).order_by(Invoice.id)
    ).all()
    assert rows == [(cast.members["Mia"], 2_400_000), (nora, 50_000)]


def test_old_holder_may_pay_the_fee_instead(cast, clock, nora):
    old = sold(cast)
    asked = TransferRequest(old.id, nora, "Moves away", old_pays=True)
    transfer_contract(asked, by="user:2")

    fees = db.session.scalars(select(Invoice.payer_id).where(Invoice.source_kind == "transfer"))
    assert list(fees) == [cast.members["Mia"]]


def test_units_follow_the_night_after(cast, clock, nora):
    clock.move_to("2027-02-20T06:00Z")
    old = sold(cast, TEN_VISITS)
    lot = db.session.scalars(select(PackageLot.id).where(PackageLot.contract_id == old.id)).one()
    for number in range(4):
        use_visit(lot, "visit", f"v{number}", datetime(2027, 2, 1, 6, tzinfo=UTC), "device:gate")
    assert transfer_preview(old.id, nora).units == 6

    made = transfer_contract(TransferRequest(old.id, nora, "Moves away"), by="user:2")
    assert may_enter(cast.members["Mia"], date(2027, 2, 20))
    clock.move_to("2027-02-20T18:10Z")
    end_contract(old.id, by="system")

    assert hand_units_over(old.id, by="system") == 6
    assert hand_units_over(old.id, by="system") == 0
    assert made.units_moved == 6
    (new,) = contracts_of(nora)
    assert (new.units_bought, new.units_left) == (6, 6)
    lines = db.session.execute(
        select(PackageEntry.kind, PackageEntry.delta)
        .where(PackageEntry.kind == EntryKind.TRANSFER)
        .order_by(PackageEntry.id)
    ).all()
    assert lines == [(EntryKind.TRANSFER, -6), (EntryKind.TRANSFER, 6)]
    assert unit_balances() == []


def test_told_twice_it_is_done_once_and_never_for_two_people(cast, clock, nora):
    old = sold(cast)
    first = transfer_contract(TransferRequest(old.id, nora, "Moves away"), by="user:2")

    again = transfer_contract(TransferRequest(old.id, nora, "Moves away"), by="user:2")
    other = make_member("Other", club=cast.club).id
    refusal = refusal_of(
        lambda: transfer_contract(TransferRequest(old.id, other, "Moves"), by="user:2")
    )

    assert again.id == first.id
    assert refusal.code == "TRANSFERRED"


def test_rolling_contract_rolls_on_for_the_new_holder(cast, clock, nora):
    old = sold(cast, MONTHLY)

    transfer_contract(TransferRequest(old.id, nora, "Moves away"), by="user:2")

    (new,) = contracts_of(nora)
    assert (old.ends_on, new.starts_on, new.ends_on) == (TODAY, TODAY + timedelta(days=1), None)
    assert new.state is ContractState.SIGNED
    assert contract_periods() == []


@pytest.mark.parametrize(
    "rule", ["not_transferable", "frozen", "renewed", "family", "not_begun", "over"]
)
def test_contract_that_may_not_go_names_its_rule(cast, clock, nora, rule):
    terms = {
        "not_transferable": replace(YEAR, conditions=Conditions(transfer_minor=None)),
        "family": replace(YEAR, conditions=Conditions(extra_member_minor=1)),
    }.get(rule, HANDED_ON)
    old = sold(cast, terms)
    if rule == "frozen":
        days = date(2027, 11, 1), date(2027, 11, 7)
        freeze_contract(FreezeRequest(old.id, *days, "Travel"), by=SARA)
    elif rule == "renewed":
        clock.move_to("2028-01-10T06:00Z")
        renew(old.id, by=SARA, clash_seen=False)
    elif rule == "family":
        child = make_member("Child", club=cast.club).id
        join_family(JoinRequest(old.person_id, child), by=SARA)
    elif rule == "not_begun":
        clock.move_to("2027-01-30T06:00Z")
    elif rule == "over":
        clock.move_to("2028-01-30T06:00Z")

    refusal = refusal_of(lambda: transfer_preview(old.id, nora))

    assert (refusal.code, refusal.extra["rule"]) == ("CHANGE_REFUSED", rule)


def test_clash_same_person_other_club_and_missing_reason_are_refused(cast, clock, nora):
    old = sold(cast)
    zia = cast.members["Zia"]

    assert refusal_of(lambda: transfer_preview(old.id, zia)).code == "NOT_FOUND"
    assert refusal_of(lambda: transfer_preview(old.id, old.person_id)).code == "INVALID_INPUT"
    blank = TransferRequest(old.id, nora, " ")
    assert refusal_of(lambda: transfer_contract(blank, by=SARA)).code == "INVALID_INPUT"
