"""Views room: what a member is unhappy about, under /api/v1."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from clubcrm.core.policy import current_actor, require
from clubcrm.core.types import new_public_id
from clubcrm.people.api import person_in
from clubcrm.tasks.complaints import Complaint, open_complaint
from clubcrm.tasks.permissions import SEE_TASKS
from clubcrm.tasks.views.api import api


class ComplaintBody(InputSchema):
    words = fields.String(required=True, validate=validate.Length(min=1, max=300))


class ComplaintShown(InputSchema):
    id = fields.String(metadata={"description": "the task of the manager"})
    state = fields.String()
    due_at = fields.AwareDateTime(format="iso")


@api.post("/members/<string:member_id>/complaints")
@api.doc(summary="Note a complaint: a manager answers, and until then nothing else is sent")
@require(SEE_TASKS)
@api.arguments(ComplaintBody)
@api.response(201, ComplaintShown)
def post_complaint(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, member_id)
    source = f"api:{new_public_id()}"
    task = open_complaint(Complaint(person.id, person.club_id, body["words"], source), by=actor.ref)
    return {"id": task.public_id, "state": task.state.value, "due_at": task.due_at}
