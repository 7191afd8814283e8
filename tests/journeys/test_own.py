"""A club's own triggers find exactly the members they speak of."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys import own
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import Touchpoint, TouchState
from clubcrm.journeys.rules.codes import Performer
from clubcrm.journeys.rules.own import Condition, Event, Fact, Goal, Op, Trigger, to_own
from clubcrm.journeys.rules.settings import CodeRule
from clubcrm.people.models import Person
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import PlanKind
from tests.cast import Cast
from tests.journeys.life import came, freeze, make_plan, member, sign

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
Firing = Callable[..., list[str]]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def _every(step: int, first: int, last: int) -> list[date]:
    return [ago(days) for days in range(first, last, step)]


@pytest.fixture
def fires(app: Flask, cast: Cast) -> Firing:
    """Members of many kinds; the answer names for whom a trigger fires today."""
    with time_machine.travel(NOON, tick=False), app.app_context():
        with unit_of_work():
            here = cast.club
            member(here, "Silent", ago(200), _every(3, 12, 100))
            member(here, "Short", ago(60), _every(3, 12, 50), term=90)
            ice = member(here, "Ice", ago(200), _every(3, 12, 100))
            freeze(ice, here, ago(5), TODAY + timedelta(days=3))
            member(here, "Long", ago(300), _every(3, 60, 200))
            member(here, "Fresh", ago(5), [ago(1)])
            ending = member(here, "Ending", ago(360), _every(2, 0, 90), term=366)
            db.session.get_one(Person, ending).birth_date = date(1990, 3, 24)
            month = member(here, "Nobody", ago(3), [ago(1)])
            db.session.get_one(Contract, _contract(month)).plan_version_id = make_plan(
                here, PlanKind.RECURRING
            )
            db.session.get_one(Person, month).language = "bn"
        refresh_all(unit_of_work, cast.club, TODAY)

    def names(trigger: Trigger, valid_days: int = 7) -> list[str]:
        rule = CodeRule("C1", 20, valid_days, own=to_own(trigger))
        with app.app_context(), unit_of_work(write=False) as session:
            found = own.matches(session, cast.club, TODAY, [rule])
            return sorted(session.get_one(Person, one).given_name for one in found)

    return names


def _contract(person: int) -> int:
    return db.session.scalars(select(Contract.id).where(Contract.person_id == person)).one()


def test_ten_days_since_the_last_visit_and_annual_and_not_frozen(fires: Firing) -> None:
    annual = Condition(Fact.TERM, Op.IS, "12")
    not_frozen = Condition(Fact.FROZEN, Op.IS_NOT, "1")

    assert fires(Trigger(Event.LAST_VISIT, 10, conditions=(annual, not_frozen))) == ["Silent"]
    assert fires(Trigger(Event.LAST_VISIT, 10, conditions=(not_frozen,))) == ["Short", "Silent"]


def test_who_has_been_silent_for_months_is_not_surprised_by_a_new_trigger(fires: Firing) -> None:
    assert "Long" not in fires(Trigger(Event.LAST_VISIT, 10))


@pytest.mark.parametrize(
    ("trigger", "names"),
    [
        (Trigger(Event.START, 5), ["Fresh"]),
        (Trigger(Event.END, 10, before=True), ["Ending"]),
        (Trigger(Event.BIRTHDAY, 5, before=True), ["Ending"]),
        (Trigger(Event.BIRTHDAY, 0), []),
        (Trigger(Event.FREEZE_BEGINS, 5), ["Ice"]),
        (Trigger(Event.FREEZE_ENDS, 3, before=True), ["Ice"]),
        (Trigger(Event.VISITS, 1), ["Fresh", "Nobody"]),
        (Trigger(Event.SIGNED, 1), []),
        (Trigger(Event.UNPAID, 1), []),
        (Trigger(Event.NO_SHOW, 1), []),
        (Trigger(Event.UNITS_EXPIRE, 30, before=True), []),
    ],
)
def test_each_event_counts_its_days_before_or_after(
    fires: Firing, trigger: Trigger, names: list[str]
) -> None:
    assert fires(trigger) == names


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (Condition(Fact.TERM, Op.IS, "3"), ["Short"]),
        (Condition(Fact.TERM, Op.IS, "1"), ["Nobody"]),
        (Condition(Fact.FROZEN, Op.IS, "1"), ["Ice"]),
        (Condition(Fact.LANGUAGE, Op.IS, "bn"), ["Nobody"]),
        (Condition(Fact.STAGE, Op.IS, "frozen"), ["Ice"]),
        (Condition(Fact.VISITS_28, Op.AT_LEAST, "10"), ["Ending"]),
        (Condition(Fact.VISITS, Op.IS, "1"), ["Fresh", "Nobody"]),
        (Condition(Fact.SILENT, Op.AT_LEAST, "30"), ["Long"]),
        (Condition(Fact.RENEWALS, Op.AT_LEAST, "1"), []),
        (Condition(Fact.UNITS_LEFT, Op.AT_LEAST, "1"), []),
        (Condition(Fact.NO_SHOWS, Op.AT_LEAST, "1"), []),
        (Condition(Fact.OWES, Op.AT_LEAST, "1"), []),
        (Condition(Fact.SPENT, Op.AT_LEAST, "1"), []),
    ],
)
def test_each_condition_holds_for_its_members(
    fires: Firing, condition: Condition, names: list[str]
) -> None:
    assert fires(Trigger(Event.ALWAYS, conditions=(condition,))) == names


def test_a_choice_that_is_not_holds_also_for_whom_nothing_is_known(fires: Firing) -> None:
    others = fires(Trigger(Event.ALWAYS, conditions=(Condition(Fact.LANGUAGE, Op.IS_NOT, "bn"),)))

    assert "Nobody" not in others
    assert {"Silent", "Ice", "Fresh"} <= set(others)


def test_a_follow_up_speaks_to_whom_the_first_touchpoint_did_not_bring_back(
    app: Flask, cast: Cast, fires: Firing
) -> None:
    with app.app_context(), unit_of_work():
        people = {one.given_name: one.id for one in db.session.query(Person)}
        for name in ("Silent", "Fresh"):
            db.session.add(
                Touchpoint(
                    club_id=cast.club,
                    person_id=people[name],
                    cycle_no=1,
                    code="C2",
                    occurrence=1,
                    performer=Performer.FRONT_DESK,
                    priority=20,
                    planned_on=ago(4),
                    valid_until=ago(1),
                    state=TouchState.EXPIRED,
                )
            )

    assert fires(Trigger(Event.TOUCHPOINT, 3, follows="C2", goal=Goal.VISIT)) == ["Silent"]


def test_the_goal_is_reached_by_what_happened_since(app: Flask, cast: Cast, fires: Firing) -> None:
    with app.app_context(), unit_of_work() as session:
        people = {one.given_name: one.id for one in db.session.query(Person)}
        came(people["Silent"], cast.club, [TODAY])
        first = _contract(people["Ending"])
        second = sign(people["Ending"], cast.club, TODAY + timedelta(days=6), None)
        session.get_one(Contract, second).previous_id = first
        session.flush()
        since = {people[name]: ago(2) for name in ("Silent", "Long", "Ending")}

        assert own.reached(session, Goal.VISIT, since) == {people["Silent"], people["Ending"]}
        assert own.reached(session, Goal.RENEWAL, since) == {people["Ending"]}
        for goal in (Goal.BOOKING, Goal.PAYMENT, Goal.PACKAGE, Goal.NONE):
            assert own.reached(session, goal, since) == set()


def test_a_plan_is_asked_by_its_own_address(app: Flask, cast: Cast, fires: Firing) -> None:
    with app.app_context(), unit_of_work(write=False) as session:
        version = session.get_one(Contract, 1).plan_version_id
        plan = session.get_one(Plan, session.get_one(PlanVersion, version).plan_id).public_id

    found = fires(Trigger(Event.ALWAYS, conditions=(Condition(Fact.PLAN, Op.IS, plan),)))
    assert len(found) == 1
