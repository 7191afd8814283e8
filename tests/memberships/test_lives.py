"""Any life a member may lead keeps units, contract periods and freezes in order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from clubcrm.core.clock import now
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.blocks.queries import blocks_of
from memberships.contracts.cancelling import (
    CancelRequest,
    cancel_contract,
    withdraw_cancellation,
)
from memberships.contracts.catalogue import plan_by_id, plan_for
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.freezes import FreezeRequest, cancel_freeze, end_freeze, freeze_contract
from memberships.contracts.gift_tables import GiftLine
from memberships.contracts.giving import GiftOrder, give_days, take_days_back
from memberships.contracts.history import ContractRow, contracts_of, contracts_to_end, standing_on
from memberships.contracts.invariants import (
    contract_periods,
    freezes,
    unit_balances,
    unit_sources,
)
from memberships.contracts.leaving import CancelReason
from memberships.contracts.outlook import successor_of
from memberships.contracts.plans import edit_plan
from memberships.contracts.queries import rights_at
from memberships.contracts.rules import ContractState
from memberships.contracts.services import SignRequest, end_contract, sign, void_contract
from memberships.contracts.standing import Status
from memberships.packages.queries import lots_to_expire
from memberships.packages.services import expire_lot, return_visit, use_visit
from tests import long
from tests.cast import Cast, make_member
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    TRIAL,
    YEAR,
    make_plan,
)

FIRST = date(2027, 1, 31)
REFUSALS = {
    "CANCELLED",
    "CONTRACT_OVERLAPS",
    "FREEZE_REFUSED",
    "GIFT_REFUSED",
    "INVALID_INPUT",
    "NOT_CANCELLED",
    "NOT_FROZEN",
    "NOT_SIGNED",
    "RENEWED",
    "STATE",
}
KINDS = st.integers(0, 4)
AHEAD = st.integers(-10, 40)
WHICH = st.integers(0, 11)
SOON = st.integers(-1, 9)
STEPS = 30


class Life(RuleBasedStateMachine):
    """One member's life in the cast's club; the clock stands still between the steps."""

    cast: ClassVar[Cast]
    clock: ClassVar[time_machine.Traveller]
    plans: ClassVar[list[int]]

    @initialize()
    def arrive(self) -> None:
        self.life = db.session.begin_nested()
        self.person = make_member("Somebody", club=self.cast.club).id
        self.day = FIRST
        self.visits: list[str] = []
        self.lines: list[GiftLine] = []
        self.gifts = 0
        self.move(0)

    def move(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.clock.move_to(datetime(self.day.year, self.day.month, self.day.day, 6, tzinfo=UTC))

    def allow_refusal(self, refusal: DomainError) -> None:
        assert refusal.code in REFUSALS, refusal

    @rule(kind=KINDS, ahead=AHEAD)
    def buy(self, kind: int, ahead: int) -> None:
        starts_on = self.day + timedelta(days=ahead)
        try:
            sign(SignRequest(self.person, self.plans[kind], starts_on), by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    def one_of(self, which: int, *states: ContractState) -> ContractRow | None:
        rows = [row for row in contracts_of(self.person) if row.state in states]
        return rows[which % len(rows)] if rows else None

    @rule(which=WHICH)
    def renew(self, which: int) -> None:
        row = self.one_of(which, ContractState.SIGNED, ContractState.ENDED)
        if row is None or row.ends_on is None:
            return
        plan = plan_for(Scope((self.cast.club,)), row.plan_public_id)
        assert plan is not None
        try:
            next_day = row.ends_on + timedelta(days=1)
            made = sign(SignRequest(self.person, plan.plan_id, next_day), by=SARA)
            if successor_of(row.contract_id) is None:
                made.previous_id = row.contract_id
                db.session.flush()
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule(which=WHICH, ahead=SOON, days=SOON)
    def freeze(self, which: int, ahead: int, days: int) -> None:
        row = self.one_of(which, ContractState.SIGNED)
        if row is None:
            return
        from_on = max(self.day, row.starts_on) + timedelta(days=ahead)
        span = from_on, from_on + timedelta(days=days)
        try:
            freeze_contract(FreezeRequest(row.contract_id, *span, "Travel"), by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule()
    def come(self) -> None:
        end_freeze(self.person, self.day, "device:gate")
        for right in rights_at(self.person, self.day).contracts:
            if right.covers(self.day) and right.lot_id is not None:
                source = f"{self.person} {len(self.visits)}"
                if use_visit(right.lot_id, "visit", source, now(), "device:gate"):
                    self.visits.append(source)

    @rule()
    def take_the_last_visit_back(self) -> None:
        if self.visits:
            assert return_visit("visit", self.visits[-1], now(), SARA, "Wrong member")

    @rule(which=WHICH)
    def call_a_freeze_off(self, which: int) -> None:
        for block in blocks_of(self.person)[which : which + 1]:
            try:
                cancel_freeze(block, by=SARA)
            except DomainError as refusal:
                self.allow_refusal(refusal)

    @rule(which=WHICH, days=SOON)
    def give_some(self, which: int, days: int) -> None:
        row = self.one_of(which, ContractState.SIGNED, ContractState.ENDED)
        if row is None:
            return
        self.gifts += 1
        order = GiftOrder(row.contract_id, days, "Goodwill", f"{self.person}:{self.gifts}")
        try:
            self.lines.append(give_days(order, by=SARA))
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule()
    def take_the_last_gift_back(self) -> None:
        if self.lines:
            try:
                take_days_back(self.lines[-1], by=SARA)
                self.lines.pop()
            except DomainError as refusal:
                self.allow_refusal(refusal)

    @rule(which=WHICH, ahead=AHEAD)
    def leave(self, which: int, ahead: int) -> None:
        row = self.one_of(which, ContractState.SIGNED)
        # Seldom, or nobody would stay.
        if row is None or which > 2:
            return
        wish = self.day + timedelta(days=ahead) if ahead > 0 else None
        try:
            cancel_contract(CancelRequest(row.contract_id, CancelReason.TIME, "", wish), by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule(which=WHICH)
    def stay(self, which: int) -> None:
        row = self.one_of(which, ContractState.SIGNED)
        if row is None:
            return
        try:
            withdraw_cancellation(row.contract_id, by=SARA)
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule(which=WHICH)
    def void_one(self, which: int) -> None:
        row = self.one_of(which, *ContractState)
        # Seldom, or nobody would keep a contract for long.
        if row is None or which:
            return
        try:
            void_contract(row.contract_id, by=SARA, why="Mistake")
        except DomainError as refusal:
            self.allow_refusal(refusal)

    @rule(kind=KINDS)
    def change_the_price(self, kind: int) -> None:
        plan = plan_by_id(self.plans[kind])
        assert plan is not None
        terms = replace(plan.terms, price_minor=plan.terms.price_minor + 1)
        edit_plan(plan.plan_id, terms, seen_version=plan.version, by=SARA)

    @rule(days=st.integers(1, 40))
    def let_days_pass(self, days: int) -> None:
        self.move(days)
        for contract_id in contracts_to_end(self.cast.club, self.day):
            end_contract(contract_id, by="system")
        for lot_id in lots_to_expire(self.cast.club, self.day):
            expire_lot(lot_id, by="system")

    def teardown(self) -> None:
        if not hasattr(self, "person"):
            return
        try:
            checks = (unit_balances, unit_sources, contract_periods, freezes)
            assert [fault for check in checks for fault in check()] == []
            self.says_one_thing()
        finally:
            self.life.rollback()

    def says_one_thing(self) -> None:
        """The gate and the card agree on whether a contract runs today."""
        rights = rights_at(self.person, self.day)
        runs = any(one.covers(self.day) and one.units_left != 0 for one in rights.contracts)
        status = standing_on(self.person, self.day).status
        assert runs is (status in {Status.ACTIVE, Status.ACTIVE_IN_DEBT, Status.FROZEN})


@long.UNHURRIED
@pytest.mark.slow
@pytest.mark.usefixtures("unit")
def test_any_life_keeps_the_books_in_order(cast):
    with time_machine.travel(datetime(2027, 1, 31, 6, tzinfo=UTC), tick=False) as clock:
        early = LeavingTerms(notice_days=3, cooling_off_days=2, early=EarlyEnd.FREE)
        kinds = (
            replace(YEAR, leaving=early),
            replace(MONTHLY, leaving=LeavingTerms(notice_days=10)),
            replace(TEN_VISITS, leaving=early),
            TRIAL,
            DAY_PASS,
        )
        here = {
            "cast": cast,
            "clock": clock,
            "plans": [make_plan(cast, terms).plan_id for terms in kinds],
        }
        run_state_machine_as_test(
            type("LifeHere", (Life,), here),
            settings=settings(
                max_examples=long.examples(40),
                stateful_step_count=long.steps(STEPS),
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
