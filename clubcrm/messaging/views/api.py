"""Views room: the outbox under /api/v1."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.policy import current_actor, require
from clubcrm.messaging import queries
from clubcrm.messaging.models import MessageState
from clubcrm.messaging.permissions import SEE_OUTBOX
from clubcrm.messaging.words import reason

api = ApiBlueprint("messages_api", __name__, url_prefix="/api/v1", description="Messages")


class MessageQuery(PageArgs):
    member = fields.String(load_default=None, validate=validate.Length(min=1, max=64))
    state = fields.Enum(MessageState, by_value=True, load_default=None)


class MessageShown(InputSchema):
    id = fields.String()
    member_id = fields.String()
    code = fields.String()
    channel = fields.String()
    purpose = fields.String()
    state = fields.String()
    why = fields.String()
    reason = fields.String(metadata={"description": "the same in plain words"})
    subject = fields.String()
    attempts = fields.Integer()
    created_at = fields.AwareDateTime(format="iso")
    next_at = fields.AwareDateTime(format="iso")
    sent_at = fields.AwareDateTime(format="iso", allow_none=True)


class MessageList(InputSchema):
    items = fields.List(fields.Nested(MessageShown))
    next = fields.String(allow_none=True)


@api.get("/messages")
@api.doc(summary="Messages of your clubs, newest first")
@require(SEE_OUTBOX)
@api.arguments(MessageQuery, location="query")
@api.response(200, MessageList)
def list_messages(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = queries.Wanted(
        asked["state"], asked["member"], page_key(asked["after"]), asked["limit"]
    )
    rows, more = queries.outbox(current_actor().scope, wanted)
    return {"items": [_shown(row) for row in rows], "next": str(more) if more else None}


def _shown(row: queries.OutboxRow) -> dict[str, Any]:
    message = row.message
    return {
        "id": message.public_id,
        "member_id": row.person_public_id,
        "code": message.code,
        "channel": message.channel.value,
        "purpose": message.purpose.value,
        "state": message.state.value,
        "why": message.why,
        "reason": reason(message.why),
        "subject": message.subject,
        "attempts": message.attempts,
        "created_at": message.created_at,
        "next_at": message.next_at,
        "sent_at": message.sent_at,
    }
