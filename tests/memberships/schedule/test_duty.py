"""Shifts are planned by week, leave is agreed to by another person, tasks go to the substitute."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.tasks.queries import my_day
from clubcrm.tasks.services import TaskOrder, open_task
from memberships.approvals.services import decide
from memberships.schedule.absences import (
    LeaveOrder,
    ask_leave,
    name_substitute,
    take_back_leave,
)
from memberships.schedule.duty import StaffAbsence, StaffShift
from memberships.schedule.rota import shifts_of_week, stands_in_for, substitute_for
from memberships.schedule.rules.duty import AbsenceKind
from memberships.schedule.shifts import Copied, ShiftOrder, call_off_shift, copy_week, plan_shift

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
MAX = "user:2"


@pytest.fixture
def monday():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def tara(cast, unit, monday) -> int:
    return cast.users["Tara"]


def shift(cast, user: int, day: date = MONDAY, opens: int = 9, closes: int = 17) -> StaffShift:
    order = ShiftOrder(cast.club, user, day, time(opens), time(closes))
    return plan_shift(order, by=MAX)


def leave(cast, user: int, **changed: object) -> StaffAbsence:
    """Somebody asks for Tuesday and Wednesday."""
    values = {
        "kind": AbsenceKind.VACATION,
        "from_on": TUESDAY,
        "until_on": date(2026, 11, 25),
        "reason": "A wedding",
        **changed,
    }
    return ask_leave(LeaveOrder(cast.club, user, **values), by=f"user:{user}")  # type: ignore[arg-type]


def agree(absence: StaffAbsence, by: str = MAX) -> None:
    assert absence.approval_id is not None
    decide(absence.approval_id, True, "Enjoy", by=by)


def test_a_shift_is_kept_in_wall_time_of_the_club(cast, tara):
    planned = shift(cast, tara)

    assert planned.starts_at == datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert planned.ends_at - planned.starts_at == timedelta(hours=8)


def test_nobody_works_twice_at_once_in_whatever_club(cast, tara):
    olga = cast.users["Olga"]
    shift(cast, olga, opens=9, closes=17)

    berlin = ShiftOrder(cast.other_club, olga, MONDAY, time(10), time(12))
    with pytest.raises(DomainError, match="SHIFT_OVERLAPS"):
        plan_shift(berlin, by=MAX)

    shift(cast, olga, opens=17, closes=20)


@pytest.mark.parametrize(("person", "hours"), [("Zoe", (9, 17)), ("Tara", (6, 23))])
def test_strangers_and_endless_shifts_are_refused(cast, tara, person, hours):
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        shift(cast, cast.users[person], opens=hours[0], closes=hours[1])


def test_a_week_is_copied_but_for_who_is_away(cast, tara):
    for user, day in ((tara, MONDAY), (tara, TUESDAY), (cast.users["Frank"], MONDAY)):
        shift(cast, user, day)
    sick = LeaveOrder(
        cast.club, tara, AbsenceKind.SICK, MONDAY + timedelta(7), MONDAY + timedelta(7)
    )
    ask_leave(sick, by=MAX)

    assert copy_week(cast.club, MONDAY, by=MAX) == Copied(planned=2, left_out=1)
    assert copy_week(cast.club, MONDAY, by=MAX) == Copied(planned=0, left_out=3)

    assert len(shifts_of_week(cast.club, MONDAY + timedelta(7))) == 2


def test_a_shift_called_off_leaves_the_week_once(cast, tara):
    planned = shift(cast, tara)

    call_off_shift(planned, by=MAX)

    assert shifts_of_week(cast.club, MONDAY) == []
    with pytest.raises(DomainError, match="STATE"):
        call_off_shift(planned, by=MAX)
    shift(cast, tara)


def test_leave_counts_when_another_person_agrees(cast, tara):
    absence = leave(cast, tara, substitute_id=cast.users["Frank"])
    assert substitute_for(tara, TUESDAY) is None

    with pytest.raises(DomainError, match="OWN_REQUEST"):
        agree(absence, by=f"user:{tara}")
    agree(absence)

    assert substitute_for(tara, TUESDAY) == cast.users["Frank"]
    assert substitute_for(tara, MONDAY) is None
    with pytest.raises(DomainError, match="ABSENT"):
        shift(cast, tara, TUESDAY)


def test_sick_days_count_at_once_and_need_no_reason(cast, tara):
    leave(cast, tara, kind=AbsenceKind.SICK, reason="", substitute_id=cast.users["Max"])

    assert substitute_for(tara, TUESDAY) == cast.users["Max"]


def test_refused_leave_may_be_asked_again_and_open_leave_not(cast, tara):
    first = leave(cast, tara)
    with pytest.raises(DomainError, match="ALREADY_AWAY"):
        leave(cast, tara)
    assert first.approval_id is not None
    decide(first.approval_id, False, "Too many are away", by=MAX)

    assert leave(cast, tara).approved_at is None


@pytest.mark.parametrize(
    "wrong",
    [{"reason": " "}, {"until_on": MONDAY}, {"substitute_id": -1}],
)
def test_wrong_requests_are_refused(cast, tara, wrong):
    if wrong.get("substitute_id"):
        wrong = {"substitute_id": tara}

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        leave(cast, tara, **wrong)


def test_who_comes_back_early_has_his_work_back(cast, tara):
    frank = cast.users["Frank"]
    absence = leave(cast, tara, substitute_id=frank)
    agree(absence)
    assert (stands_in_for(frank, TUESDAY), stands_in_for(tara, TUESDAY)) == ((frank, tara), ())

    take_back_leave(absence, by=MAX)

    assert (stands_in_for(frank, TUESDAY), stands_in_for(tara, TUESDAY)) == ((frank,), (tara,))


def test_tasks_of_somebody_absent_move_to_the_substitute(cast, tara):
    """A7.5: Tara is away; her open task and a new one stand on Frank's list, and come back."""
    frank, scope = cast.users["Frank"], Scope((cast.club,))
    order = TaskOrder("t1", cast.club, "call", "Call Mia", AT, role="trainer", assigned_to=tara)
    old = open_task(order)
    absence = leave(cast, tara)
    agree(absence)
    name_substitute(absence, frank, by=MAX)
    tuesday = AT + timedelta(days=1)
    new = open_task(
        TaskOrder("t2", cast.club, "call", "Call Zia", tuesday, role="sales", assigned_to=tara)
    )

    def mine(user: int, moment: datetime) -> set[int]:
        return {row.task.id for row in my_day(scope, "none", user, moment)}

    assert new.assigned_to == frank
    assert mine(frank, tuesday) == {old.id, new.id}
    assert mine(tara, tuesday) == set()
    assert mine(tara, AT + timedelta(days=4)) == {old.id}


def test_the_week_and_the_leave_page_work_for_staff(client_of, cast):
    max_, tara = client_of("Max"), client_of("Tara")
    page = max_.get("/schedule/shifts").text
    (trainer,) = re.findall(r'<option value="([a-z0-9]{14})"[^>]*>Tara<', page)

    planned = max_.post(
        "/schedule/shifts",
        data={"person": trainer, "day": "2026-11-24", "opens": "09:00", "closes": "17:00"},
    )
    denied = tara.post("/schedule/shifts", data={})
    asked = tara.post(
        "/schedule/absences",
        data={"kind": "vacation", "from_on": "2027-01-04", "until_on": "2027-01-08", "reason": "x"},
    )

    assert (planned.status_code, denied.status_code, asked.status_code) == (303, 403, 303)
    assert "09:00–17:00" in tara.get("/schedule/shifts?week=2026-11-24").text
    wrong = max_.post("/schedule/shifts", data={"person": trainer, "day": "x"})
    assert wrong.status_code == 400


def test_rows_of_leave_hold_their_people(cast, tara):
    leave(cast, tara)

    assert db.session.query(StaffAbsence).one().requested_by == f"user:{tara}"
