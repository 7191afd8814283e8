"""Stories of recurring fees: a contract of Zia in Berlin, her card, and days that go by."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext, Outcome
from memberships.billing.gateways.models import PayMethod
from memberships.contracts.models import Contract, PlanVersion
from memberships.contracts.plans import create_plan
from memberships.contracts.rules import ContractState, PlanKind
from memberships.contracts.terms import PlanTerms
from memberships.dunning.jobs import charge_due, invoice_due, walk_debtors
from memberships.dunning.models import ChargeEvent, RecurringCharge
from memberships.dunning.services import ChargePlan, plan_charges
from tests.cast import Cast

BY = "user:1"
FEE = 4_900


def plan(cast: Cast, anchor: date = date(2027, 1, 31), **more: object) -> int:
    """Zia's contract is charged each month, in the running unit of work; returns its id.

    The contract stands there without being sold, so that no invoice of its own is in the way.
    """
    version_id = db.session.scalar(select(func.max(PlanVersion.id))) or _version(cast)
    number = (db.session.scalar(select(func.max(Contract.id))) or 0) + 1
    contract = Contract(
        number=f"story-{number}",
        club_id=cast.other_club,
        person_id=cast.members["Zia"],
        payer_id=cast.members["Zia"],
        plan_version_id=version_id,
        state=ContractState.SIGNED,
        starts_on=anchor,
        price_minor=FEE,
        currency="EUR",
    )
    db.session.add(contract)
    db.session.flush()
    values: dict[str, object] = {
        "contract_id": contract.id,
        "club_id": cast.other_club,
        "payer_id": cast.members["Zia"],
        "person_id": cast.members["Zia"],
        "text": "Monthly",
        "amount_minor": FEE,
        "currency": "EUR",
        "anchor_on": anchor,
    }
    plan_charges(ChargePlan(**(values | more)), by=BY)  # type: ignore[arg-type]
    return contract.id


def _version(cast: Cast) -> int:
    terms = PlanTerms("Monthly", PlanKind.RECURRING, FEE, "EUR", term_months=1)
    create_plan(cast.other_club, terms, by=BY)
    return db.session.scalars(select(PlanVersion.id)).one()


def keep_card(cast: Cast, token: str = "pm_1") -> PayMethod:
    """Zia lets the club charge a card."""
    kept = PayMethod(
        club_id=cast.other_club,
        person_id=cast.members["Zia"],
        gateway="stripe",
        customer="cus_1",
        token=token,
        label="Visa •••• 4242",
        kept_by=BY,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


@contextmanager
def on(day: date, hour: int = 9) -> Iterator[None]:
    """It is this day in Berlin, at this hour of UTC."""
    with time_machine.travel(datetime.combine(day, time(hour), UTC), tick=False):
        yield


def context(cast: Cast, job: str, day: date) -> JobContext:
    at = datetime.combine(day, time(9), UTC)
    return JobContext(job, f"{cast.other_club}:{day}", at, cast.other_club, day)


def night(app: Flask, cast: Cast, day: date) -> list[Outcome]:
    """The night jobs of a day have run, and what they told has been heard."""
    with on(day), app.app_context():
        done = [
            job(context(cast, job.__name__, day)) for job in (invoice_due, charge_due, walk_debtors)
        ]
        dispatch_pending()
    return done


def nights(app: Flask, cast: Cast, first: date, last: date) -> None:
    """Every night from the first to the last day has gone by."""
    for number in range((last - first).days + 1):
        night(app, cast, first + timedelta(days=number))


def tries(app: Flask) -> list[tuple[date, str, str]]:
    """Return day, kind and outcome of everything that happened to fees."""
    with app.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(ChargeEvent).order_by(ChargeEvent.id))
        return [(one.on_day, one.kind.value, one.outcome) for one in rows]


def charges(app: Flask) -> list[tuple[date, str]]:
    """Return due day and state of every fee."""
    with app.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(RecurringCharge).order_by(RecurringCharge.due_on))
        return [(one.due_on, one.state.value) for one in rows]
