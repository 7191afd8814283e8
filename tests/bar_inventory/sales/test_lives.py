"""Random days at the till: whatever is done in whatever order, money, goods and shifts agree."""

from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bar_inventory.sales.returning import ReturnOrder, take_back
from bar_inventory.sales.selling import TenderOrder
from bar_inventory.stock.models import StockLevel
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.billing.orders import Tender
from memberships.counter.drawer import close_shift, put_cash
from memberships.tills.models import Purpose
from memberships.tills.queries import moved_in, open_shifts
from memberships.tills.rules import Counted, expected_by_tender
from memberships.tills.services import CashMove, look, open_shift
from memberships.tills.settings import set_account_limit
from tests import long
from tests.bar_inventory.counter import BORIS, MAX, deliver
from tests.bar_inventory.sales.conftest import Counter, faults

LIVES, STEPS = long.examples(3), long.steps(12)
PRICES = {"water": 3_000, "shake": 25_000}
# What the till says no to; everything else is a fault.
REFUSALS = {"OUT_OF_STOCK", "NO_SHIFT", "CREDIT_LIMIT", "RETURNED", "SHIFT_CLOSED", "SHIFT_OPEN"}


class Day(RuleBasedStateMachine):
    """One bar with its till; the model keeps what the drawer should hold."""

    sold = Bundle("sold")
    counter: Counter

    def __init__(self) -> None:
        super().__init__()
        self.drawer = 100_000
        self.is_open = True
        self.numbers = count(1)
        self.point = db.session.begin_nested()

    def tried(self, act):
        """Return what the act gave, None when the till said no."""
        try:
            with db.session.begin_nested():
                return act()
        except DomainError as error:
            if error.code not in REFUSALS | {"INVALID_INPUT"}:
                raise
            return None

    @rule(target=sold, name=st.sampled_from(sorted(PRICES)), many=st.integers(1, 4))
    def sell_for_cash(self, name: str, many: int):
        price = PRICES[name] * many
        sale = self.tried(lambda: self.counter.sell(self.counter.line(name, many), cash=price))
        if sale is not None:
            self.drawer += price
        return None if sale is None else (sale.id, price, True)

    @rule(target=sold, many=st.integers(1, 2))
    def put_on_the_account(self, many: int):
        price = PRICES["shake"] * many
        tenders = (TenderOrder(Tender.ACCOUNT, price),)
        line = self.counter.line("shake", many)
        sale = self.tried(lambda: self.counter.sell(line, tenders=tenders, person=self.counter.mia))
        return None if sale is None else (sale.id, price, False)

    @rule(one=consumes(sold), is_void=st.booleans())
    def take_it_back(self, one, is_void: bool) -> None:
        if one is None:
            return
        sale_id, price, in_cash = one
        order = ReturnOrder(sale_id, "Wrong", str(next(self.numbers)), is_void=is_void)
        made = self.tried(lambda: take_back(order, by=MAX))
        if made is not None and in_cash:
            self.drawer -= price

    @rule(units=st.integers(100, 900))
    def milk_comes(self, units: int) -> None:
        deliver(
            self.counter.bar, self.counter.bar.milk, units, units * 9,
            source=f"life-{next(self.numbers)}",
        )  # fmt: skip

    @precondition(lambda self: self.is_open)
    @rule(amount=st.integers(-20_000, 20_000).filter(bool))
    def cash_moves(self, amount: int) -> None:
        move = CashMove(self.shift, amount, Purpose.OTHER, "Change")
        if self.tried(lambda: put_cash(move, by=BORIS)) is not None:
            self.drawer += amount

    @precondition(lambda self: self.is_open)
    @rule()
    def somebody_looks(self) -> None:
        look(self.shift, by=MAX)

    @precondition(lambda self: self.is_open)
    @rule(off=st.integers(-500, 500))
    def count_and_close(self, off: int) -> None:
        counted = max(0, self.drawer + off)
        report = self.tried(lambda: close_shift(self.shift, Counted(cash_minor=counted), by=BORIS))
        assert report is not None
        self.is_open, self.drawer = False, counted

    @precondition(lambda self: not self.is_open)
    @rule()
    def open_again(self) -> None:
        open_shift(self.counter.shift.till_id, self.drawer, by=BORIS)
        self.is_open = True

    @property
    def shift(self) -> int:
        return open_shifts(self.counter.bar.club)[0].id

    @invariant()
    def all_books_agree(self) -> None:
        assert faults() == []
        if self.is_open:
            assert expected_by_tender(moved_in(self.shift)).get("cash", 0) == self.drawer
        milk = select(StockLevel.units).where(StockLevel.product_id == self.counter.bar.milk)
        assert min(db.session.scalars(milk)) >= 0

    def teardown(self) -> None:
        self.point.rollback()


@long.UNHURRIED
@pytest.mark.slow
def test_random_days_at_the_till_agree_to_the_gram_and_the_coin(till: Counter):
    set_account_limit(till.mia, till.bar.club, 100_000, by=MAX)
    Day.counter = till
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
