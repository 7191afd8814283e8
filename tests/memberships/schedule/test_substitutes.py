"""A teacher who is away: a substitute stands on the class, keeps its list and has it in the day."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.messaging.models import Message
from clubcrm.people.models import ContactKind, ContactPoint
from memberships.approvals.services import decide
from memberships.schedule.absences import (
    LeaveOrder,
    ask_leave,
    name_substitute,
    take_back_leave,
)
from memberships.schedule.board import class_row, classes_between, taught_by
from memberships.schedule.calendars import teacher_calendar
from memberships.schedule.duty import StaffAbsence
from memberships.schedule.rules.duty import AbsenceKind
from memberships.schedule.timetable import SlotOrder, change_slot
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, Studio, open_studio

WEEK = (date(2026, 11, 23), date(2026, 11, 29))


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def studio(unit, cast) -> Studio:
    return open_studio(cast, names=("Mia",))


def ill(cast, user: str, substitute: str | None, day: date = FRIDAY):
    stands_in = cast.users[substitute] if substitute else None
    order = LeaveOrder(
        cast.club, cast.users[user], AbsenceKind.SICK, day, day, substitute_id=stands_in
    )
    return ask_leave(order, by=f"user:{cast.users[user]}")


def on_friday(cast) -> tuple[str | None, str, bool]:
    (row,) = classes_between([cast.club], *WEEK)
    return row.teacher, row.instead_of, row.is_uncovered


def test_the_substitute_stands_on_the_class_and_leaves_it_when_the_teacher_is_back(cast, studio):
    assert on_friday(cast) == ("Tara", "", False)

    absence = ill(cast, "Tara", "Max")
    assert on_friday(cast) == ("Max", "Tara", False)
    take_back_leave(absence, by="user:5")

    assert on_friday(cast) == ("Tara", "", False)


def test_leave_that_nobody_has_agreed_to_changes_no_class(cast, studio):
    order = LeaveOrder(
        cast.club,
        cast.users["Tara"],
        AbsenceKind.VACATION,
        FRIDAY,
        FRIDAY,
        "A wedding",
        cast.users["Max"],
    )
    absence = ask_leave(order, by="user:5")
    assert on_friday(cast) == ("Tara", "", False)

    decide(absence.approval_id, True, "", by="user:2")

    assert on_friday(cast) == ("Max", "Tara", False)


def test_a_class_whose_teacher_is_away_without_substitute_says_so_until_one_is_named(cast, studio):
    absence = ill(cast, "Tara", None)
    assert on_friday(cast) == ("Tara", "", True)

    name_substitute(absence, cast.users["Olga"], by="user:2")

    assert on_friday(cast) == ("Olga", "Tara", False)


def test_a_chain_of_substitutes_ends_with_who_is_there(cast, studio):
    ill(cast, "Tara", "Max")
    ill(cast, "Max", "Olga")

    assert on_friday(cast) == ("Olga", "Tara", False)


def test_an_absence_of_another_day_leaves_the_class_alone(cast, studio):
    ill(cast, "Tara", "Max", FRIDAY - timedelta(days=1))

    assert on_friday(cast) == ("Tara", "", False)


def test_the_class_is_in_the_day_and_the_calendar_of_who_gives_it(cast, studio):
    friday = clock.day_bounds(FRIDAY, "Asia/Dhaka")
    tara, max_ = cast.users["Tara"], cast.users["Max"]
    planned = [len(taught_by(user, *friday)) for user in (tara, max_)]
    entries = teacher_calendar(tara).count(b"BEGIN:VEVENT")

    ill(cast, "Tara", "Max")

    assert planned == [1, 0]
    assert [len(taught_by(user, *friday)) for user in (tara, max_)] == [0, 1]
    assert teacher_calendar(tara).count(b"BEGIN:VEVENT") == entries - 1
    assert teacher_calendar(max_).count(b"BEGIN:VEVENT") == 1


def test_the_substitute_keeps_the_list_and_the_absent_teacher_does_not(app, cast, client_of):
    with app.app_context(), unit_of_work():
        studio = open_studio(cast, names=("Mia",))
        class_id = studio.session().public_id
        studio.book("Mia")
    tara = client_of("Tara")
    before = tara.get(f"/schedule/classes/{class_id}").text
    with app.app_context(), unit_of_work():
        ill(cast, "Tara", "Max")

    after = tara.get(f"/schedule/classes/{class_id}").text
    with app.app_context(), unit_of_work(write=False):
        row = class_row(Scope((cast.club,)), class_id)

    assert "Mia Rahman" in before
    assert "Mia Rahman" not in after
    assert "instead of Tara" in after
    assert (row.teacher_id, row.instead_of) == (cast.users["Max"], "Tara")


def test_the_trainers_phone_shows_the_classes_of_the_day(app, cast, client_of, monday):
    with app.app_context(), unit_of_work():
        open_studio(cast, names=("Mia",), starts=time(18)).book("Mia")
    monday.move_to(datetime.fromisoformat("2026-11-27T06:00+00:00"))

    page = client_of("Tara").get("/trainer").text

    assert "My classes" in page
    assert page.index("Yoga") < page.index("My clients")


def told(cast) -> list[tuple[str, str]]:
    """Return who was told of which teacher, by the words of the letters, in order."""
    dispatch_pending()
    with unit_of_work(write=False) as session:
        rows = session.execute(
            select(Message.person_id, Message.body).where(Message.code == "K6").order_by(Message.id)
        ).all()
    names = {person: name for name, person in cast.members.items()}
    return [(names[row[0]], row[1].partition(" gives ")[0].rpartition("\n")[2]) for row in rows]


def test_whoever_booked_hears_of_each_change_of_the_teacher_once(app, cast, monday):
    with app.app_context():
        with unit_of_work() as session:
            made = open_studio(cast, places=1, names=("Mia", "Amit", "Bela"))
            cast.members.update(made.people)
            for name in ("Mia", "Amit"):
                made.book(name)
                address = f"{name.lower()}@mail.example"
                session.add(
                    ContactPoint(
                        person_id=made.people[name],
                        kind=ContactKind.EMAIL,
                        value=address,
                        as_typed=address,
                    )
                )
            alone = ill(cast, "Tara", None).id
        nobody = told(cast)
        with unit_of_work() as session:
            name_substitute(session.get_one(StaffAbsence, alone), cast.users["Max"], by="user:2")
        named = told(cast)
        monday.shift(timedelta(minutes=5))
        with unit_of_work() as session:
            name_substitute(session.get_one(StaffAbsence, alone), cast.users["Max"], by="user:2")
            ill(cast, "Max", "Olga")
        chained = told(cast)
        monday.shift(timedelta(minutes=5))
        with unit_of_work() as session:
            take_back_leave(session.get_one(StaffAbsence, alone), by="user:2")
        back = told(cast)

    assert nobody == []
    assert named == [("Mia", "Max"), ("Amit", "Max")]
    assert chained == [*named, ("Mia", "Olga"), ("Amit", "Olga")]
    assert back == [*chained, ("Mia", "Tara"), ("Amit", "Tara")]


def test_another_teacher_on_the_line_of_the_week_is_told_too(app, cast, monday):
    with app.app_context():
        with unit_of_work() as session:
            made = open_studio(cast, names=("Mia",))
            cast.members.update(made.people)
            made.book("Mia")
            session.add(
                ContactPoint(
                    person_id=made.people["Mia"],
                    kind=ContactKind.EMAIL,
                    value="mia@mail.example",
                    as_typed="mia@mail.example",
                )
            )
            order = SlotOrder(
                made.yoga.id, made.room.id, cast.users["Max"], 4, time(18), 60, 2, FRIDAY
            )
            change_slot(made.slot, order, by="user:2")
        found = told(cast)

    assert found == [("Mia", "Max")]
