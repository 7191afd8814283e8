"""Sixteen at once invoice the same fees, and sixteen at once charge the same fee."""

from datetime import date

import pytest
from sqlalchemy import func, select

from clubcrm.core import audit
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.billing.models import Invoice
from memberships.dunning.charging import try_charge
from memberships.dunning.invoicing import invoice_charges
from memberships.dunning.models import RecurringCharge
from tests.memberships.dunning.life import BY, FEE, charges, keep_card, night, on, plan
from tests.memberships.gateways.money import paid_sums
from tests.memberships.races import PEOPLE, all_at_once

DUE = date(2027, 2, 28)
ROUNDS = 20


def test_a_period_is_invoiced_once_whoever_comes_first(shop, cast):
    with on(date(2027, 2, 1)), shop.app_context(), unit_of_work():
        contracts = [plan(cast) for _number in range(ROUNDS)]
    with shop.app_context(), unit_of_work(write=False):
        ids = dict(
            db.session.execute(select(RecurringCharge.contract_id, RecurringCharge.id)).all()
        )

    def invoice(number: int, _person: int) -> int:
        with unit_of_work():
            return invoice_charges([ids[contracts[number]]], DUE, by=BY)

    with on(DUE):
        made = all_at_once(shop, ROUNDS, invoice)

    assert [sum(row) for row in made] == [1] * ROUNDS
    with shop.app_context(), unit_of_work(write=False):
        assert db.session.scalar(select(func.count()).select_from(Invoice)) == ROUNDS
        assert db.session.scalar(select(func.max(Invoice.sequence))) == ROUNDS
        assert list(audit.verify()) == []


@pytest.mark.slow
def test_a_fee_is_charged_once_however_many_press_the_button(shop, cast, stripe_fake):
    with on(date(2027, 2, 1)), shop.app_context(), unit_of_work():
        plan(cast)
        keep_card(cast)
    stripe_fake.decline = "insufficient_funds"
    night(shop, cast, DUE)
    stripe_fake.decline = None
    with shop.app_context(), unit_of_work(write=False):
        charge_id = db.session.scalars(
            select(RecurringCharge.id).order_by(RecurringCharge.id).limit(1)
        ).one()

    def press(_number: int, _person: int) -> str:
        try:
            return try_charge(charge_id, DUE, by=BY).value
        except DomainError as refusal:
            return refusal.code

    with on(DUE, 12):
        (told,) = all_at_once(shop, 1, press)

    assert set(told) <= {"paid", "STATE", "asking"}
    assert len(told) == PEOPLE
    assert stripe_fake.taken == [("pi_1", FEE)]
    assert paid_sums(shop) == [FEE]
    assert charges(shop)[0] == (DUE, "paid")
