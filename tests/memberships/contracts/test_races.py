"""One plan, one member, one freeze, and sixteen people who act on it at the same moment."""

import threading
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from flask import Flask

from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from memberships.contracts.catalogue import PlanOnSale, plan_by_id
from memberships.contracts.freezes import FreezeRequest, end_freeze, freeze_contract
from memberships.contracts.history import contracts_of
from memberships.contracts.invariants import contract_periods, freezes
from memberships.contracts.models import Contract
from memberships.contracts.plans import edit_plan
from memberships.contracts.rules import ContractState
from memberships.contracts.services import SignRequest, preview, sign
from tests.cast import Cast
from tests.memberships.conftest import SARA, YEAR, make_contract, make_plan
from tests.memberships.races import PEOPLE, all_at_once

ROUNDS = 20


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel("2026-06-01T06:00Z", tick=True):
        yield


def plans_for_the_race(app: Flask, cast: Cast, count: int) -> list[PlanOnSale]:
    with app.app_context(), unit_of_work():
        return [make_plan(cast, YEAR, name=f"Year {number}") for number in range(count)]


def test_one_contract_when_sixteen_sign_at_once(app, cast):
    plans = plans_for_the_race(app, cast, ROUNDS)

    def buy(number: int, _person: int) -> str:
        request = SignRequest(cast.members["Mia"], plans[number].plan_id, date(2026, 6, 1))
        try:
            with unit_of_work():
                sign(request, by=SARA)
        except DomainError as refusal:
            return refusal.code
        return "SIGNED"

    bought = all_at_once(app, ROUNDS, buy)

    one_winner = ["CONTRACT_OVERLAPS"] * (PEOPLE - 1) + ["SIGNED"]
    assert [sorted(row) for row in bought] == [one_winner] * ROUNDS
    with app.app_context(), unit_of_work(write=False):
        assert len(contracts_of(cast.members["Mia"])) == ROUNDS
        assert contract_periods() == []


def test_control_a_look_before_signing_is_not_enough(app, cast):
    (plan,) = plans_for_the_race(app, cast, 1)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def buy_after_a_look(_number: int, person: int) -> bool:
        with unit_of_work(write=False):
            offer = preview(cast.members["Mia"], plan.plan_id, date(2026, 6, 1))
        everybody_looked.wait()
        if offer.overlaps:
            return False
        with unit_of_work() as session:
            session.add(
                Contract(
                    number=f"race {person}",
                    club_id=cast.club,
                    person_id=cast.members["Mia"],
                    payer_id=cast.members["Mia"],
                    plan_version_id=plan.version_id,
                    state=ContractState.SIGNED,
                    starts_on=offer.starts_on,
                    ends_on=offer.ends_on,
                    term_ends_on=offer.ends_on,
                    price_minor=0,
                    currency="BDT",
                )
            )
        return True

    bought = all_at_once(app, 1, buy_after_a_look)

    assert bought == [[True] * PEOPLE]
    with app.app_context(), unit_of_work(write=False):
        assert len(contract_periods()) == PEOPLE * (PEOPLE - 1) // 2


def test_one_editor_of_sixteen_makes_the_next_version(app, cast):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast)

    def edit(number: int, person: int) -> str:
        terms = replace(YEAR, price_minor=1000 * number + person)
        try:
            with unit_of_work():
                edit_plan(plan.plan_id, terms, seen_version=number + 1, by=SARA)
        except DomainError as refusal:
            return refusal.code
        return "EDITED"

    edited = all_at_once(app, ROUNDS, edit)

    assert [row.count("EDITED") for row in edited] == [1] * ROUNDS
    with app.app_context(), unit_of_work(write=False):
        assert plan_by_id(plan.plan_id).version == ROUNDS + 1


def test_a_return_told_by_sixteen_gates_counts_once(app, cast):
    with app.app_context(), unit_of_work():
        contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
        freeze_contract(
            FreezeRequest(contract.id, date(2026, 6, 1), date(2026, 6, 14), "Travel"), by=SARA
        )

    def come_back(_number: int, person: int) -> int:
        with unit_of_work():
            return end_freeze(cast.members["Mia"], date(2026, 6, 5), f"device:{person}")

    returned = all_at_once(app, 1, come_back)

    assert sum(returned[0]) == 10
    with app.app_context(), unit_of_work(write=False):
        (row,) = contracts_of(cast.members["Mia"])
        assert row.ends_on == date(2027, 1, 4)
        assert [*contract_periods(), *freezes()] == []
