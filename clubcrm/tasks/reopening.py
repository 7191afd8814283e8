"""Services room: what was ticked off by mistake stands on the list again, for a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import move
from clubcrm.people.api import Flag, HoldOrder, hang_flags, place_hold
from clubcrm.people.models import HoldKind
from clubcrm.tasks.events import TaskReopened
from clubcrm.tasks.lists import works_of
from clubcrm.tasks.models import REOPENED_MOVES, Task, TaskState
from clubcrm.tasks.services import COMPLAINT, OPEN_TASK, task_source

# So long whoever closed it may say that it was a mistake; later others have relied on it.
REOPENED_WITHIN = timedelta(hours=1)


def reopen(task: Task, *, by: str) -> None:
    """The task stands on the lists again as before; its history keeps both steps.

    Raises STATE when somebody else closed it, when it is too late, or for a call, whose outcome has
    been followed already.
    """
    db.session.refresh(task, with_for_update=True)
    if task.state not in REOPENED_MOVES:
        raise DomainError("STATE", _("This is not closed."))
    if task.closed_by != by:
        raise DomainError("STATE", _("Only who closed it can take that back."))
    if not may_reopen([task], by, clock.now()):
        raise DomainError("STATE", _("It is too late to take this back. Plan a new task."))
    before = {"state": task.state.value, "outcome": task.outcome, "closed_at": task.closed_at}
    move(task, TaskState.OPEN, moves=REOPENED_MOVES, by=by)
    task.outcome, task.closed_by, task.closed_at = "", "", None
    db.session.flush()
    _warn_again(task, by)
    audit.note("task.reopened", "task", task.id, before=before, after={"state": "open"}, by=by)
    events.record(
        TaskReopened(
            club_id=task.club_id,
            happened_at=clock.now(),
            task_id=task.id,
            person_id=task.person_id,
        )
    )


def may_reopen(tasks: Sequence[Task], by: str, moment: datetime) -> set[int]:
    """Return the keys of those tasks that this person may put back on the lists now."""
    lately = [
        task
        for task in tasks
        if task.state in REOPENED_MOVES
        and task.closed_by == by
        and task.closed_at is not None
        and task.closed_at + REOPENED_WITHIN > moment
        and (task.expires_at is None or task.expires_at > moment)
    ]
    calls = works_of([task.id for task in lately]) if lately else {}
    # A complaint is a call, too, but nothing follows from its end except peace.
    return {task.id for task in lately if task.id not in calls or task.kind == COMPLAINT}


def _warn_again(task: Task, by: str) -> None:
    if task.person_id is None:
        return
    source = task_source(task.id)
    hang_flags([Flag(task.person_id, OPEN_TASK, source, task.title)])
    if task.kind == COMPLAINT:
        place_hold(HoldOrder(task.person_id, HoldKind.COMPLAINT, source), by=by)
