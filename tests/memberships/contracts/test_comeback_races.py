"""A lapsed member comes back: sixteen doors at once make one offer, and one contract of it.

`CLUBCRM_RACES=200` makes the rounds of a long night; the suite plays three.
"""

import threading
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.core.db import unit_of_work
from memberships.billing.models import Invoice
from memberships.contracts.invariants import contract_periods, renewals
from memberships.contracts.models import Contract
from memberships.contracts.renewal_tables import OfferState, RenewalOffer
from memberships.contracts.renewals import AcceptRequest, accept_renewal
from memberships.contracts.services import SignRequest, end_contract, sign
from memberships.contracts.touch_offers import offer_for, offer_of_touch
from tests.cast import Cast, make_member
from tests.memberships.conftest import SARA, make_plan
from tests.memberships.races import LONG, PEOPLE, ROUNDS, all_at_once

CONTROL_ROUNDS = 3
START = date(2027, 1, 31)
AT = "2028-04-29T06:00Z"
TOUCH = "J14c"
pytestmark = [pytest.mark.fault, LONG]


def lapsed(app: Flask, cast: Cast, many: int) -> list[tuple[int, int]]:
    """Return members whose year is long over, each with that contract."""
    made = []
    with app.app_context(), unit_of_work():
        plan = make_plan(cast).plan_id
        for number in range(many):
            person = make_member(f"Runner {number}", club=cast.club).id
            with time_machine.travel("2027-01-31T06:00Z", tick=False):
                old = sign(SignRequest(person, plan, START), by=SARA)
            end_contract(old.id, by="jobs")
            made.append((person, old.id))
    return made


def offers(app: Flask, *where: object) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        chosen = select(func.count()).select_from(RenewalOffer).where(*where)  # type: ignore[arg-type]
        return session.scalar(chosen) or 0


@time_machine.travel(AT, tick=False)
def test_f05_a_comeback_is_offered_once_by_the_night_and_the_letter(app, cast):
    members = lapsed(app, cast, ROUNDS)

    def offer(number: int, person: int) -> int:
        member, contract = members[number]
        with unit_of_work():
            if person % 2:
                return offer_of_touch(contract, TOUCH, by=SARA).id
            made = offer_for(member, TOUCH, by="jobs")
            assert made is not None
            return made.id

    given = all_at_once(app, ROUNDS, offer)

    assert [len(set(row)) for row in given] == [1] * ROUNDS
    assert offers(app) == ROUNDS


@time_machine.travel(AT, tick=False)
def test_f05_a_comeback_accepted_by_link_and_desk_at_once_is_one_contract(app, cast):
    members = lapsed(app, cast, ROUNDS)
    with app.app_context(), unit_of_work():
        made = [offer_of_touch(contract, TOUCH, by=SARA).id for _member, contract in members]

    def accept(number: int, person: int) -> tuple[int, bool]:
        by = SARA if person % 2 else f"member:{person}"
        with unit_of_work():
            done = accept_renewal(AcceptRequest(made[number]), by=by)
            return done.contract.id, done.is_new

    given = all_at_once(app, ROUNDS, accept)

    assert [len({contract for contract, _new in row}) for row in given] == [1] * ROUNDS
    assert [sum(is_new for _contract, is_new in row) for row in given] == [1] * ROUNDS
    assert offers(app, RenewalOffer.state == OfferState.ACCEPTED) == ROUNDS
    signed = {str(row[0][0]) for row in given}
    with app.app_context(), unit_of_work(write=False) as session:
        invoiced = session.scalars(
            select(Invoice.source_id).where(Invoice.source_id.in_(signed))
        ).all()
        assert sorted(invoiced) == sorted(signed)
        assert [*contract_periods(), *renewals()] == []


@time_machine.travel(AT, tick=False)
def test_control_without_the_guard_many_comebacks_are_offered(app, cast):
    members = lapsed(app, cast, CONTROL_ROUNDS)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def offer(number: int, person: int) -> None:
        member, contract_id = members[number]
        with unit_of_work(write=False) as session:
            mine = RenewalOffer.contract_id == contract_id
            known = session.scalar(select(func.count()).select_from(RenewalOffer).where(mine))
        everybody_looked.wait()
        if known:
            return
        with unit_of_work() as session:
            old = session.get_one(Contract, contract_id)
            session.add(
                RenewalOffer(
                    club_id=old.club_id,
                    person_id=member,
                    contract_id=contract_id,
                    plan_version_id=old.plan_version_id,
                    price_minor=old.price_minor,
                    currency=old.currency,
                    expires_on=date(2028, 5, 20),
                    made_by=f"user:{person}",
                )
            )

    all_at_once(app, CONTROL_ROUNDS, offer)

    assert offers(app) > CONTROL_ROUNDS
