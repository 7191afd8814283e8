"""One paper, signed by sixteen taps at once: one signature, one contract, one invoice."""

import threading
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.billing.models import Invoice
from memberships.contracts.models import Contract
from memberships.contracts.papers import paper_of, sign_paper
from memberships.contracts.rules import ContractState
from memberships.contracts.services import SignRequest, sign
from memberships.documents.models import KeptDocument, Signature
from memberships.documents.services import Signer
from memberships.waivers.models import Waiver
from memberships.waivers.services import sign_waiver, waiver_reading
from tests import long
from tests.cast import Cast, make_member
from tests.memberships.conftest import SARA, make_plan
from tests.memberships.races import PEOPLE, all_at_once

pytestmark = pytest.mark.fault
ROUNDS, WAIVERS = long.rounds(), 40
SIGNER = Signer("Mia Rahman")
ONE_WINNER = ["DONE"] + ["SIGNED"] * (PEOPLE - 1)


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel("2026-06-01T06:00Z", tick=True):
        yield


def papers(app: Flask, cast: Cast, count: int) -> list[tuple[int, str]]:
    """Return contracts that wait for a signature, each with the fingerprint of its words."""
    with app.app_context(), unit_of_work():
        plan = make_plan(cast).plan_id
        found = []
        for number in range(count):
            person = make_member(f"Signer {number}", club=cast.club).id
            request = SignRequest(person, plan, date(2026, 6, 1), is_complete=False)
            contract = sign(request, by=SARA)
            found.append((contract.id, paper_of(contract, "en").reading.sha256))
        return found


def rows(app: Flask, *tables: type) -> list[int]:
    with app.app_context(), unit_of_work(write=False) as session:
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


def test_sixteen_taps_are_one_signature_and_one_invoice(app: Flask, cast: Cast) -> None:
    waiting = papers(app, cast, ROUNDS)

    def tap(number: int, _person: int) -> str:
        contract_id, seen = waiting[number]
        try:
            with unit_of_work() as session:
                contract = session.get_one(Contract, contract_id)
                sign_paper(contract, ("en", seen), SIGNER, by=SARA)
        except DomainError as refusal:
            return refusal.code
        return "DONE"

    given = all_at_once(app, ROUNDS, tap)

    assert [sorted(row) for row in given] == [ONE_WINNER] * ROUNDS
    assert rows(app, KeptDocument, Signature, Invoice) == [ROUNDS] * 3
    with app.app_context(), unit_of_work(write=False):
        states = db.session.scalars(select(Contract.state).distinct()).all()
    assert states == [ContractState.SIGNED]


def test_a_waiver_is_signed_once_by_one_link_however_often_it_is_tapped(
    app: Flask, cast: Cast
) -> None:
    with app.app_context(), unit_of_work():
        people = [make_member(f"Guest {number}", club=cast.club).id for number in range(WAIVERS)]
        seen = [waiver_reading(person, "en").sha256 for person in people]

    def tap(number: int, _person: int) -> str:
        try:
            with unit_of_work():
                sign_waiver(people[number], ("en", seen[number]), SIGNER, by="member", once=True)
        except DomainError as refusal:
            return refusal.code
        return "DONE"

    given = all_at_once(app, WAIVERS, tap)

    assert [sorted(row) for row in given] == [ONE_WINNER] * WAIVERS
    assert rows(app, Waiver, Signature) == [WAIVERS] * 2


def test_control_who_only_looks_before_signing_signs_many_times(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        mia = cast.members["Mia"]
        seen = waiver_reading(mia, "en").sha256
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def tap(_number: int, _person: int) -> int:
        with unit_of_work(write=False) as session:
            held = session.scalar(select(func.count()).select_from(Waiver)) or 0
        everybody_looked.wait()
        if not held:
            with unit_of_work():
                sign_waiver(mia, ("en", seen), SIGNER, by="member")
        return held

    looked = all_at_once(app, 1, tap)

    assert looked == [[0] * PEOPLE]
    assert rows(app, Waiver) == [PEOPLE]
