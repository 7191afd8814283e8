"""Planning: what is due is planned once, and what is not, is not, with its reason kept."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.jobs import nightly_planning
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.planning import Planned, plan_club
from clubcrm.journeys.rules.codes import Performer
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import ContactPoint, DeskFlag, Person, ReachState
from clubcrm.tasks.models import Task, TaskState
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from tests.cast import Cast
from tests.journeys.life import came, close_club, freeze, lead_only, member
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
NIGHT = datetime(2026, 3, 19, 22, 30, tzinfo=UTC)  # 04:30 on the 20th in Dhaka


@pytest.fixture(autouse=True)
def two_touchpoints(app: Flask, cast: Cast) -> None:
    """The journey of these stories: the nudge of newcomers and the message to the silent."""
    with app.app_context(), unit_of_work():
        lead_only(cast.club, "J02", "J06a")
        lead_only(cast.other_club, "J02", "J06a")


@pytest.fixture
def night() -> Iterator[time_machine.Traveller]:
    """Stand in the night of the 20th of March, when the club plans."""
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


pytestmark = pytest.mark.usefixtures("night")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def newcomer(app: Flask, cast: Cast, day: int, name: str = "Nila") -> int:
    with app.app_context(), unit_of_work():
        person = member(cast.club, name, ago(day), email=f"{name.lower()}@x.example")
        allow_marketing(person)
        return person


def regular(app: Flask, cast: Cast, silent: int, name: str = "Rana") -> int:
    with app.app_context(), unit_of_work():
        visits = [ago(n) for n in range(silent, silent + 40)]
        person = member(cast.club, name, ago(90), visits, email=f"{name.lower()}@x.example")
        allow_marketing(person)
        return person


def plan(app: Flask, cast: Cast, day: date = TODAY) -> Planned:
    with app.app_context():
        refresh_all(unit_of_work, cast.club, day)
        return plan_club(unit_of_work, cast.club, day)


def touchpoints(app: Flask) -> list[tuple[str, int, TouchState, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        return [
            (one.code, one.occurrence, one.state, one.why)
            for one in session.scalars(select(Touchpoint).order_by(Touchpoint.id))
        ]


def refusals(app: Flask) -> list[tuple[str, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        return [
            (one.code, one.why)
            for one in session.scalars(select(TouchRefusal).order_by(TouchRefusal.id))
        ]


def test_newcomer_never_seen_gets_a_message_on_day_five(app: Flask, cast: Cast) -> None:
    person = newcomer(app, cast, 5)

    assert plan(app, cast) == Planned(planned=1)

    assert touchpoints(app) == [("J02", 1, TouchState.QUEUED, "")]
    with app.app_context(), unit_of_work(write=False) as session:
        message = session.scalars(select(Message)).one()
        assert (message.person_id, message.code, message.state) == (
            person,
            "J02",
            MessageState.QUEUED,
        )
        assert message.next_at == datetime(2026, 3, 20, 3, 0, tzinfo=UTC)  # 09:00 in Dhaka
        assert message.expires_at == datetime(2026, 3, 30, 18, 0, tzinfo=UTC)
        assert message.subject == "Nila, your first session is waiting"


def test_newcomer_on_day_four_is_left_in_peace(app: Flask, cast: Cast) -> None:
    newcomer(app, cast, 4)

    assert plan(app, cast) == Planned()
    assert touchpoints(app) == []


def test_newcomer_on_day_twelve_is_called_by_the_desk(app: Flask, cast: Cast) -> None:
    person = newcomer(app, cast, 12)

    plan(app, cast)

    assert touchpoints(app) == [("J02", 2, TouchState.QUEUED, "")]
    with app.app_context(), unit_of_work(write=False) as session:
        task = session.scalars(select(Task)).one()
        assert (task.person_id, task.role, task.state) == (person, "desk", TaskState.OPEN)
        assert task.due_at == datetime(2026, 3, 20, 4, 0, tzinfo=UTC)  # 10:00 in Dhaka
        assert session.scalars(select(DeskFlag.kind)).all() == ["open_task"]
        assert session.scalars(select(Message)).all() == []


def test_call_does_not_fall_on_a_sunday_or_a_closed_day(app: Flask, cast: Cast) -> None:
    """The twelfth day is Saturday the 21st, when the club is shut; the 22nd is a Sunday."""
    newcomer(app, cast, 11)
    with app.app_context(), unit_of_work():
        close_club(cast.club, [date(2026, 3, 23)])

    plan(app, cast, date(2026, 3, 22))

    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Task.due_at)).one() == datetime(2026, 3, 24, 4, 0, tzinfo=UTC)


def test_whole_first_weeks_of_a_newcomer(app: Flask, cast: Cast) -> None:
    """Planned every night for thirty days: one message, one call, and no more."""
    newcomer(app, cast, 0)

    for day in range(30):
        plan(app, cast, TODAY + timedelta(days=day))

    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(
            select(Touchpoint.planned_on, Touchpoint.performer).order_by(Touchpoint.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        (TODAY + timedelta(days=5), Performer.AUTOMATIC),
        (TODAY + timedelta(days=12), Performer.FRONT_DESK),
    ]


def test_silent_member_gets_a_message_on_the_alarm_day(app: Flask, cast: Cast) -> None:
    regular(app, cast, 9)

    plan(app, cast)

    assert touchpoints(app) == [("J06a", 1, TouchState.QUEUED, "")]


def test_second_run_plans_nothing_twice(app: Flask, cast: Cast) -> None:
    regular(app, cast, 9)
    newcomer(app, cast, 5)
    plan(app, cast)

    again = plan(app, cast)
    next_night = plan(app, cast, ago(-1))

    assert (again, next_night) == (Planned(), Planned())
    assert len(touchpoints(app)) == 2


@pytest.mark.fault
def test_f39_clock_a_day_ahead_and_back_plans_nothing_twice(app: Flask, cast: Cast) -> None:
    regular(app, cast, 9)
    newcomer(app, cast, 5)

    plan(app, cast, ago(-1))
    plan(app, cast)
    plan(app, cast, ago(-1))

    assert len(touchpoints(app)) == 2


def silence_consent(person: int) -> None:
    db.session.execute(update(Person).where(Person.id == person).values(do_not_contact=True))


def lose_address(person: int) -> None:
    for point in db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == person)):
        db.session.delete(point)


def bounce_address(person: int) -> None:
    db.session.execute(
        update(ContactPoint)
        .where(ContactPoint.person_id == person)
        .values(state=ReachState.BOUNCED)
    )


def ban(person: int) -> None:
    club = db.session.get_one(Person, person).club_id
    db.session.add(
        Block(club_id=club, person_id=person, owner=BlockOwner.BAN, from_on=ago(3), placed_by="x")
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (silence_consent, "do_not_contact"),
        (lose_address, "no_address"),
        (bounce_address, "bounced"),
        (ban, "blocked"),
    ],
)
def test_reason_is_kept_when_nothing_can_be_sent(
    app: Flask, cast: Cast, change: object, why: str
) -> None:
    person = regular(app, cast, 9)
    with app.app_context(), unit_of_work():
        change(person)  # type: ignore[operator]

    assert plan(app, cast) == Planned(refused=1)

    assert touchpoints(app) == []
    assert refusals(app) == [("J06a", why)]


def test_no_consent_is_kept_and_consent_of_tomorrow_still_helps(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        visits = [ago(n) for n in range(9, 50)]
        person = member(cast.club, "Rana", ago(90), visits, email="rana@x.example")
    plan(app, cast)
    plan(app, cast)
    assert refusals(app) == [("J06a", "no_consent")]

    with app.app_context(), unit_of_work():
        allow_marketing(person)
    plan(app, cast, ago(-1))

    assert touchpoints(app) == [("J06a", 1, TouchState.QUEUED, "")]


def test_frozen_member_is_not_written_to(app: Flask, cast: Cast) -> None:
    """Silent long enough before the freeze began."""
    person = regular(app, cast, 12)
    with app.app_context(), unit_of_work():
        freeze(person, cast.club, ago(2), ago(-10))

    plan(app, cast)

    assert touchpoints(app) == []
    assert refusals(app) == [("J06a", "frozen")]


def test_missed_window_is_mentioned_once_and_not_made_up_for(app: Flask, cast: Cast) -> None:
    regular(app, cast, 20)

    plan(app, cast)
    plan(app, cast)

    assert touchpoints(app) == []
    assert refusals(app) == [("J06a", "too_late")]


def test_next_silence_within_four_weeks_says_nothing(app: Flask, cast: Cast) -> None:
    person = regular(app, cast, 9)
    plan(app, cast)
    with app.app_context(), unit_of_work():
        came(person, cast.club, [ago(-1)])

    plan(app, cast, ago(-11))

    assert [row[0] for row in touchpoints(app)] == ["J06a"]
    assert refusals(app) == [("J06a", "code_too_soon")]


def test_next_silence_after_four_weeks_is_a_second_occurrence(app: Flask, cast: Cast) -> None:
    person = regular(app, cast, 9)
    plan(app, cast)
    with app.app_context(), unit_of_work():
        came(person, cast.club, [ago(-n) for n in range(1, 22)])

    plan(app, cast, ago(-31))

    assert [row[:2] for row in touchpoints(app)] == [("J06a", 1), ("J06a", 2)]


def test_held_out_member_is_logged_and_left_alone(app: Flask, cast: Cast) -> None:
    regular(app, cast, 9)
    with app.app_context(), unit_of_work():
        lead_only(cast.club, "J02", "J06a", hold_out=1.0)

    assert plan(app, cast) == Planned(held_out=1)

    assert touchpoints(app) == [("J06a", 1, TouchState.HELD_OUT, "held_out")]
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Touchpoint.arm)).one() == "H"
        assert session.scalars(select(Message)).all() == []


def nightly(app: Flask, cast: Cast, day: date) -> Outcome:
    with app.app_context():
        slot = f"{cast.club}:{day}"
        return nightly_planning(JobContext("nightly-planning", slot, clock.now(), cast.club, day))


@pytest.mark.fault
def test_f43_three_days_down_plan_once_as_of_now(app: Flask, cast: Cast) -> None:
    """The days in between are passed over; the member hears once."""
    regular(app, cast, 11)
    newcomer(app, cast, 13)

    for days in (3, 2, 1, 0):
        nightly(app, cast, ago(days))

    assert sorted(row[:2] for row in touchpoints(app)) == [("J02", 2), ("J06a", 1)]
    with app.app_context(), unit_of_work(write=False) as session:
        assert set(session.scalars(select(Touchpoint.planned_on))) == {TODAY}


@pytest.mark.fault
def test_f45_one_broken_member_does_not_stop_the_others(app: Flask, cast: Cast) -> None:
    for number in range(5):
        regular(app, cast, 9, f"Rana{number}")
    broken = regular(app, cast, 9, "Broken")
    with app.app_context():
        refresh_all(unit_of_work, cast.club, TODAY)
        with unit_of_work() as session:
            session.get_one(MemberFacts, broken).starts_on = None

        result = plan_club(unit_of_work, cast.club, TODAY)

    assert result.planned == 5
    assert result.failed == [
        f"member {broken}: ValueError('member {broken} has facts without a cycle')"
    ]
    assert len(touchpoints(app)) == 5


def test_other_clubs_members_are_planned_by_their_own_night(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        person = member(cast.other_club, "Zora", ago(5), email="zora@x.example")
        allow_marketing(person)

    plan(app, cast)

    assert touchpoints(app) == []


@pytest.mark.parametrize(("days", "asked"), [(0, True), (10, True), (11, False)])
def test_who_used_up_a_package_is_asked_about_the_next_for_ten_days(
    app: Flask, cast: Cast, days: int, asked: bool
) -> None:
    person = regular(app, cast, silent=1)
    at = clock.instant_of(datetime.combine(ago(days), time(18)), "Asia/Dhaka")
    with app.app_context(), unit_of_work() as session:
        lead_only(cast.club, "J10", on=True)
        lot = PackageLot(
            club_id=cast.club, person_id=person, service="massage", bought=1, remaining=0
        )
        session.add(lot)
        session.flush()
        for kind, delta in ((EntryKind.BUY, 1), (EntryKind.USE, -1)):
            session.add(
                PackageEntry(
                    lot_id=lot.id, kind=kind, delta=delta, source_kind="story", source_id=kind,
                    at=at, by="user:1",
                )
            )  # fmt: skip

    plan(app, cast)

    told = [("J10", 1, TouchState.QUEUED, "")] if asked else []
    assert touchpoints(app) == told
