"""Any life of renewals, changes, transfers and families keeps every contract and cent in order."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from clubcrm.core.errors import DomainError
from memberships.billing.invariants import invoices_add_up, money_is_given_back_once
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.billing.queries import account_of
from memberships.contracts.changes import ChangeRequest, change_plan, perform_change, undo_change
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.families import (
    JoinRequest,
    end_with_holder,
    hand_on,
    join_family,
    leave_family,
)
from memberships.contracts.history import contracts_of, contracts_to_end
from memberships.contracts.invariants import (
    contract_periods,
    freezes,
    renewals,
    unit_balances,
    unit_sources,
)
from memberships.contracts.kin import family_held_by, seats_of_holder
from memberships.contracts.outlook import changes_due, plan_changes_of
from memberships.contracts.proration import When
from memberships.contracts.renewal_terms import Carry, Conditions
from memberships.contracts.renewals import carry_over
from memberships.contracts.renewals import renew as renew_contract
from memberships.contracts.rules import ContractState
from memberships.contracts.services import end_contract
from memberships.contracts.transfers import TransferRequest, hand_units_over, transfer_contract
from memberships.packages.queries import lots_to_expire
from memberships.packages.services import expire_lot
from tests import long
from tests.cast import make_member
from tests.memberships import test_lives
from tests.memberships.conftest import DAY_PASS, MONTHLY, SARA, TEN_VISITS, YEAR, make_plan

FAMILY = Conditions(extra_member_minor=700_001, transfer_minor=99, days_before=366, days_after=60)
test_lives.REFUSALS |= {
    "CHANGE_REFUSED",
    "FAMILY",
    "NOT_ON_SALE",
    "NO_FAMILY_PLAN",
    "RENEWAL_REFUSED",
    "TOO_LATE",
    "TRANSFERRED",
}
WHICH = st.integers(0, 11)
CHECKS = (
    unit_balances,
    unit_sources,
    contract_periods,
    freezes,
    renewals,
    invoices_add_up,
    money_is_given_back_once,
)


class LongLife(test_lives.Life):
    """The same life with everything that becomes of a contract, checked after each step."""

    @initialize()
    def arrive(self) -> None:
        super().arrive()
        self.other = make_member("Other", club=self.cast.club).id
        self.child = make_member("Child", club=self.cast.club).id
        self.paid = 0

    @rule(which=WHICH, kind=st.integers(0, 4), seen=st.booleans())
    def renew(self, which: int, kind: int, seen: bool) -> None:
        row = self.one_of(which, ContractState.SIGNED, ContractState.ENDED)
        if row is None:
            return
        plan_id = self.plans[kind] if kind else None
        try:
            first = renew_contract(row.contract_id, by=SARA, plan_id=plan_id, clash_seen=seen)
            again = renew_contract(row.contract_id, by=SARA, clash_seen=seen)
            assert (again.contract.id, again.is_new) == (first.contract.id, False)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule(which=WHICH, kind=st.integers(0, 4), later=st.booleans())
    def change(self, which: int, kind: int, later: bool) -> None:
        row = self.one_of(which, ContractState.SIGNED)
        if row is None:
            return
        when = When.NEXT_PAYMENT if later else When.NOW
        try:
            change_plan(ChangeRequest(row.contract_id, self.plans[kind], when), by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule()
    def undo_the_last_change(self) -> None:
        for change in plan_changes_of(self.person)[:1]:
            try:
                undo_change(change.id, by=SARA)
            except DomainError as refusal:
                self.allow_refusal(refusal)

    @rule(which=WHICH)
    def hand_a_contract_on(self, which: int) -> None:
        row = self.one_of(which, ContractState.SIGNED)
        if row is None or which > 4:
            return
        try:
            transfer_contract(TransferRequest(row.contract_id, self.other, "Moves"), by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule()
    def take_the_child_in(self) -> None:
        try:
            join_family(JoinRequest(self.person, self.child), by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule(which=WHICH)
    def let_the_child_go(self, which: int) -> None:
        for seat in seats_of_holder(self.person) if which < 3 else []:
            if seat.contract.state is ContractState.SIGNED:
                leave_family(seat.contract.id, by=SARA)

    @rule()
    def hand_the_family_on(self) -> None:
        family = family_held_by(self.person)
        if family is None:
            return
        try:
            hand_on(family.id, holder_id=self.child, payer_id=self.other, by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule()
    def pay_what_is_open(self) -> None:
        for payer in (self.person, self.other):
            owed = account_of(payer, self.cast.club).owed_minor
            if owed:
                self.paid += 1
                order = PaymentOrder(
                    self.cast.club, payer, owed, Tender.CASH, "life", f"{payer}:{self.paid}"
                )
                take_payment(order, by=SARA)

    @rule(days=st.integers(1, 40))
    def let_days_pass(self, days: int) -> None:
        self.move(days)
        for change_id in changes_due(self.cast.club, self.day):
            perform_change(change_id, by="system")
        for contract_id in contracts_to_end(self.cast.club, self.day):
            end_contract(contract_id, by="system")
            carry_over(contract_id, by="system")
            hand_units_over(contract_id, by="system")
            end_with_holder(contract_id, by="system")
        for lot_id in lots_to_expire(self.cast.club, self.day):
            expire_lot(lot_id, by="system")

    @invariant()
    def books_are_in_order(self) -> None:
        if hasattr(self, "person"):
            assert [fault for check in CHECKS for fault in check()] == []
            assert all(row.units_left is None or row.units_left >= 0 for row in self.rows())

    def rows(self) -> list[object]:
        return [row for one in (self.person, self.other, self.child) for row in contracts_of(one)]

    def teardown(self) -> None:
        if hasattr(self, "person"):
            self.life.rollback()


@long.UNHURRIED
@pytest.mark.slow
@pytest.mark.usefixtures("unit")
def test_any_long_life_keeps_contracts_units_and_money_in_order(cast):
    with time_machine.travel(datetime(2027, 1, 31, 6, tzinfo=UTC), tick=False) as clock:
        early = LeavingTerms(notice_days=3, cooling_off_days=2, early=EarlyEnd.FREE)
        carries = Conditions(carry=Carry.UP_TO, carry_units=2, days_before=366)
        kinds = (
            replace(YEAR, leaving=early, conditions=FAMILY),
            replace(MONTHLY, conditions=FAMILY),
            replace(TEN_VISITS, leaving=early, conditions=carries),
            replace(YEAR, name="Gold", price_minor=3_650_007, conditions=FAMILY),
            replace(MONTHLY, name="Monthly gold", price_minor=399_999, conditions=FAMILY),
            DAY_PASS,
        )
        here = {
            "cast": cast,
            "clock": clock,
            "plans": [make_plan(cast, terms).plan_id for terms in kinds],
        }
        run_state_machine_as_test(
            type("LongLifeHere", (LongLife,), here),
            settings=settings(
                max_examples=long.examples(25),
                stateful_step_count=long.steps(test_lives.STEPS),
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
