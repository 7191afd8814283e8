"""A call is made: what it came to leads to the right next act."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.people.api import holds_of, reach_of
from clubcrm.people.models import Channel, ContactPoint, HoldKind, Purpose, ReachState
from clubcrm.tasks.api import (
    Attempt,
    AttemptOutcome,
    Complaint,
    TaskOrder,
    WorkForm,
    finish,
    log_attempt,
    open_complaint,
    open_task,
)
from clubcrm.tasks.attempts import take
from clubcrm.tasks.models import Task, TaskAttempt, TaskState
from clubcrm.tasks.outcomes import CONSEQUENCES, Ending, NextAct
from memberships.api import LeaveReason, reasons_by_contract
from tests.cast import Cast
from tests.memberships.conftest import make_contract

pytestmark = pytest.mark.usefixtures("unit", "noon")
# A Friday, noon in Dhaka.
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
FRANK = "user:4"


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def call(cast: Cast, **changed: object) -> Task:
    usual: dict[str, object] = {
        "source": "touch:1:1:J13b:1",
        "club_id": cast.club,
        "person_id": cast.members["Mia"],
        "kind": "journey",
        "title": "Call about the next term",
        "due_at": NOON,
        "form": WorkForm.CALL,
        "code": "J13b",
        "rank": 2.5,
    }
    return open_task(TaskOrder(**(usual | changed)))  # type: ignore[arg-type]


def log(task: Task, outcome: AttemptOutcome, **more: object) -> NextAct:
    return log_attempt(task, Attempt(outcome, **more), by=FRANK)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        (AttemptOutcome.REACHED, NextAct.LIST),
        (AttemptOutcome.WILL_RENEW, NextAct.RENEW),
        (AttemptOutcome.WANTS_FREEZE, NextAct.FREEZE),
    ],
)
def test_talk_that_took_place_counts_as_a_contact(
    cast: Cast, outcome: AttemptOutcome, then: NextAct
) -> None:
    task = call(cast)

    assert log(task, outcome, note="comes on Monday") is then

    assert (task.state, task.closed_by) == (TaskState.DONE, FRANK)
    (fact,) = db.session.scalars(select(Event).where(Event.kind == "TaskClosed")).all()
    assert (fact.payload["task_id"], fact.payload["outcome"]) == (task.id, "done")
    (kept,) = db.session.scalars(select(TaskAttempt)).all()
    assert (kept.outcome, kept.note, kept.by) == (outcome, "comes on Monday", FRANK)


def test_unanswered_call_comes_back_on_the_next_calling_day(cast: Cast) -> None:
    """Saturday is a calling day; a try on Saturday comes back on Monday, not on Sunday."""
    task = call(cast)
    log(task, AttemptOutcome.NO_ANSWER)
    assert task.snoozed_until == datetime(2026, 3, 21, 4, 0, tzinfo=UTC)

    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        log(task, AttemptOutcome.NO_ANSWER)
    assert task.snoozed_until == datetime(2026, 3, 23, 4, 0, tzinfo=UTC)
    assert task.state is TaskState.OPEN


def test_third_unanswered_call_waits_for_its_end_so_that_a_message_can_follow(cast: Cast) -> None:
    ends = NOON + timedelta(days=9)
    task = call(cast, expires_at=ends)
    for _ in range(3):
        log(task, AttemptOutcome.NO_ANSWER)

    assert (task.state, task.snoozed_until) == (TaskState.OPEN, ends)


def test_third_unanswered_call_without_an_end_is_set_aside(cast: Cast) -> None:
    task = call(cast)
    for _ in range(3):
        log(task, AttemptOutcome.NO_ANSWER)

    assert task.state is TaskState.NOT_NOW


def test_call_back_stands_at_the_hour_that_was_agreed(cast: Cast) -> None:
    task, agreed = call(cast), NOON + timedelta(hours=5)

    log(task, AttemptOutcome.CALL_BACK, until=agreed)
    assert task.snoozed_until == agreed

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        log(task, AttemptOutcome.CALL_BACK, until=NOON)


def test_reason_not_to_go_on_is_kept_with_the_contract(cast: Cast) -> None:
    contract = make_contract(cast, starts_on=date(2025, 4, 1))
    task = call(cast)

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        log(task, AttemptOutcome.NOT_RENEWING)
    log(task, AttemptOutcome.NOT_RENEWING, reason=LeaveReason.MOVED_AWAY)

    assert reasons_by_contract([contract.id]) == {contract.id: LeaveReason.MOVED_AWAY}
    assert task.state is TaskState.DONE


def test_complaint_goes_to_the_manager_and_stops_every_journey_until_it_is_answered(
    cast: Cast,
) -> None:
    mia, today = cast.members["Mia"], date(2026, 3, 20)
    log(call(cast), AttemptOutcome.COMPLAINT, note="The sauna is cold")

    task = db.session.scalars(select(Task).where(Task.kind == "complaint")).one()
    assert (task.role, task.sentence) == ("manager", "The sauna is cold")
    assert task.due_at == NOON + timedelta(hours=24)
    assert holds_of([mia], today) == {mia: {HoldKind.COMPLAINT}}

    finish(task, "Heater repaired, told her", by="user:2")
    assert holds_of([mia], today) == {}


def test_complaint_that_is_told_twice_opens_one_task(cast: Cast) -> None:
    said = Complaint(cast.members["Mia"], cast.club, "The sauna is cold", "desk:1")

    assert open_complaint(said, by=FRANK).id == open_complaint(said, by=FRANK).id
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        open_complaint(Complaint(said.person_id, cast.club, " ", "desk:2"), by=FRANK)


def test_injured_member_is_left_in_peace_and_offered_a_freeze(cast: Cast) -> None:
    mia = cast.members["Mia"]

    assert log(call(cast), AttemptOutcome.INJURY, note="Knee") is NextAct.FREEZE

    assert holds_of([mia], date(2026, 3, 20)) == {mia: {HoldKind.INJURY}}


def test_wrong_number_is_not_called_again(cast: Cast) -> None:
    task = call(cast)

    assert log(task, AttemptOutcome.WRONG_NUMBER) is NextAct.CONTACTS

    point = db.session.scalars(
        select(ContactPoint).where(ContactPoint.person_id == cast.members["Mia"])
    ).one()
    assert (task.state, point.state) == (TaskState.NOT_NOW, ReachState.BOUNCED)


def test_who_wants_no_calls_has_said_so_at_once(cast: Cast) -> None:
    log(call(cast), AttemptOutcome.STOP_CALLING)

    reach = reach_of(cast.members["Mia"], Purpose.MARKETING)
    assert reach is not None
    assert [one.consented for one in reach.reaches if one.channel is Channel.PHONE] == [False]


def test_closed_call_takes_no_second_outcome(cast: Cast) -> None:
    task = call(cast)
    log(task, AttemptOutcome.REACHED)

    with pytest.raises(DomainError, match="STATE"):
        log(task, AttemptOutcome.NO_ANSWER)


def test_one_of_two_callers_learns_who_is_at_it(cast: Cast, noon: time_machine.Traveller) -> None:
    task = call(cast)
    frank, sara = cast.users["Frank"], cast.users["Sara"]

    assert take(task, frank) is None
    assert take(task, sara) == frank
    assert take(task, frank) is None

    noon.shift(timedelta(minutes=16))
    assert take(task, sara) is None


def test_every_outcome_has_its_consequence() -> None:
    assert set(CONSEQUENCES) == set(AttemptOutcome)
    waiting = {one for one, what in CONSEQUENCES.items() if what.ending is Ending.WAITS}
    assert waiting == {AttemptOutcome.NO_ANSWER, AttemptOutcome.CALL_BACK}
