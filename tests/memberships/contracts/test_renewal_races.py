"""One renewal, accepted by sixteen at once from two doors, two hundred times."""

import os
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import Event
from memberships.billing.models import Invoice
from memberships.contracts.invariants import contract_periods, renewals
from memberships.contracts.models import Contract
from memberships.contracts.offers import OfferRequest, offer_renewal
from memberships.contracts.renewal_tables import OfferState, RenewalOffer
from memberships.contracts.renewals import AcceptRequest, accept_renewal, renew
from memberships.contracts.services import SignRequest, sign
from tests import long
from tests.cast import Cast, make_member
from tests.conftest import TEST_KEY
from tests.memberships.conftest import SARA, make_plan
from tests.memberships.races import PEOPLE, all_at_once

ROUNDS = long.rounds()
START = date(2027, 1, 31)
AT = "2028-01-02T06:00Z"


def offers_to_race_for(app: Flask, cast: Cast, count: int) -> list[tuple[int, int]]:
    """Return offers with their contracts, one for each of so many members."""
    with app.app_context(), unit_of_work():
        plan = make_plan(cast).plan_id
        made = []
        for number in range(count):
            person = make_member(f"Runner {number}", club=cast.club).id
            with time_machine.travel("2027-01-31T06:00Z", tick=False):
                old = sign(SignRequest(person, plan, START), by=SARA)
            made.append((offer_renewal(OfferRequest(old.id), by=SARA).id, old.id))
        return made


def faults(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return [*contract_periods(), *renewals()]


def told(app: Flask) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        kinds = select(func.count()).select_from(Event).where(Event.kind == "ContractRenewed")
        return session.scalar(kinds) or 0


def invoiced(app: Flask, contracts: list[int]) -> int:
    """Return how many invoices were issued for these contracts."""
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.scalars(
            select(Invoice.source_id).where(
                Invoice.source_kind == "contract",
                Invoice.source_id.in_([str(one) for one in contracts]),
            )
        ).all()
    return len(rows)


@pytest.mark.fault
@pytest.mark.slow
@time_machine.travel(AT, tick=False)
def test_f05_renewal_accepted_by_link_and_desk_at_once_is_one_contract(app, cast):
    offers = offers_to_race_for(app, cast, ROUNDS)

    def accept(number: int, person: int) -> tuple[int, bool]:
        offer_id, contract_id = offers[number]
        with unit_of_work():
            if person % 2:
                done = renew(contract_id, by=SARA, clash_seen=False)
            else:
                done = accept_renewal(AcceptRequest(offer_id), by=f"member:{person}")
            return done.contract.id, done.is_new

    given = all_at_once(app, ROUNDS, accept)

    assert [len({contract for contract, _new in row}) for row in given] == [1] * ROUNDS
    assert [sum(is_new for _contract, is_new in row) for row in given] == [1] * ROUNDS
    assert told(app) == ROUNDS
    assert invoiced(app, [row[0][0] for row in given]) == ROUNDS
    assert faults(app) == []


@time_machine.travel(AT, tick=False)
def test_control_without_the_guard_many_terms_are_signed(app, cast):
    rounds = 3
    offers = offers_to_race_for(app, cast, rounds)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def accept_after_a_look(number: int, person: int) -> bool:
        offer_id, contract_id = offers[number]
        with unit_of_work(write=False) as session:
            state = session.scalar(select(RenewalOffer.state).where(RenewalOffer.id == offer_id))
        everybody_looked.wait()
        if state is not OfferState.OPEN:
            return False
        with unit_of_work() as session:
            old = session.get_one(Contract, contract_id)
            starts_on = (old.ends_on or START) + timedelta(days=1)
            session.add(
                Contract(
                    number=f"race-{number}-{person}",
                    club_id=old.club_id,
                    person_id=old.person_id,
                    payer_id=old.payer_id,
                    plan_version_id=old.plan_version_id,
                    state=old.state,
                    starts_on=starts_on,
                    ends_on=date(2029, 1, 30),
                    term_ends_on=date(2029, 1, 30),
                    price_minor=old.price_minor,
                    currency=old.currency,
                )
            )
        return True

    won = all_at_once(app, rounds, accept_after_a_look)

    assert [sum(row) for row in won] == [PEOPLE] * rounds
    assert len(faults(app)) == rounds * PEOPLE * (PEOPLE - 1) // 2


CRASH = """
import time_machine
from clubcrm.app import create_app
from clubcrm.core.db import unit_of_work
from memberships.contracts.renewals import AcceptRequest, accept_renewal

with time_machine.travel("{at}", tick=False), create_app().app_context(), unit_of_work():
    accept_renewal(AcceptRequest({offer}), by="member")
"""


@pytest.mark.fault
@pytest.mark.slow
def test_f24_killed_while_renewing_leaves_nothing_partial(app, cast, database_url, tmp_path):
    with time_machine.travel(AT, tick=False):
        ((offer, _contract),) = offers_to_race_for(app, cast, 1)
    surroundings = {
        **os.environ,
        "CLUBCRM_ENV": "test",
        "CLUBCRM_DATABASE_URL": database_url,
        "CLUBCRM_DATA_DIR": str(tmp_path / "var"),
        "CLUBCRM_SECRET_KEY": TEST_KEY,
    }
    command = [sys.executable, "-c", CRASH.format(offer=offer, at=AT)]

    killed = subprocess.run(
        command,
        env={**surroundings, "CLUBCRM_FAILPOINT": "renewal.after_check:crash"},
        capture_output=True,
        check=False,
    )

    assert killed.returncode == 70, killed.stderr
    assert (told(app), faults(app)) == (0, [])
    subprocess.run(command, env=surroundings, capture_output=True, check=True)
    assert (told(app), faults(app)) == (1, [])
    with app.app_context(), unit_of_work(write=False):
        assert db.session.scalar(select(func.count()).select_from(Contract)) == 2
