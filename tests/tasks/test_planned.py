"""Work that staff plan themselves: once, again and again, handed on, late, and in a calendar."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import ClosedDay
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from clubcrm.tasks.jobs import open_recurring_tasks
from clubcrm.tasks.models import Task
from clubcrm.tasks.planned import (
    RuleDraft,
    TaskDraft,
    add_rule,
    add_task,
    assign,
    end_rule,
    open_recurring,
    save_escalation,
)
from clubcrm.tasks.repeats import Repeat, Rhythm
from clubcrm.tasks.services import finish
from clubcrm.tasks.team import Column, board
from memberships.schedule.absences import LeaveOrder, ask_leave
from memberships.schedule.rules.duty import AbsenceKind

NOON = datetime(2026, 11, 23, 6, tzinfo=UTC)  # a Monday in Dhaka
MONDAY = date(2026, 11, 23)
DHAKA = "Asia/Dhaka"
MAX = "user:2"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def draft(cast, **changed: object) -> TaskDraft:
    values = {"title": "Order chalk", "due_at": NOON + 3 * HOUR, **changed}
    return TaskDraft(cast.club, **values)  # type: ignore[arg-type]


def towels(cast, **changed: object) -> RuleDraft:
    values = {
        "title": "Count the towels",
        "rhythm": Rhythm(Repeat.DAILY),
        "due": time(20),
        "from_on": MONDAY,
        **changed,
    }
    return RuleDraft(cast.club, **values)  # type: ignore[arg-type]


def ill(cast, name: str, substitute: str) -> None:
    order = LeaveOrder(
        cast.club,
        cast.users[name],
        AbsenceKind.SICK,
        MONDAY,
        MONDAY,
        substitute_id=cast.users[substitute],
    )
    ask_leave(order, by=MAX)


def column_of(cast, name: str | None) -> Column:
    user = cast.users[name] if name else None
    return next(
        one
        for one in board(cast.club, NOON, DHAKA)
        if (one.colleague.user_id if one.colleague else None) == user
    )


def code_of(act, *given: object, **more: object) -> str:
    with pytest.raises(DomainError) as refused:
        act(*given, **more)
    return refused.value.code


def due_days(cast) -> list[str]:
    found = db.session.scalars(select(Task.source).where(Task.kind == "again").order_by(Task.id))
    return [one.rpartition(":")[2] for one in found]


def test_planned_work_goes_to_whom_it_is_for_or_to_who_stands_in(unit, cast):
    ill(cast, "Tara", "Frank")

    own = add_task(draft(cast, assigned_to=cast.users["Max"]), by=MAX)
    for_tara = add_task(draft(cast, assigned_to=cast.users["Tara"], role="trainer"), by=MAX)
    anybody = add_task(draft(cast, role="desk"), by=MAX)

    assert [one.assigned_to for one in (own, for_tara, anybody)] == [
        cast.users["Max"],
        cast.users["Frank"],
        None,
    ]
    assert db.session.query(AuditLine).filter_by(action="task.added").count() == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"title": " "},
        {"role": "king"},
        {"assigned_to": 8},
        {"remind_at": NOON + 3 * HOUR},
        {"escalate_hours": 0},
    ],
    ids=["no title", "no such role", "a stranger", "reminder after it", "no hours"],
)
def test_wrong_plans_are_refused(unit, cast, changed):
    assert code_of(add_task, draft(cast, **changed), by=MAX) == "INVALID_INPUT"


def test_what_comes_again_stands_once_a_day_and_not_on_closed_days(unit, cast):
    rule = add_rule(towels(cast, until_on=MONDAY + timedelta(days=3)), by=MAX)
    db.session.add(ClosedDay(club_id=cast.club, day=MONDAY + timedelta(days=1)))

    opened = [open_recurring(cast.club, MONDAY + timedelta(days=n)) for n in (0, 0, 1, 2, 2, 3, 4)]

    assert opened == [0, 0, 0, 1, 0, 1, 0]
    assert due_days(cast) == ["2026-11-23", "2026-11-25", "2026-11-26"]
    end_rule(rule, by=MAX)
    assert code_of(end_rule, rule, by=MAX) == "STATE"
    first = db.session.scalars(select(Task).order_by(Task.id)).first()
    assert first is not None
    assert first.due_at == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_the_job_of_the_night_opens_it(app, cast):
    with app.app_context():
        with unit_of_work():
            add_rule(towels(cast, rhythm=Rhythm(Repeat.WEEKLY, frozenset({1}))), by=MAX)
        done = [
            open_recurring_tasks(JobContext("again", f"{day}", NOON, cast.club, day)).done
            for day in (MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=1))
        ]
        with unit_of_work(write=False):
            days = due_days(cast)

    assert (done, days) == ([0, 1, 0], ["2026-11-24"])


def test_a_rule_needs_its_days(unit, cast):
    weekly = towels(cast, rhythm=Rhythm(Repeat.WEEKLY))
    backwards = towels(cast, until_on=MONDAY - timedelta(days=1))

    assert code_of(add_rule, weekly, by=MAX) == "INVALID_INPUT"
    assert code_of(add_rule, backwards, by=MAX) == "INVALID_INPUT"


def test_the_board_shows_who_has_what_is_late_and_who_is_away(unit, cast):
    frank = cast.users["Frank"]
    late = add_task(draft(cast, due_at=NOON - 49 * HOUR, assigned_to=frank), by=MAX)
    add_task(draft(cast, due_at=NOON - 5 * HOUR, assigned_to=frank, escalate_hours=4), by=MAX)
    add_task(draft(cast, due_at=NOON - 5 * HOUR, assigned_to=frank), by=MAX)
    finish(add_task(draft(cast, assigned_to=frank), by=MAX), "", by=f"user:{frank}")
    add_task(draft(cast), by=MAX)
    ill(cast, "Sara", "Max")

    column, nobody, sara = (column_of(cast, name) for name in ("Frank", None, "Sara"))

    assert (len(column.tasks), column.due, column.late, column.done_today) == (3, 3, 2, 1)
    assert column.tasks[0].task.id == late.id
    assert (len(nobody.tasks), nobody.late) == (1, 0)
    assert (sara.away_until, sara.stand_in) == (MONDAY, "Max")
    save_escalation(cast.club, 72, by=MAX)
    assert column_of(cast, "Frank").late == 1
    assert code_of(save_escalation, cast.club, 721, by=MAX) == "INVALID_INPUT"


def test_work_is_handed_on_until_it_is_closed(unit, cast):
    task = add_task(draft(cast, assigned_to=cast.users["Frank"]), by=MAX)

    assign(task, cast.users["Sara"], by=MAX)
    given = task.assigned_to
    assign(task, None, by=MAX)

    assert (given, task.assigned_to) == (cast.users["Sara"], None)
    assert code_of(assign, task, cast.users["Zoe"], by=MAX) == "INVALID_INPUT"
    finish(task, "", by=MAX)
    assert code_of(assign, task, cast.users["Sara"], by=MAX) == "STATE"


def test_pages_plan_hand_on_and_repeat(app, cast, client_of):
    frank, max_ = client_of("Frank"), client_of("Max")
    mia = cast.public["Mia"]
    typed = {"title": "Call Mia about her locker", "due_on": "2026-11-23", "due_at": "17:00"}

    wrong = frank.post("/tasks/new", data=typed | {"doer": "nobody", "member": mia})
    made = frank.post("/tasks/new", data=typed | {"doer": "role:desk", "member": mia})
    day = frank.get("/tasks").text
    team = max_.get("/tasks/team").text
    action = re.search(r'action="(/tasks/\w+/assign)"', team)
    sara = re.search(r'value="(\w+)"[^>]*>Sara<', team)
    max_.post(action.group(1), data={"person": sara.group(1)})
    again = max_.post(
        "/tasks/again",
        data={"title": "Meters", "doer": "role:desk", "repeat": "weekly", "due_at": "09:00"},
    )
    fine = max_.post(
        "/tasks/again",
        data={"title": "Meters", "doer": "role:desk", "repeat": "monthly", "month_day": "31",
              "due_at": "09:00"},
        follow_redirects=True,
    )  # fmt: skip

    assert (wrong.status_code, made.status_code) == (400, 303)
    assert 'value="Call Mia about her locker"' in wrong.text
    assert "Call Mia about her locker" in day
    assert (again.status_code, fine.status_code) == (400, 200)
    assert "30 Nov 2026" in fine.text
    assert frank.get("/tasks/team").status_code == 403
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Task.assigned_to)).one() == cast.users["Sara"]


def test_a_reminder_moves_work_up_and_late_work_is_red_for_the_manager(app, cast, client_of, noon):
    with app.app_context(), unit_of_work():
        add_task(
            draft(cast, due_at=NOON + 48 * HOUR, remind_at=NOON + HOUR, role="manager"), by=MAX
        )
    max_ = client_of("Max")
    before = max_.get("/tasks").text
    noon.shift(2 * HOUR)
    reminded = max_.get("/tasks").text
    noon.shift(100 * HOUR)
    late = client_of("Max").get("/tasks").text

    now = '<h2 id="now">Now <span class="faint num">1</span></h2>'
    assert 'id="now"' not in before
    assert now in reminded
    assert "reminder" in reminded
    assert "1 task is late" in late


def test_ones_tasks_stand_in_the_calendar_of_the_phone(app, cast, client_of):
    with app.app_context(), unit_of_work():
        frank = cast.users["Frank"]
        add_task(draft(cast, assigned_to=frank, remind_at=NOON + 2 * HOUR), by=MAX)
        add_task(draft(cast, assigned_to=cast.users["Sara"], title="Not mine"), by=MAX)
    page = client_of("Frank").post("/tasks/calendar").text
    address = re.search(r"/calendar/tasks/[\w-]+\.ics", page).group()
    anybody = app.test_client()

    answer = anybody.get(address)
    again = client_of("Frank").post("/tasks/calendar").text

    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    (alarm,) = event.walk("VALARM")
    assert answer.mimetype == "text/calendar"
    assert str(event["summary"]) == "Order chalk"
    assert event.decoded("dtstart").isoformat() == "2026-11-23T15:00:00+06:00"
    assert alarm.decoded("trigger") == -HOUR
    assert address not in again
    assert anybody.get(address).status_code == 404


def test_a_program_plans_answers_and_hands_on(app, cast, client_of):
    max_ = client_of("Max")
    with app.app_context(), unit_of_work(write=False) as session:
        sara = session.get_one(User, cast.users["Sara"]).public_id
    body = {"title": "Ring the lift", "due_at": "2026-11-23T12:00:00+06:00"}

    made = max_.post("/api/v1/tasks", json=body | {"member_id": cast.public["Mia"]}).get_json()
    given = max_.post(f"/api/v1/tasks/{made['id']}/assign", json={"user_id": sara}).get_json()
    done = max_.post(f"/api/v1/tasks/{made['id']}/answer", json={"outcome": "done"}).get_json()
    rule = max_.post(
        "/api/v1/task-rules", json={"title": "Meters", "repeat": "daily", "due": "09:00:00"}
    ).get_json()
    listed = max_.get("/api/v1/task-rules").get_json()["items"]
    ended = max_.post(f"/api/v1/task-rules/{rule['id']}/end").get_json()

    assert (made["state"], given["user_id"], done["state"]) == ("open", sara, "done")
    assert [one["id"] for one in listed] == [rule["id"]]
    assert ended["ended_at"] is not None
    assert max_.get("/api/v1/task-rules").get_json()["items"] == []
    wrong = max_.post("/api/v1/tasks", json=body | {"user_id": "nobody"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (400, "INVALID_INPUT")
