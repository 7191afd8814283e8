"""Views room: touchpoints under /api/v1: planned, sent, taken back, and refused with the reason."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.policy import current_actor, require
from clubcrm.journeys import lists
from clubcrm.journeys.models import TouchState
from clubcrm.journeys.permissions import SEE_JOURNEY
from clubcrm.journeys.reasons import why_words

api = ApiBlueprint("journeys_api", __name__, url_prefix="/api/v1", description="Touchpoints")


class TouchQuery(PageArgs):
    member = fields.String(load_default=None, validate=validate.Length(min=1, max=64))
    state = fields.Enum(TouchState, by_value=True, load_default=None)


class TouchShown(InputSchema):
    id = fields.String()
    member_id = fields.String()
    cycle = fields.Integer()
    code = fields.String()
    occurrence = fields.Integer()
    performer = fields.String()
    arm = fields.String(metadata={"description": "T spoken to, H held out"})
    state = fields.String()
    why = fields.String()
    reason = fields.String(metadata={"description": "the same in plain words"})
    planned_on = fields.Date()
    valid_until = fields.Date()
    message_id = fields.String(allow_none=True)
    task_id = fields.String(allow_none=True)


class RefusalShown(InputSchema):
    member_id = fields.String()
    cycle = fields.Integer()
    code = fields.String()
    why = fields.String()
    reason = fields.String()
    first_on = fields.Date()
    last_on = fields.Date()


class TouchList(InputSchema):
    items = fields.List(fields.Nested(TouchShown))
    not_planned = fields.List(
        fields.Nested(RefusalShown),
        metadata={"description": "what was due and was refused; of one member only"},
    )
    next = fields.String(allow_none=True)


@api.get("/touchpoints")
@api.doc(summary="Touchpoints of your clubs, newest first; with `member` also what was refused")
@require(SEE_JOURNEY)
@api.arguments(TouchQuery, location="query")
@api.response(200, TouchList)
def list_touchpoints(asked: dict[str, Any]) -> dict[str, Any]:
    scope = current_actor().scope
    wanted = lists.Wanted(asked["state"], asked["member"], page_key(asked["after"]), asked["limit"])
    rows, more = lists.touchpoints_page(scope, wanted)
    refused = lists.refusals_of(scope, asked["member"]) if asked["member"] else []
    return {
        "items": [_shown(row) for row in rows],
        "not_planned": [_refused(row) for row in refused],
        "next": str(more) if more else None,
    }


def _shown(row: lists.TouchRow) -> dict[str, Any]:
    one = row.touchpoint
    return {
        "id": one.public_id,
        "member_id": row.member_id,
        "cycle": one.cycle_no,
        "code": one.code,
        "occurrence": one.occurrence,
        "performer": one.performer.value,
        "arm": one.arm,
        "state": one.state.value,
        "why": one.why,
        "reason": why_words(one.why),
        "planned_on": one.planned_on,
        "valid_until": one.valid_until,
        "message_id": row.message_id,
        "task_id": row.task_id,
    }


def _refused(row: lists.RefusalRow) -> dict[str, Any]:
    one = row.refusal
    return {
        "member_id": row.member_id,
        "cycle": one.cycle_no,
        "code": one.code,
        "why": one.why,
        "reason": why_words(one.why),
        "first_on": one.first_on,
        "last_on": one.last_on,
    }
