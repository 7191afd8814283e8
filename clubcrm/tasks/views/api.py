"""Views room: staff work under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.errors import not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.tasks import lists, queries, words
from clubcrm.tasks.attempts import Attempt, log_attempt
from clubcrm.tasks.models import TaskState, TaskWork
from clubcrm.tasks.outcomes import AttemptOutcome
from clubcrm.tasks.permissions import SEE_TASKS
from memberships.api import LeaveReason

api = ApiBlueprint("tasks_api", __name__, url_prefix="/api/v1", description="Tasks")


class TaskQuery(PageArgs):
    member = fields.String(load_default=None, validate=validate.Length(min=1, max=64))
    state = fields.Enum(TaskState, by_value=True, load_default=None)


class TaskShown(InputSchema):
    id = fields.String()
    member_id = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    sentence = fields.String()
    role = fields.String()
    state = fields.String()
    outcome = fields.String()
    due_at = fields.AwareDateTime(format="iso")
    expires_at = fields.AwareDateTime(format="iso", allow_none=True)
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)


class WorkShown(TaskShown):
    form = fields.String(allow_none=True, metadata={"description": "call or talk"})
    code = fields.String(metadata={"description": "the touchpoint it belongs to"})
    why = fields.String()


class OutcomeTold(InputSchema):
    outcome = fields.Enum(AttemptOutcome, by_value=True, required=True)
    note = fields.String(load_default="", validate=validate.Length(max=300))
    reason = fields.Enum(LeaveReason, by_value=True, load_default=None, allow_none=True)
    until = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)


class OutcomeKept(InputSchema):
    id = fields.String()
    state = fields.String()
    next = fields.String(metadata={"description": "what is to be done now: list, freeze, renew"})


class TaskList(InputSchema):
    items = fields.List(fields.Nested(WorkShown))
    next = fields.String(allow_none=True)


@api.get("/tasks")
@api.doc(summary="Tasks of your clubs, newest first")
@require(SEE_TASKS)
@api.arguments(TaskQuery, location="query")
@api.response(200, TaskList)
def list_tasks(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = queries.Wanted(
        asked["state"], asked["member"], page_key(asked["after"]), asked["limit"]
    )
    rows, more = queries.tasks_page(current_actor().scope, wanted)
    works = lists.works_of([row.task.id for row in rows])
    items = [_shown(row, works.get(row.task.id)) for row in rows]
    return {"items": items, "next": str(more) if more else None}


@api.post("/tasks/<string:task_id>/outcome")
@api.doc(summary="Say what a call or talk came to; what follows from it is done")
@require(SEE_TASKS)
@api.arguments(OutcomeTold)
@api.response(200, OutcomeKept)
def tell_outcome(body: dict[str, Any], task_id: str) -> dict[str, Any]:
    actor = current_actor()
    task = queries.task_for(actor.scope, task_id)
    if task is None:
        raise not_found(_("There is no such task in your clubs."))
    said = Attempt(body["outcome"], body["note"], body["reason"], body["until"])
    then = log_attempt(task, said, by=actor.ref)
    return {"id": task.public_id, "state": task.state.value, "next": then.value}


def _shown(row: queries.TaskRow, work: TaskWork | None) -> dict[str, Any]:
    task = row.task
    return {
        "id": task.public_id,
        "member_id": row.person_public_id or None,
        "kind": task.kind,
        "title": task.title,
        "sentence": task.sentence,
        "role": task.role,
        "state": task.state.value,
        "outcome": task.outcome,
        "due_at": task.due_at,
        "expires_at": task.expires_at,
        "closed_at": task.closed_at,
        "form": work.form.value if work else None,
        "code": work.code if work else "",
        "why": words.why_words(work.facts) if work else "",
    }
