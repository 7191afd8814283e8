"""Freeze and renewal, freeze and cancellation of one contract at the same moment, many times."""

import threading
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.cancelling import CancelRequest, cancel_contract
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.freezes import FreezeRequest, freeze_contract, freeze_preview
from memberships.contracts.history import contracts_of
from memberships.contracts.invariants import contract_periods, freezes
from memberships.contracts.leaving import CancelReason
from memberships.contracts.models import Contract
from memberships.contracts.renewals import renew
from memberships.contracts.services import SignRequest, sign
from tests import long
from tests.cast import Cast, make_member
from tests.memberships.conftest import SARA, YEAR, make_plan
from tests.memberships.races import PEOPLE, all_at_once

ROUNDS = long.rounds()
MONTH = replace(YEAR, name="Four weeks", term_months=None, term_days=28)


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel("2026-06-20T06:00Z", tick=True):
        yield


def contracts_for_the_race(app: Flask, cast: Cast, count: int, **changed: object) -> list[int]:
    """So many members, each with a contract of four weeks that ends on 28 June."""
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, MONTH, **changed)
        people = [make_member(f"Member {number}", club=cast.club).id for number in range(count)]
        return [
            sign(SignRequest(one, plan.plan_id, date(2026, 6, 1)), by=SARA).id for one in people
        ]


def attempt(act, *given, **more) -> str:
    """Return what became of an act; a desk that found the store busy tries again."""
    while True:
        try:
            with unit_of_work():
                act(*given, **more)
        except DomainError as refusal:
            if refusal.code != "STORE_BUSY":
                return str(refusal.extra.get("rule", refusal.code))
        except OperationalError:
            continue
        else:
            return "DONE"


def wanted(contract_id: int) -> FreezeRequest:
    return FreezeRequest(contract_id, date(2026, 6, 21), date(2026, 6, 27), "Travel")


def faults(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return [*contract_periods(), *freezes()]


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_f09_freeze_and_renewal_together_touch_without_gap(app, cast):
    contracts = contracts_for_the_race(app, cast, ROUNDS)

    def act(number: int, person: int) -> str:
        if person % 4:
            return attempt(renew, contracts[number], by=SARA, clash_seen=False)
        return attempt(freeze_contract, wanted(contracts[number]), by=SARA)

    told = all_at_once(app, ROUNDS, act)

    assert [row[::4].count("DONE") for row in told] == [1] * ROUNDS
    assert {answer for row in told for answer in row[::4]} == {"DONE", "overlap"}
    assert {row[person] for row in told for person in range(PEOPLE) if person % 4} == {"DONE"}
    assert faults(app) == []
    with app.app_context(), unit_of_work(write=False) as session:
        for contract in session.scalars(select(Contract).where(Contract.id.in_(contracts))):
            following, first = contracts_of(contract.person_id)
            assert (first.ends_on, following.starts_on) == (date(2026, 7, 5), date(2026, 7, 6))
            assert following.ends_on == date(2026, 8, 2)


@pytest.mark.fault
def test_control_a_freeze_that_only_looked_leaves_an_overlap(app, cast):
    rounds = 5
    contracts = contracts_for_the_race(app, cast, rounds)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def act(number: int, person: int) -> str:
        with unit_of_work(write=False):
            shown = freeze_preview(wanted(contracts[number]))
        everybody_looked.wait()
        if person == 1:
            return attempt(renew, contracts[number], by=SARA, clash_seen=False)
        everybody_renewed.wait()
        if person == 2:
            with unit_of_work() as session:
                contract = session.get_one(Contract, contracts[number])
                session.add(
                    Block(
                        club_id=contract.club_id,
                        person_id=contract.person_id,
                        contract_id=contract.id,
                        owner=BlockOwner.FREEZE,
                        from_on=date(2026, 6, 21),
                        until_on=date(2026, 6, 27),
                        placed_by=SARA,
                    )
                )
                contract.ends_on = shown.new_ends_on
        return "DONE"

    everybody_renewed = threading.Barrier(PEOPLE, timeout=60)

    def act_and_wait(number: int, person: int) -> str:
        told = act(number, person)
        if person == 1:
            everybody_renewed.wait()
        return told

    all_at_once(app, rounds, act_and_wait)

    assert len(faults(app)) == rounds


@pytest.mark.slow
def test_sixteen_desks_cancel_once(app, cast):
    rounds = 40
    leaving = LeavingTerms(early=EarlyEnd.FREE, notice_days=2)
    contracts = contracts_for_the_race(app, cast, rounds, leaving=leaving)

    def act(number: int, person: int) -> str:
        if person % 4 == 0:
            return attempt(freeze_contract, wanted(contracts[number]), by=SARA)
        request = CancelRequest(contracts[number], CancelReason.TIME)
        return attempt(cancel_contract, request, by=SARA)

    told = all_at_once(app, rounds, act)

    cancelled = [[row[person] for person in range(PEOPLE) if person % 4] for row in told]
    assert [row.count("DONE") for row in cancelled] == [1] * rounds
    assert {answer for row in cancelled for answer in row} == {"DONE", "CANCELLED"}
    assert faults(app) == []
