"""A contract goes on as another plan: the formula to the cent, history kept, undo while it may."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.billing.models import Invoice, InvoiceLine
from memberships.billing.queries import account_of
from memberships.contracts.cancelling import CancelRequest, cancel_contract
from memberships.contracts.catalogue import plan_by_id, terms_of
from memberships.contracts.changes import (
    ChangeRequest,
    change_plan,
    change_preview,
    perform_change,
    undo_change,
)
from memberships.contracts.charges import charge, term_charge
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.handover_tables import ChangeState
from memberships.contracts.history import changes_of, contracts_of
from memberships.contracts.invariants import contract_periods
from memberships.contracts.leaving import CancelReason
from memberships.contracts.outlook import changes_due
from memberships.contracts.plans import edit_plan
from memberships.contracts.proration import When
from memberships.contracts.queries import rights_at
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.renewals import renew
from memberships.contracts.rules import ContractState
from memberships.dunning.services import planned
from tests.memberships.conftest import MONTHLY, SARA, TEN_VISITS, YEAR, make_contract, make_plan

START = date(2027, 1, 31)
GOLD = replace(YEAR, name="Gold", price_minor=3_650_000, conditions=Conditions(joining_minor=99))
MONTHLY_GOLD = replace(MONTHLY, name="Monthly gold", price_minor=400_000)

pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def clock():
    """Return the clock of Dhaka, standing a hundred days before the last day."""
    with time_machine.travel("2027-10-23T06:00Z", tick=False) as traveller:
        yield traveller


def sold(cast, terms=YEAR):
    """Mia has a contract since the end of January, with its invoice."""
    with time_machine.travel("2027-01-31T06:00Z", tick=False):
        contract = make_contract(cast, terms, starts_on=START)
        if not db.session.scalar(
            select(InvoiceLine.id).where(InvoiceLine.contract_id == contract.id)
        ):
            charge(contract.payer_id, [term_charge(contract, terms, terms.price_minor)], by=SARA)
    return contract


def refusal_of(act) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def lines_of(contract_id: int) -> list[tuple[str, int, date | None, date | None]]:
    return [
        (line.text, line.total_minor, line.earned_from, line.earned_until)
        for line in db.session.scalars(
            select(InvoiceLine)
            .where(InvoiceLine.contract_id == contract_id)
            .order_by(InvoiceLine.id)
        )
    ]


def test_dearer_plan_today_costs_the_formula_to_the_cent(cast, clock):
    old, gold = sold(cast), make_plan(cast, GOLD)
    shown = change_preview(ChangeRequest(old.id, gold.plan_id))

    change = change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA)

    # (36,500.00 / 365 - 24,000.00 / 365) x 100 = 3,424.66; no joining fee.
    assert (shown.days_left, shown.charge_minor) == (100, 342_466)
    assert (change.state, change.charge_minor) == (ChangeState.DONE, 342_466)
    new = next(one for one in contracts_of(old.person_id) if one.contract_id != old.id)
    assert (new.plan_name, new.starts_on, new.ends_on) == (
        "Gold",
        date(2027, 10, 23),
        date(2028, 1, 30),
    )
    assert lines_of(new.contract_id) == [
        ("Gold: difference for 100 days", 342_466, date(2027, 10, 23), date(2028, 1, 30))
    ]
    assert contract_periods() == []


def test_old_contract_remains_in_history_with_its_terms(cast, clock):
    old, gold = sold(cast), make_plan(cast, GOLD)
    change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA)

    db.session.refresh(old)
    assert (old.state, old.ends_on) == (ContractState.ENDED, date(2027, 10, 22))
    assert (old.price_minor, old.end_reason) == (2_400_000, "Goes on as Gold.")
    assert changes_of(old.id)[-1].what == "changed_plan"
    told = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert told.count("PlanChanged") == 1
    assert "ContractEnded" not in told
    rights = rights_at(old.person_id, date(2027, 10, 23)).contracts
    assert [one.plan_name for one in rights if one.covers(date(2027, 10, 23))] == ["Gold"]


def test_cheaper_plan_gives_the_difference_back_as_credit(cast, clock):
    old = sold(cast, GOLD)
    basic = make_plan(cast, replace(YEAR, name="Basic"))
    owed = account_of(old.payer_id, cast.club).owed_minor

    change = change_plan(ChangeRequest(old.id, basic.plan_id), by=SARA)

    assert change.charge_minor == -342_466
    assert account_of(old.payer_id, cast.club).owed_minor == owed - 342_466
    notes = db.session.scalars(select(Invoice.total_minor).where(Invoice.total_minor < 0)).all()
    assert notes == [-342_466]


def test_second_change_counts_from_the_full_price_again(cast, clock):
    old, gold = sold(cast), make_plan(cast, GOLD)
    first = change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA)
    clock.move_to("2027-11-02T06:00Z")
    silver = make_plan(cast, replace(YEAR, name="Silver", price_minor=3_000_000))

    shown = change_preview(ChangeRequest(first.new_contract_id, silver.plan_id))

    # A year from 23 October holds 29 February 2028, 366 days; 90 days are left.
    assert (shown.current.days, shown.new.days, shown.days_left) == (366, 366, 90)
    assert shown.charge_minor == -159_836


def test_rolling_plan_changes_with_the_next_payment_at_no_charge(cast, clock):
    old = sold(cast, MONTHLY)
    gold = make_plan(cast, MONTHLY_GOLD)
    asked = ChangeRequest(old.id, gold.plan_id, When.NEXT_PAYMENT)

    change = change_plan(asked, by=SARA)

    assert (change.state, change.effective_on) == (ChangeState.SCHEDULED, date(2027, 10, 31))
    assert change.charge_minor == 0
    assert changes_due(cast.club, date(2027, 10, 30)) == []
    assert changes_due(cast.club, date(2027, 10, 31)) == [change.id]

    clock.move_to("2027-10-30T18:05Z")
    new = perform_change(change.id, by="system")
    assert perform_change(change.id, by="system") is None
    assert (new.starts_on, new.ends_on, new.price_minor) == (date(2027, 10, 31), None, 400_000)
    assert (old.ends_on, old.state) == (date(2027, 10, 30), ContractState.ENDED)
    assert contract_periods() == []
    assert [(fee.due_on, fee.amount_minor) for fee in planned(new.id)] == [
        (date(2027, 10, 31), 400_000)
    ]
    assert all(fee.due_on <= old.ends_on for fee in planned(old.id))


def test_rolling_plan_changed_now_pays_for_the_rest_of_its_period(cast, clock):
    old = sold(cast, MONTHLY)
    gold = make_plan(cast, MONTHLY_GOLD)

    shown = change_preview(ChangeRequest(old.id, gold.plan_id))

    # The period runs from 30 September to 30 October, 31 days; 8 of them are left.
    assert (shown.current.days, shown.days_left) == (31, 8)
    assert shown.charge_minor == round(150_000 * 8 / 31)
    change = change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA)
    (fee,) = planned(change.new_contract_id)
    assert (fee.due_on, fee.amount_minor) == (date(2027, 10, 31), 400_000)


def test_noted_change_is_undone_and_leaves_no_trace_but_history(cast, clock):
    old = sold(cast, MONTHLY)
    gold = make_plan(cast, MONTHLY_GOLD)
    change = change_plan(ChangeRequest(old.id, gold.plan_id, When.NEXT_PAYMENT), by=SARA)

    undo_change(change.id, by=SARA)

    clock.move_to("2027-11-01T06:00Z")
    assert perform_change(change.id, by="system") is None
    assert [one.plan_name for one in contracts_of(old.person_id)] == ["Monthly"]
    assert refusal_of(lambda: undo_change(change.id, by=SARA)).code == "TOO_LATE"


def test_change_of_today_is_undone_on_its_own_day_only(cast, clock):
    old, gold = sold(cast), make_plan(cast, GOLD)
    owed = account_of(old.payer_id, cast.club).owed_minor
    first = change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA)

    undo_change(first.id, by=SARA)

    assert (old.state, old.ends_on, old.cut_ends_on) == (
        ContractState.SIGNED,
        date(2028, 1, 30),
        None,
    )
    assert account_of(old.payer_id, cast.club).owed_minor == owed
    assert contract_periods() == []
    second = change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA)
    clock.move_to("2027-10-23T18:00Z")
    assert refusal_of(lambda: undo_change(second.id, by=SARA)).code == "TOO_LATE"


def test_changed_contract_is_renewed_on_its_new_plan(cast, clock):
    old, gold = sold(cast), make_plan(cast, GOLD)
    change = change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA)
    clock.move_to("2028-01-10T06:00Z")

    new = renew(change.new_contract_id, by=SARA, clash_seen=False).contract

    assert (new.starts_on, new.price_minor) == (date(2028, 1, 31), 3_650_000)
    refusal = refusal_of(lambda: renew(old.id, by=SARA, clash_seen=False))
    assert refusal.extra["rule"] == "moved_on"


@pytest.mark.parametrize("rule", ["frozen", "cancelled", "renewed", "scheduled"])
def test_contract_that_waits_for_something_else_is_not_changed(cast, clock, rule):
    terms = MONTHLY if rule in {"cancelled", "scheduled"} else YEAR
    old, gold = sold(cast, terms), make_plan(cast, MONTHLY_GOLD if terms is MONTHLY else GOLD)
    if rule == "frozen":
        days = date(2027, 11, 1), date(2027, 11, 7)
        freeze_contract(FreezeRequest(old.id, *days, "Travel"), by=SARA)
    elif rule == "cancelled":
        cancel_contract(CancelRequest(old.id, CancelReason.MOVED_AWAY), by=SARA)
    elif rule == "renewed":
        clock.move_to("2028-01-10T06:00Z")
        renew(old.id, by=SARA, clash_seen=False)
    else:
        change_plan(ChangeRequest(old.id, gold.plan_id, When.NEXT_PAYMENT), by=SARA)

    refusal = refusal_of(lambda: change_plan(ChangeRequest(old.id, gold.plan_id), by=SARA))

    assert (refusal.code, refusal.extra["rule"]) == ("CHANGE_REFUSED", rule)


@pytest.mark.parametrize(
    ("terms", "rule"), [(MONTHLY, "kind"), (TEN_VISITS, "kind"), (None, "same")]
)
def test_other_kinds_and_the_same_plan_are_refused(cast, clock, terms, rule):
    old = sold(cast)
    plan_id = make_plan(cast, terms).plan_id if terms else None
    if plan_id is None:
        from_version = db.session.get_one(type(old), old.id).plan_version_id
        plan_id = next(
            one for one in range(1, 9) if (p := plan_by_id(one)) and p.version_id == from_version
        )

    refusal = refusal_of(lambda: change_preview(ChangeRequest(old.id, plan_id)))

    assert (refusal.code, refusal.extra["rule"]) == ("CHANGE_REFUSED", rule)


def test_paid_up_year_has_no_next_payment_and_a_new_one_has_not_begun(cast, clock):
    old, gold = sold(cast), make_plan(cast, GOLD)
    asked = ChangeRequest(old.id, gold.plan_id, When.NEXT_PAYMENT)
    assert refusal_of(lambda: change_preview(asked)).extra["rule"] == "paid_up"

    clock.move_to("2027-01-31T06:00Z")
    refusal = refusal_of(lambda: change_preview(ChangeRequest(old.id, gold.plan_id)))
    assert refusal.extra["rule"] == "not_begun"


def test_edit_of_every_condition_leaves_a_sold_contract_byte_for_byte(cast, clock):
    plan = make_plan(cast, GOLD)
    with time_machine.travel("2027-01-31T06:00Z", tick=False):
        contract = make_contract(cast, plan=plan, starts_on=START)

    def picture() -> bytes:
        db.session.expire_all()
        row = {c.name: getattr(contract, c.name) for c in contract.__table__.columns}
        return repr((row, terms_of(contract.plan_version_id))).encode()

    before = picture()
    everything = Conditions(1, 2, 3, 4, 5, "all", 6, 7, 8)
    edited = replace(GOLD, price_minor=1, name="Other", conditions=everything)
    edit_plan(plan.plan_id, edited, seen_version=1, by=SARA)

    assert picture() == before
    assert plan_by_id(plan.plan_id).terms.conditions == everything
