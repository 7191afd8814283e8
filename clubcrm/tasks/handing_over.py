"""Services room: an open task goes to another person, or to everybody of its role."""

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.tasks.models import Task, TaskState


def hand_task(task: Task, user_id: int | None, *, by: str) -> None:
    """The open task is the person's from now on; None gives it to everybody of its role."""
    if task.state is not TaskState.OPEN or task.assigned_to == user_id:
        return
    before = task.assigned_to
    task.assigned_to = user_id
    db.session.flush()
    change = {"before": {"assigned_to": before}, "after": {"assigned_to": user_id}}
    audit.note("task.handed_over", "task", task.id, **change, by=by)
