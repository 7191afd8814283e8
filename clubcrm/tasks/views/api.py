"""Views room: staff work under /api/v1."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.policy import current_actor, require
from clubcrm.tasks import queries
from clubcrm.tasks.models import TaskState
from clubcrm.tasks.permissions import SEE_TASKS

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


class TaskList(InputSchema):
    items = fields.List(fields.Nested(TaskShown))
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
    return {"items": [_shown(row) for row in rows], "next": str(more) if more else None}


def _shown(row: queries.TaskRow) -> dict[str, Any]:
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
    }
