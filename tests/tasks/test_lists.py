"""Call lists: who does what, in which order, and no more than a day holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import current_app

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.tasks.api import TaskOrder, WorkForm, finish, open_task
from clubcrm.tasks.lists import Worker, WorkList, work_list
from clubcrm.tasks.models import Task
from memberships.schedule.duty import AbsenceKind, StaffAbsence
from memberships.trainers.clients import assign_client
from tests.cast import Cast, make_member
from tests.memberships.conftest import make_contract

pytestmark = pytest.mark.usefixtures("unit", "noon")
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def capacity(unit: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of this club makes three calls and one talk a day."""
    monkeypatch.setitem(current_app.extensions, "club_task_capacity", lambda _club: (3, 1))


def call(cast: Cast, number: int, **changed: object) -> Task:
    usual: dict[str, object] = {
        "source": f"call:{number}",
        "club_id": cast.club,
        "person_id": cast.members["Mia"],
        "kind": "journey",
        "title": f"Call {number}",
        "due_at": NOON,
        "form": WorkForm.CALL,
        "rank": float(number),
    }
    return open_task(TaskOrder(**(usual | changed)))  # type: ignore[arg-type]


def list_of(cast: Cast, name: str, role: str, form: WorkForm = WorkForm.CALL) -> WorkList:
    scope = Scope((cast.club,))
    worker = Worker(cast.users[name], role, scope, cast.club, "Asia/Dhaka")
    return work_list(worker, form, NOON)


def titles(rows: tuple[object, ...]) -> list[str]:
    return [row.task.title for row in rows]  # type: ignore[attr-defined]


def test_most_worthwhile_calls_come_first_and_the_rest_waits(cast: Cast) -> None:
    for number in (1, 5, 3, 2, 4):
        call(cast, number)

    found = list_of(cast, "Frank", "desk")

    assert titles(found.today) == ["Call 5", "Call 4", "Call 3"]
    assert titles(found.beyond) == ["Call 2", "Call 1"]
    assert (found.done, found.capacity) == (0, 3)


def test_calls_done_today_use_up_the_day(cast: Cast) -> None:
    tasks = [call(cast, number) for number in (1, 2, 3, 4)]
    finish(tasks[3], "spoke", by=f"user:{cast.users['Frank']}")

    frank, zoe = list_of(cast, "Frank", "desk"), list_of(cast, "Zoe", "desk")

    assert (titles(frank.today), titles(frank.beyond)) == (["Call 3", "Call 2"], ["Call 1"])
    assert titles(zoe.today) == ["Call 3", "Call 2", "Call 1"]


def test_talks_have_a_day_of_their_own(cast: Cast) -> None:
    call(cast, 1)
    call(cast, 2, form=WorkForm.TALK)
    call(cast, 3, form=WorkForm.TALK)

    found = list_of(cast, "Frank", "desk", WorkForm.TALK)

    assert (titles(found.today), titles(found.beyond)) == (["Call 3"], ["Call 2"])


def test_what_is_due_later_or_put_off_or_over_is_not_on_the_list(cast: Cast) -> None:
    call(cast, 1, due_at=NOON + timedelta(days=1))
    call(cast, 2, expires_at=NOON)
    call(cast, 3).snoozed_until = NOON + timedelta(hours=2)
    db.session.flush()
    call(cast, 4, due_at=NOON + timedelta(hours=3))

    assert titles(list_of(cast, "Frank", "desk").today) == ["Call 4"]


def test_trainers_talk_goes_to_the_members_own_trainer(cast: Cast) -> None:
    assign_client(cast.users["Tara"], cast.members["Mia"], by="user:2")
    stranger = make_member("Nila", "Das", club=cast.club)

    own = call(cast, 1, role="trainer", to_own=True)
    anyones = call(cast, 2, role="trainer", to_own=True, person_id=stranger.id)

    assert own.assigned_to == cast.users["Tara"]
    assert anyones.assigned_to is None
    assert titles(list_of(cast, "Tara", "trainer").today) == ["Call 2", "Call 1"]
    assert titles(list_of(cast, "Frank", "desk").today) == []
    assert titles(list_of(cast, "Max", "manager").today) == ["Call 2", "Call 1"]


def test_sellers_call_goes_to_who_signed_the_contract(cast: Cast) -> None:
    make_contract(cast, starts_on=NOON.date())

    task = call(cast, 1, role="sales", to_own=True)

    assert task.assigned_to == cast.users["Sara"]


@pytest.mark.parametrize("substitute", ["Max", None])
def test_while_the_trainer_is_away_somebody_else_does_it(
    cast: Cast, substitute: str | None
) -> None:
    tara, mia = cast.users["Tara"], cast.members["Mia"]
    assign_client(tara, mia, by="user:2")
    stands_in = cast.users[substitute] if substitute else None
    db.session.add(
        StaffAbsence(
            club_id=cast.club,
            user_id=tara,
            kind=AbsenceKind.VACATION,
            from_on=NOON.date(),
            until_on=NOON.date() + timedelta(days=7),
            reason="",
            substitute_id=stands_in,
            approved_at=NOON,
            requested_by="user:6",
        )
    )
    db.session.flush()

    assert call(cast, 1, role="trainer", to_own=True).assigned_to == stands_in
