"""Short ways to give the cast's club plans, cards and scans, as the staff would."""

from datetime import date, timedelta

from flask import Flask

from access_control.models import CredentialKind
from access_control.services.credentials import issue_credential
from clubcrm.card import acts
from clubcrm.core.clock import now, today
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from clubcrm.tasks.api import TaskOrder, open_task
from memberships.api import (
    BlockOwner,
    BlockRequest,
    PlanKind,
    PlanTerms,
    SignRequest,
    create_plan,
    place_block,
    sign,
)
from tests.cast import Cast

ZONE = "Asia/Dhaka"
SARA = "user:3"
FRANK = "user:4"
MIAS_CARD = "5550001"
YEAR = PlanTerms("Full year", PlanKind.TERM, 2_400_000, "BDT", term_months=12)
TEN_VISITS = PlanTerms("Ten visits", PlanKind.VISITS, 500_000, "BDT", term_months=3, visits=10)
DAY_PASS = PlanTerms("Day pass", PlanKind.DAY, 60_000, "BDT")


def sell(app: Flask, cast: Cast, terms: PlanTerms = YEAR, *, on: date | None = None) -> int:
    """Mia has a contract on these terms; returns its id."""
    with app.app_context(), unit_of_work():
        plan = create_plan(cast.club, terms, by=SARA)
        request = SignRequest(cast.members["Mia"], plan.id, on or today(ZONE))
        return sign(request, by=SARA).id


def give_card(app: Flask, cast: Cast, name: str = "Mia", value: str = MIAS_CARD) -> None:
    """The member holds a card."""
    with app.app_context(), unit_of_work():
        issue_credential(cast.members[name], CredentialKind.CARD, value, by=FRANK)


def owe(app: Flask, cast: Cast, amount_minor: int) -> None:
    """Mia owes this sum since ten days ago."""
    with app.app_context(), unit_of_work():
        place_block(
            BlockRequest(
                cast.members["Mia"],
                BlockOwner.DEBT,
                from_on=today(ZONE) - timedelta(days=10),
                amount_minor=amount_minor,
                reason="October instalment",
            ),
            by=SARA,
        )


def scan(app: Flask, cast: Cast, value: str = MIAS_CARD) -> str:
    """Somebody holds a card to the desk's reader; returns the public id of the scan."""
    with app.app_context():
        return acts.scan(cast.club, value, by=FRANK)


def leave_desk_note(app: Flask, cast: Cast, text: str) -> None:
    """The desk reads this at each of Mia's scans."""
    with app.app_context(), unit_of_work():
        db.session.get_one(Person, cast.members["Mia"]).desk_note = text


def ask_at_arrival(app: Flask, cast: Cast, title: str) -> str:
    """Something is to be said to Mia when she comes; returns the task's public id."""
    with app.app_context(), unit_of_work():
        order = TaskOrder(
            source="test:mia",
            club_id=cast.club,
            kind="talk",
            title=title,
            due_at=now(),
            person_id=cast.members["Mia"],
            at_arrival=True,
        )
        return open_task(order).public_id
