"""A club that gives for friends and points, in a May that can be moved on; Mia is a member."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.loyalty.jobs import lapse_points, settle_referrals
from clubcrm.loyalty.programme import save_programme
from clubcrm.loyalty.rules.programme import Programme, Reward, RewardKind
from clubcrm.people.models import Person
from memberships.api import PlanTerms, SignRequest, create_plan, plans_on_sale, sign
from memberships.contracts.rules import PlanKind
from tests.cast import Cast, make_member

MAY = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
GENEROUS = Programme(
    refers=True,
    host=Reward(RewardKind.DAYS, 14),
    friend=Reward(RewardKind.BONUS, 50_000),
    collects=True,
)
YEAR = PlanTerms("Year", PlanKind.TERM, 3_650_000, "BDT", term_months=12)
BY = "user:1"


class ClientApart(FlaskClient):
    """A client each of whose requests knows nothing of the test's own context, as in life."""

    def open(self, *given: Any, **more: Any) -> TestResponse:
        """Ask in a context of its own."""
        with self.application.app_context():
            return super().open(*given, **more)


@dataclass(frozen=True, slots=True)
class Town:
    """The club, its people and its clock."""

    cast: Cast
    club: int
    mia: int
    clock: time_machine.Traveller

    def to(self, day: date) -> None:
        """It is noon of that day in the club, and every fact has been heard."""
        self.clock.move_to(datetime.combine(day, time(6), UTC))
        dispatch_pending()

    def nights_until(self, day: date) -> None:
        """Day after day has come, and each night's work is done."""
        today = now().date()
        while today < day:
            today += timedelta(days=1)
            self.to(today)
            self.night()

    def night(self) -> None:
        """The work of one night is done."""
        dispatch_pending()
        context = JobContext("night", "now", now(), self.club)
        for job in (settle_referrals, lapse_points):
            assert job(context).failed == 0


@pytest.fixture
def town(app: Flask, cast: Cast) -> Iterator[Town]:
    """The club of the cast, with a plan of a year that Mia has signed."""
    app.test_client_class = ClientApart
    with time_machine.travel(MAY, tick=False) as clock, app.app_context():
        with unit_of_work():
            save_programme(cast.club, GENEROUS, by=BY)
            create_plan(cast.club, YEAR, by=BY)
        join(cast.club, cast.members["Mia"])
        yield Town(cast, cast.club, cast.members["Mia"], clock)


def join(club: int, person_id: int, starts_on: date = MAY.date()) -> int:
    """The person has signed the club's plan; answers the key of the contract."""
    with unit_of_work():
        plan = plans_on_sale(club)[0]
        return sign(SignRequest(person_id, plan.plan_id, starts_on), by=BY).id


def somebody(club: int, name: str, phone: str = "") -> int:
    """A person without a contract exists."""
    with unit_of_work():
        return make_member(name, "Friend", club=club, phone=phone).id


def gives(club: int, **changes: object) -> None:
    """The club gives something else from now on."""
    with unit_of_work():
        save_programme(club, replace(GENEROUS, **changes), by=BY)  # type: ignore[arg-type]


def person(person_id: int) -> Person:
    """Return the row, to be used in the running unit of work."""
    return db.session.get_one(Person, person_id)
