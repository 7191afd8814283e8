"""Views room: calls under /api/v1: the log, and ringing a member from one's own telephone."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema, page_key
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.policy import Actor, current_actor, require
from clubcrm.people.api import person_in
from clubcrm.tickets import call_queries as queries
from clubcrm.tickets import calls
from clubcrm.tickets.permissions import SEE_CALLS

calls_api = ApiBlueprint("calls_api", __name__, url_prefix="/api/v1", description="Calls")


class CallQuery(InputSchema):
    missed = fields.Boolean(load_default=False)
    after = fields.String(load_default=None, validate=validate.Length(max=20))


class CallShown(InputSchema):
    id = fields.String()
    direction = fields.String()
    number = fields.String()
    member_id = fields.String(allow_none=True)
    worker = fields.String()
    extension = fields.String()
    state = fields.String()
    disposition = fields.String()
    started_at = fields.AwareDateTime(format="iso")
    answered_at = fields.AwareDateTime(format="iso", allow_none=True)
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)


class CallList(InputSchema):
    items = fields.List(fields.Nested(CallShown))
    next = fields.String(allow_none=True)


class DialWish(InputSchema):
    member_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    extension = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=20),
        metadata={"description": "the telephone that rings first; a token has to name one"},
    )


class DialKept(InputSchema):
    member_id = fields.String()
    extension = fields.String()
    number = fields.String()
    asked_at = fields.AwareDateTime(format="iso")


@calls_api.get("/calls")
@calls_api.doc(summary="Calls of your clubs, the newest first")
@require(SEE_CALLS)
@calls_api.arguments(CallQuery, location="query")
@calls_api.response(200, CallList)
def list_calls(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = queries.Wanted(missed=asked["missed"], before=page_key(asked["after"]))
    rows, more = queries.log(current_actor().scope, wanted)
    return {"items": [_shown(row) for row in rows], "next": str(more) if more else None}


@calls_api.post("/calls")
@calls_api.doc(
    summary="Let your own telephone ring, and then the member's",
    description=(
        "Somebody signed in rings from his own telephone; a token names one of its clubs by "
        "extension. 409 NO_EXTENSION when there is none, 404 when the member has no number that "
        "works. The same Idempotency-Key dials once."
    ),
)
@require(SEE_CALLS)
@calls_api.arguments(DialWish)
@calls_api.response(202, DialKept)
def post_call(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, body["member_id"])
    if person is None:
        raise not_found(_("There is no such person in your clubs."))
    place = _telephone(actor, body["extension"])
    row = calls.dial(person.id, place, by=actor.ref)
    return {
        "member_id": person.public_id,
        "extension": row.extension,
        "number": row.number,
        "asked_at": row.asked_at,
    }


def _telephone(actor: Actor, wish: str | None) -> calls.Telephone | None:
    """Return whose telephone rings first: one's own, or for a program one of its clubs."""
    if actor.kind == "user":
        mine = queries.extensions_of(actor.id)
    else:
        mine = [one for one in queries.extensions() if actor.scope.covers(one[0])] if wish else []
    fitting = [one for one in mine if wish in (None, one[1])]
    if wish is not None and len(fitting) != 1:
        raise invalid({"extension": _("There is no such telephone for you.")})
    return fitting[0] if fitting else None


def _shown(row: queries.CallRow) -> dict[str, Any]:
    call = row.call
    return {
        "id": call.public_id,
        "direction": call.direction.value,
        "number": call.number,
        "member_id": row.person_public_id or None,
        "worker": row.worker,
        "extension": call.extension,
        "state": call.state.value,
        "disposition": call.disposition.value,
        "started_at": call.started_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
    }
