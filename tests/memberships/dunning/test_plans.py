"""Contracts write their fees down: planned, moved by frozen days, stopped by an end, and anew."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from memberships.blocks.models import Block
from memberships.contracts.cancelling import CancelRequest, cancel_preview
from memberships.contracts.ends import move_end, set_end
from memberships.contracts.freezes import FreezeRequest, cancel_freeze, freeze_contract
from memberships.contracts.leaving import CancelReason
from memberships.contracts.models import Contract
from memberships.dunning.models import ChargeSchedule, RecurringCharge
from memberships.dunning.services import change_charges, move_charges, stop_charges
from tests.memberships.conftest import MONTHLY, YEAR, make_contract
from tests.memberships.dunning.life import BY, charges, night, nights, on, plan

JANUARY = date(2027, 1, 31)


@pytest.fixture
def contract_id(shop, cast):
    with on(date(2027, 2, 1)), shop.app_context(), unit_of_work():
        return plan(cast, JANUARY)


@pytest.mark.fault
def test_f36_a_contract_of_31_january_is_due_on_the_last_days_of_short_months(
    shop, cast, contract_id
):
    nights(shop, cast, date(2027, 2, 27), date(2027, 3, 1))
    night(shop, cast, date(2027, 3, 31))
    night(shop, cast, date(2027, 4, 30))

    assert [day for day, _state in charges(shop)] == [
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
        date(2027, 5, 31),
    ]


def test_a_missed_night_is_caught_up_and_each_period_has_one_invoice(shop, cast, contract_id):
    for _again in range(2):
        night(shop, cast, date(2027, 4, 30))
        night(shop, cast, date(2027, 5, 1))

    states = charges(shop)
    assert [state for _day, state in states] == ["due", "due", "due", "planned"]


def test_frozen_days_put_the_next_fee_off_and_bring_it_back(shop, cast, contract_id):
    with shop.app_context(), unit_of_work():
        move_charges(contract_id, 10, by=BY)
    moved = charges(shop)
    with shop.app_context(), unit_of_work():
        move_charges(contract_id, -10, by=BY)

    assert moved == [(date(2027, 3, 10), "planned")]
    assert charges(shop) == [(date(2027, 2, 28), "planned")]


def test_a_contract_that_ends_is_charged_for_no_period_after_it(shop, cast, contract_id):
    with shop.app_context(), unit_of_work():
        stop_charges(contract_id, date(2027, 2, 27), by=BY)
    stopped = charges(shop)
    with shop.app_context(), unit_of_work():
        stop_charges(contract_id, None, by=BY)

    assert stopped == [(date(2027, 2, 28), "stopped")]
    assert charges(shop) == [(date(2027, 2, 28), "planned")]


def test_a_period_that_has_begun_before_the_end_is_charged(shop, cast, contract_id):
    with shop.app_context(), unit_of_work():
        stop_charges(contract_id, date(2027, 3, 15), by=BY)

    nights(shop, cast, date(2027, 2, 28), date(2027, 3, 1))

    assert charges(shop) == [(date(2027, 2, 28), "due")]


def test_a_new_price_holds_for_periods_not_invoiced_yet(shop, cast, contract_id):
    night(shop, cast, date(2027, 2, 28))
    with shop.app_context(), unit_of_work():
        change_charges(contract_id, amount_minor=5_900, text="Monthly plus", by=BY)

    with shop.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(RecurringCharge).order_by(RecurringCharge.period))
        assert [(one.amount_minor, one.text) for one in rows] == [
            (4_900, "Monthly"),
            (5_900, "Monthly plus"),
        ]


def test_signing_a_rolling_contract_plans_its_second_period(unit, cast):
    contract = make_contract(cast, MONTHLY, starts_on=date(2026, 11, 30))

    charge = db.session.scalars(select(RecurringCharge)).one()

    assert (charge.contract_id, charge.period) == (contract.id, 2)
    assert (charge.due_on, charge.amount_minor) == (date(2026, 12, 30), 250_000)
    assert (charge.covers_from, charge.covers_until) == (date(2026, 12, 30), date(2027, 1, 29))


def test_a_term_is_paid_at_once_and_plans_nothing(unit, cast):
    make_contract(cast, YEAR, starts_on=date(2026, 11, 30))

    assert db.session.scalars(select(ChargeSchedule)).all() == []


def test_the_last_day_of_a_contract_stops_its_fees_and_given_days_move_them(unit, cast):
    contract: Contract = make_contract(cast, MONTHLY, starts_on=date(2026, 11, 30))
    move_end(contract, 5, by=BY)
    moved = db.session.scalars(select(RecurringCharge.due_on)).one()

    set_end(contract, date(2026, 12, 20), by=BY)

    charge = db.session.scalars(select(RecurringCharge)).one()
    assert moved == date(2026, 12, 30) + timedelta(days=5)
    assert charge.state.value == "stopped"


def test_a_freeze_planned_ahead_moves_only_the_fees_that_come_after_it_has_begun(shop, cast):
    with on(date(2027, 2, 2)), shop.app_context(), unit_of_work():
        contract_id = plan(cast, date(2027, 2, 1))
        trip = FreezeRequest(contract_id, date(2027, 3, 10), date(2027, 3, 23), "Travel")
        block_id = freeze_contract(trip, by=BY).id
    assert charges(shop) == [(date(2027, 3, 1), "planned")]

    night(shop, cast, date(2027, 3, 1))
    night(shop, cast, date(2027, 4, 1))
    with shop.app_context(), unit_of_work(write=False) as session:
        first = session.scalars(select(RecurringCharge).order_by(RecurringCharge.period)).first()
        paid_for = (first.covers_from, first.covers_until)
    waits = charges(shop)
    with on(date(2027, 3, 20)), shop.app_context(), unit_of_work() as session:
        cancel_freeze(session.get_one(Block, block_id), by=BY)

    # Frozen days of a paid period are made up behind it, so it pays for its own 31 days.
    assert paid_for == (date(2027, 3, 1), date(2027, 3, 31))
    assert waits == [(date(2027, 3, 1), "due"), (date(2027, 4, 15), "planned")]
    assert charges(shop) == [(date(2027, 3, 1), "due"), (date(2027, 4, 11), "planned")]


def test_a_freeze_planned_ahead_that_is_called_off_moves_nothing(shop, cast):
    with on(date(2027, 2, 2)), shop.app_context(), unit_of_work():
        contract_id = plan(cast, date(2027, 2, 1))
        trip = FreezeRequest(contract_id, date(2027, 3, 1), date(2027, 3, 14), "Travel")
        block = freeze_contract(trip, by=BY)
        asked = db.session.scalars(select(RecurringCharge.due_on)).one()
        cancel_freeze(block, by=BY)

    assert asked == date(2027, 3, 15)
    assert charges(shop) == [(date(2027, 3, 1), "planned")]


def test_who_leaves_before_a_planned_freeze_ends_with_an_unmoved_period(shop, cast):
    with on(date(2027, 2, 2)), shop.app_context(), unit_of_work():
        contract_id = plan(cast, date(2027, 2, 1))
        trip = FreezeRequest(contract_id, date(2027, 6, 10), date(2027, 6, 23), "Travel")
        freeze_contract(trip, by=BY)

        soon = cancel_preview(CancelRequest(contract_id, CancelReason.MOVED_AWAY))
        late = cancel_preview(
            CancelRequest(contract_id, CancelReason.MOVED_AWAY, wished_on=date(2027, 7, 5))
        )

    assert soon.leaving.last_day == date(2027, 2, 28)
    assert late.leaving.last_day == date(2027, 7, 14)
