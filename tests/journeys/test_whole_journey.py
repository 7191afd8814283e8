"""The journey in the store: what a night plans for whom, what is logged, and what stops it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.journeys.definitions import current_settings, current_version, save_version
from clubcrm.journeys.explain import outlook
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import CycleVersion, Eligibility, Touchpoint, TouchState
from clubcrm.journeys.planning import Planned, plan_club
from clubcrm.journeys.rules.codes import Performer
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.texts import shipped
from clubcrm.people.api import HoldOrder, place_hold
from clubcrm.people.models import HoldKind, Person
from clubcrm.tasks.api import expire_due
from clubcrm.tasks.models import Task, TaskState
from memberships.contracts.models import Contract
from memberships.contracts.rules import PlanKind
from tests.cast import Cast, make_member
from tests.journeys.life import came, lead_only, make_plan, member, sign
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
NIGHT = datetime(2026, 3, 19, 22, 30, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture(autouse=True)
def night() -> Iterator[time_machine.Traveller]:
    """Stand in the night of the 20th of March, when the club plans."""
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


def keen(app: Flask, cast: Cast, joined: int, name: str = "Rana", *, last: int = 1) -> int:
    """A member who has come every second day until so many days ago."""
    with app.app_context(), unit_of_work():
        visits = [ago(n) for n in range(last, joined, 2)]
        person = member(cast.club, name, ago(joined), visits, email=f"{name.lower()}@x.example")
        allow_marketing(person)
        return person


def only(app: Flask, cast: Cast, *codes: str, **changed: object) -> None:
    with app.app_context(), unit_of_work():
        lead_only(cast.club, *codes, **changed)


def plan(app: Flask, cast: Cast, day: date = TODAY) -> Planned:
    with app.app_context():
        refresh_all(unit_of_work, cast.club, day)
        return plan_club(unit_of_work, cast.club, day)


def planned(app: Flask) -> list[tuple[str, str, TouchState]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(
            select(Touchpoint.code, Touchpoint.performer, Touchpoint.state).order_by(Touchpoint.id)
        )
        return [(row[0], row[1].value, row[2]) for row in rows]


def test_talk_of_a_trainer_waits_for_the_next_visit(app: Flask, cast: Cast) -> None:
    only(app, cast, "J05")
    person = keen(app, cast, 30)

    assert plan(app, cast).planned == 1

    assert planned(app) == [("J05", "trainer", TouchState.QUEUED)]
    with app.app_context(), unit_of_work(write=False) as session:
        task = session.scalars(select(Task)).one()
        assert (task.person_id, task.role, task.at_arrival) == (person, "trainer", True)
        assert task.expires_at == datetime(2026, 4, 3, 18, 0, tzinfo=UTC)


def test_call_of_the_manager_asks_for_the_renewal_thirty_days_before_the_end(
    app: Flask, cast: Cast
) -> None:
    only(app, cast, "J13b")
    keen(app, cast, 334)

    plan(app, cast)

    assert planned(app) == [("J13b", "manager", TouchState.QUEUED)]


def test_signed_renewal_takes_the_call_back_at_once(app: Flask, cast: Cast) -> None:
    only(app, cast, "J13b")
    person = keen(app, cast, 334)
    plan(app, cast)

    with app.app_context():
        with unit_of_work():
            from_contract = db.session.scalars(select(Contract)).one()
            assert from_contract.ends_on is not None
            sign(person, cast.club, from_contract.ends_on + timedelta(days=1), ago(-400))
            place_hold(HoldOrder(person, HoldKind.COMPLAINT), by="user:4")
        dispatch_pending()

    assert planned(app) == [("J13b", "manager", TouchState.CANCELLED)]
    plan(app, cast, ago(-1))
    assert len(planned(app)) == 1


def test_complaint_stops_everything_at_once(app: Flask, cast: Cast) -> None:
    only(app, cast, "J06a")
    person = keen(app, cast, 90, last=11)
    plan(app, cast)

    with app.app_context():
        with unit_of_work():
            place_hold(HoldOrder(person, HoldKind.COMPLAINT), by="user:4")
        dispatch_pending()
        with unit_of_work(write=False) as session:
            message = session.execute(select(Message.state, Message.why)).one()
            touch = session.execute(select(Touchpoint.state, Touchpoint.why)).one()

    assert tuple(message) == (MessageState.CANCELLED, "complaint")
    assert tuple(touch) == (TouchState.CANCELLED, "complaint")


def test_both_arms_are_logged_with_the_facts_of_the_day(app: Flask, cast: Cast) -> None:
    only(app, cast, "J06a", hold_out=0.5)
    for number in range(12):
        keen(app, cast, 90, f"Rana{number}", last=11)

    result = plan(app, cast)

    assert (result.planned + result.held_out, result.refused) == (12, 0)
    assert result.held_out > 0
    with app.app_context(), unit_of_work(write=False) as session:
        arms = dict(
            session.execute(select(Eligibility.arm, func.count()).group_by(Eligibility.arm)).all()
        )
        told = (Eligibility.code, Eligibility.share, Eligibility.eligible_on, Eligibility.pre28)
        rows = session.execute(
            select(*told, Eligibility.term_days, Eligibility.is_control, Eligibility.version)
        ).all()
    assert arms == {"T": result.planned, "H": result.held_out}
    assert {tuple(one) for one in rows} == {("J06a", 0.5, TODAY, 9, 364, False, 1)}


def test_running_cycle_keeps_its_version_and_the_next_one_has_the_new(
    app: Flask, cast: Cast
) -> None:
    only(app, cast, "J05")
    old = keen(app, cast, 20, "Old")
    plan(app, cast)
    with app.app_context(), unit_of_work():
        lead_only(cast.club, "J05", days=(25,), share=0.0)
        version = current_version(cast.club)
        assert version is not None
        assert version.number == 2
    new = keen(app, cast, 15, "New")

    plan(app, cast, ago(-5))
    plan(app, cast, ago(-10))

    with app.app_context(), unit_of_work(write=False) as session:
        numbers = dict(session.execute(select(CycleVersion.person_id, CycleVersion.number)).all())
        days = dict(session.execute(select(Touchpoint.person_id, Touchpoint.planned_on)).all())
    assert numbers == {old: 1, new: 2}
    assert days == {old: ago(-10), new: ago(-10)}


def test_call_nobody_made_becomes_a_message(
    app: Flask, cast: Cast, night: time_machine.Traveller
) -> None:
    only(app, cast, "J06a", "J06b")
    with app.app_context(), unit_of_work():
        settings = current_settings(cast.club)
        codes = {**settings.codes, "J06a": replace(settings.codes["J06a"], on=False)}
        save_version(cast.club, replace(settings, codes=codes), by="system")
    keen(app, cast, 90, last=18)
    plan(app, cast)
    assert planned(app) == [("J06b", "front_desk", TouchState.QUEUED)]

    night.move_to(NIGHT + timedelta(days=12))
    with app.app_context():
        with unit_of_work():
            assert expire_due(datetime(2026, 3, 31, 22, 30, tzinfo=UTC)) == 1
        dispatch_pending()
        with unit_of_work(write=False) as session:
            task = session.scalars(select(Task.state)).one()
            who = session.scalars(select(Touchpoint.performer)).one()
            messages = session.scalars(select(Message.code)).all()
            words = shipped("J06b", "en")

    assert (task, who) == (TaskState.EXPIRED, Performer.AUTOMATIC)
    assert messages == (["J06b"] if words else [])


def test_desk_gets_no_more_calls_than_it_can_make_and_the_most_worth_first(
    app: Flask, cast: Cast
) -> None:
    """One person at the desk and two calls a day; the longer silence stands higher."""
    only(app, cast, "J02")
    with app.app_context(), unit_of_work():
        settings = current_settings(cast.club)
        save_version(
            cast.club,
            replace(settings, capacity=replace(settings.capacity, calls=2)),
            by="system",
        )
        for number in range(4):
            person = member(cast.club, f"New{number}", ago(12))
            contract = db.session.scalars(
                select(Contract).where(Contract.person_id == person)
            ).one()
            contract.price_minor = 1000 * (number + 1)

    result = plan(app, cast)

    assert (result.planned, result.refused) == (2, 2)
    with app.app_context(), unit_of_work(write=False) as session:
        names = session.scalars(
            select(Person.given_name).join(Touchpoint, Touchpoint.person_id == Person.id)
        ).all()
    assert sorted(names) == ["New2", "New3"]
    assert plan(app, cast, ago(-1)).planned == 2


def test_months_in_a_row_are_led_like_a_year(app: Flask, cast: Cast) -> None:
    """The third month begins: what fills quiet spells is for this member too, onboarding is not."""
    only(app, cast, "J11", "J03")
    with app.app_context(), unit_of_work():
        person = make_member("Mona", club=cast.club, email="mona@x.example").id
        version = make_plan(cast.club, PlanKind.TERM)
        for first in (70, 40, 10):
            sign(person, cast.club, ago(first), ago(first - 29), version)
        came(person, cast.club, [ago(n) for n in range(1, 70, 3)])
        allow_marketing(person)

    with app.app_context():
        refresh_all(unit_of_work, cast.club, TODAY)
        with unit_of_work(write=False):
            rows = {one.code: one for one in outlook(person, TODAY)}

    assert rows["J11"].goes
    assert not rows["J03"].goes


def test_outlook_says_what_comes_next_and_when(app: Flask, cast: Cast) -> None:
    only(app, cast, "J05", "J06a", "J13b")
    person = keen(app, cast, 20)

    with app.app_context():
        refresh_all(unit_of_work, cast.club, TODAY)
        with unit_of_work(write=False):
            rows = outlook(person, TODAY)

    assert [(one.code, one.day, one.stands, one.sentence) for one in rows] == [
        ("J05", ago(-10), True, "not before 30 Mar 2026."),
        ("J06a", ago(-10), True, "on 30 Mar 2026, if the member has not come by then."),
        ("J13b", ago(-314), True, "not before 28 Jan 2027."),
    ]
