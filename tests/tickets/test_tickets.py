"""Every way to ask ends in one ticket with a due time and a task; what settles one settles both."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import ClubHours, Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.events import dispatch_pending
from clubcrm.people.api import holds_of, make_link, open_link
from clubcrm.people.models import HoldKind
from clubcrm.tasks.api import Complaint, finish, open_complaint, set_aside
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tasks.surveys import Said as Score
from clubcrm.tasks.surveys import answer_survey
from clubcrm.tickets import queries, services, steering
from clubcrm.tickets.answering import answer
from clubcrm.tickets.jobs import watch_tickets
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.queries import Shown, Viewer, Wanted
from clubcrm.tickets.rules.cases import (
    LineKind,
    Priority,
    TicketOrigin,
    TicketRules,
    TicketState,
)
from clubcrm.tickets.services import Opening, open_ticket
from memberships.portal.queries import member_of
from memberships.portal.services import ask_club
from tests.cast import Cast
from tests.tickets.conftest import NOON, context, said, tickets

pytestmark = pytest.mark.usefixtures("noon")


def ask(cast: Cast, words: str = "Where is my towel?", **more: object) -> Ticket:
    """Mia asks at the desk; the ticket."""
    values = {
        "source": f"test:{words}",
        "club_id": cast.club,
        "origin": TicketOrigin.DESK,
        "words": words,
        "person_id": cast.members["Mia"],
    }
    return open_ticket(Opening(**{**values, **more}), by="user:4")  # type: ignore[arg-type]


def task_of(ticket: Ticket) -> Task:
    task = queries.task_of(ticket)
    assert task is not None
    return task


@pytest.mark.usefixtures("unit")
def test_answer_is_due_within_the_opening_hours_of_its_priority(cast: Cast) -> None:
    for day in range(7):
        hours = db.session.get_one(ClubHours, (cast.club, day))
        hours.opens, hours.closes = time(8), time(14)
    db.session.flush()

    normal, urgent = ask(cast), ask(cast, "The door is open", priority=Priority.URGENT)

    # Noon in Dhaka: two hours are left today, six make up tomorrow.
    assert normal.due_at == datetime(2026, 3, 21, 8, 0, tzinfo=UTC)
    assert urgent.due_at == NOON + timedelta(hours=1)
    assert [task_of(one).due_at for one in (normal, urgent)] == [normal.due_at, urgent.due_at]


@pytest.mark.usefixtures("unit")
def test_one_cause_opens_one_ticket_with_one_task(cast: Cast) -> None:
    first, second = ask(cast), ask(cast)

    assert first.id == second.id
    assert len(queries.lines_of(first.id)) == 1
    assert len(db.session.scalars(select(Task)).all()) == 1


@pytest.mark.usefixtures("unit")
def test_answer_ends_our_turn_and_stops_the_clock_of_the_first_answer(
    cast: Cast, noon: time_machine.Traveller
) -> None:
    ticket = ask(cast)
    noon.shift(timedelta(minutes=25))

    answer(ticket, "In the basket.", by=f"user:{cast.users['Frank']}")

    assert (ticket.state, ticket.first_answer_minutes) == (TicketState.WAITING, 25)
    assert ticket.first_answer_by == f"user:{cast.users['Frank']}"
    assert task_of(ticket).state is TaskState.DONE


@pytest.mark.usefixtures("unit")
def test_further_word_of_the_member_begins_a_new_turn_with_a_new_task_and_time(
    cast: Cast, noon: time_machine.Traveller
) -> None:
    ticket = ask(cast)
    answer(ticket, "In the basket.", by="user:4", and_solve=True)
    first_task = ticket.task_id
    noon.shift(timedelta(days=2))

    services.go_on(ticket, "It is not there", services.Said("again:1"), by="person:1")
    services.go_on(ticket, "It is not there", services.Said("again:1"), by="person:1")

    assert (ticket.state, ticket.turn, ticket.solved_at) == (TicketState.OPEN, 2, None)
    assert ticket.due_at == NOON + timedelta(days=2, hours=8)
    assert ticket.task_id != first_task
    asked = [one.words for one in queries.lines_of(ticket.id) if one.kind is LineKind.ASKED]
    assert asked == ["Where is my towel?", "It is not there"]


@pytest.mark.usefixtures("unit")
def test_nothing_can_be_said_on_a_closed_ticket(cast: Cast) -> None:
    ticket = ask(cast)
    services.close(ticket, "spam", by="user:4")

    with pytest.raises(DomainError, match="STATE"):
        answer(ticket, "Hello?", by="user:4")

    assert task_of(ticket).state is TaskState.NOT_NOW


@pytest.mark.usefixtures("unit")
def test_ticket_is_handed_only_to_somebody_of_its_club_and_takes_its_task_along(
    cast: Cast,
) -> None:
    ticket = ask(cast)

    steering.assign(ticket, cast.users["Sara"], by="user:2")
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        steering.assign(ticket, cast.users["Zoe"], by="user:2")

    assert (ticket.assigned_to, task_of(ticket).assigned_to) == (cast.users["Sara"],) * 2


@pytest.mark.usefixtures("unit")
def test_priority_moves_the_due_time_from_the_beginning_of_our_turn(
    cast: Cast, noon: time_machine.Traveller
) -> None:
    ticket = ask(cast)
    noon.shift(timedelta(hours=1))

    steering.set_priority(ticket, Priority.HIGH, by="user:2")

    assert ticket.due_at == ticket.first_due_at == NOON + timedelta(hours=4)
    assert task_of(ticket).due_at == ticket.due_at


def test_late_ticket_moves_up_to_the_manager_and_then_to_the_owner_once_each(
    app: Flask, cast: Cast, noon: time_machine.Traveller
) -> None:
    with app.app_context(), unit_of_work():
        ask(cast)
        ask(cast, "And my bag?", priority=Priority.LOW)
    seen = []
    for hours in (7, 2, 1, 7, 1):
        noon.shift(timedelta(hours=hours))
        with app.app_context():
            done = watch_tickets(context()).done
        late = tickets(app)[0]
        seen.append((done, late.level, late.role))

    assert seen == [
        (0, 0, "desk"),
        (1, 1, "manager"),
        (0, 1, "manager"),
        (1, 2, "owner"),
        (0, 2, "owner"),
    ]
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Task.role).order_by(Task.id)).all() == ["owner", "desk"]


def test_club_that_does_not_want_it_moves_nothing_up(
    app: Flask, cast: Cast, noon: time_machine.Traveller
) -> None:
    with app.app_context(), unit_of_work():
        ask(cast)
        steering.save_rules(cast.club, TicketRules(escalate=False), by="user:1")
    noon.shift(timedelta(days=5))

    with app.app_context():
        watch_tickets(context())

    assert [one.level for one in tickets(app)] == [0]


def test_solved_ticket_is_closed_after_a_quiet_week(
    app: Flask, cast: Cast, noon: time_machine.Traveller
) -> None:
    with app.app_context(), unit_of_work():
        services.solve(ask(cast), by="user:4")
    states = []
    for days in (6, 2):
        noon.shift(timedelta(days=days))
        with app.app_context():
            watch_tickets(context())
        states.append(tickets(app)[0].state)

    assert states == [TicketState.SOLVED, TicketState.CLOSED]


def test_complaint_is_a_private_ticket_on_the_managers_own_task_and_ends_its_hold(
    app: Flask, cast: Cast
) -> None:
    mia = cast.members["Mia"]
    with app.app_context(), unit_of_work():
        task = open_complaint(Complaint(mia, cast.club, "Rude at the bar", "desk:1"), by="user:4")
        task_id = task.id
    with app.app_context():
        dispatch_pending()
    (ticket,) = tickets(app)

    with app.app_context(), unit_of_work():
        answer(queries.locked(ticket.id), "We are sorry.", by="user:2", and_solve=True)
        held = holds_of([mia], clock.today("Asia/Dhaka"))

    assert (ticket.task_id, ticket.role, ticket.is_private) == (task_id, "manager", True)
    assert (ticket.priority, ticket.due_at) == (Priority.HIGH, NOON + timedelta(hours=24))
    assert HoldKind.COMPLAINT not in held.get(mia, ())


def test_unhappy_answer_is_a_ticket_on_the_call_that_was_promised(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        token = make_link(
            cast.members["Mia"], "survey", subject_id="J12", expires_at=None, by="system"
        )
        db.session.flush()
        link = open_link("survey", token)
        assert link is not None
        answer_survey(link, Score(3, "Too full after six"))
    with app.app_context():
        dispatch_pending()

    (ticket,) = tickets(app)
    assert (ticket.origin, ticket.priority) == (TicketOrigin.SURVEY, Priority.HIGH)
    assert said(app, ticket.id) == [(LineKind.ASKED, "3/10. Too full after six")]
    with app.app_context(), unit_of_work(write=False) as session:
        (task,) = session.scalars(select(Task)).all()
        assert (task.id, task.kind) == (ticket.task_id, "survey_low")


def test_same_question_on_the_own_page_asked_on_two_days_is_answered_twice(
    app: Flask, cast: Cast, noon: time_machine.Traveller
) -> None:
    for _day in range(2):
        with app.app_context(), unit_of_work():
            member = member_of(cast.members["Mia"])
            assert member is not None
            ask_club(member, "page", "Can I freeze in June?")
        with app.app_context():
            dispatch_pending()
        noon.shift(timedelta(days=1))

    assert [(one.origin, one.subject) for one in tickets(app)] == [
        (TicketOrigin.OWN_PAGE, "Can I freeze in June?")
    ] * 2


@pytest.mark.parametrize(
    ("done", "state"), [(True, TicketState.SOLVED), (False, TicketState.CLOSED)]
)
def test_task_closed_on_a_list_settles_its_ticket(
    app: Flask, cast: Cast, done: bool, state: TicketState
) -> None:
    with app.app_context(), unit_of_work():
        (finish if done else set_aside)(task_of(ask(cast)), "Rang her, all well", by="user:4")
    with app.app_context():
        dispatch_pending()

    (ticket,) = tickets(app)
    assert ticket.state is state
    assert "Rang her, all well" in [words for _kind, words in said(app, ticket.id)]


@pytest.mark.usefixtures("unit")
def test_private_ticket_is_seen_by_those_who_lead_and_by_whom_it_is_handed_to(cast: Cast) -> None:
    ticket = ask(cast)
    steering.keep_private(ticket, private=True, by="user:2")
    here, there = Scope((cast.club,)), Scope((cast.other_club,))
    frank, sara = cast.users["Frank"], cast.users["Sara"]

    def seen(viewer: Viewer) -> int:
        rows, _more = queries.queue(viewer, Wanted(Shown.OURS), clock.now())
        assert queries.counts(viewer, clock.now())[Shown.OURS] == len(rows)
        return len(rows)

    before = [seen(Viewer(here, sara, leads=False)), seen(Viewer(here, frank, leads=True))]
    steering.assign(ticket, sara, by="user:2")

    assert before == [0, 1]
    assert seen(Viewer(here, sara, leads=False)) == 1
    assert seen(Viewer(here, frank, leads=False)) == 0
    assert seen(Viewer(there, frank, leads=True)) == 0


@pytest.mark.usefixtures("unit")
def test_lines_are_never_changed(cast: Cast) -> None:
    ticket = ask(cast)
    line = queries.lines_of(ticket.id)[0]
    line.words = "Never said"

    with pytest.raises(Exception, match="never changed"):
        db.session.flush()
