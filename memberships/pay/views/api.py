"""Views room: whose a session or sale was, in percent, under /api/v1."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.web import current_actor, require
from memberships.pay.queries import people_paid
from memberships.pay.rules import WorkKind
from memberships.pay.sharing import divide
from memberships.pay.works import WorkShown, source_id_of, work_for
from memberships.permissions import EDIT_PAY

shares_api = ApiBlueprint(
    "shares_api", __name__, url_prefix="/api/v1", description="Whose sessions and sales were"
)
# What the address calls a piece of work.
KINDS: Mapping[str, WorkKind] = {
    "sessions": WorkKind.SESSION,
    "packages": WorkKind.SALE,
    "contracts": WorkKind.CONTRACT,
}
_ADDRESS = "/<string:kind>/<string:public_id>/shares"


class WorkPart(InputSchema):
    user_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    percent = fields.Decimal(
        required=True,
        as_string=True,
        validate=validate.Range(min=0, max=100, min_inclusive=False),
        metadata={"description": "two decimals at most; the parts sum to 100"},
    )


class WorkPartsBody(InputSchema):
    shares = fields.List(
        fields.Nested(WorkPart), required=True, validate=validate.Length(min=1, max=20)
    )


class WorkPartsShown(InputSchema):
    shares = fields.List(fields.Nested(WorkPart))
    is_paid = fields.Boolean(metadata={"description": "a closed month has paid for it"})


@shares_api.get(_ADDRESS)
@shares_api.doc(summary="Who a session, a sold package or a contract counts for")
@require(EDIT_PAY)
@shares_api.response(200, WorkPartsShown)
def get_shares(kind: str, public_id: str) -> dict[str, Any]:
    return _shown(_work(kind, public_id))


@shares_api.post(_ADDRESS)
@shares_api.doc(summary="Divide it among people of its club; 409 ALREADY_PAID in a closed month")
@require(EDIT_PAY)
@shares_api.arguments(WorkPartsBody)
@shares_api.response(200, WorkPartsShown)
def post_shares(body: dict[str, Any], kind: str, public_id: str) -> dict[str, Any]:
    work = _work(kind, public_id)
    users = {public: user for user, public, _name in people_paid(work.club_id)}
    parts: dict[int, int] = {}
    for one in body["shares"]:
        user = users.get(one["user_id"])
        if user is None or user in parts:
            raise invalid({"shares": _("Name people who work in this club, each once.")})
        share = one["percent"] * 100
        if share != int(share):
            raise invalid({"shares": _("A part has two decimals at most.")})
        parts[user] = int(share)
    divide(work, parts, by=current_actor().ref)
    return _shown(_work(kind, public_id))


def _work(kind: str, public_id: str) -> WorkShown:
    sort = KINDS.get(kind)
    source_id = source_id_of(sort, public_id) if sort else None
    found = work_for(current_actor().scope, sort, source_id) if sort and source_id else None
    if found is None:
        raise not_found(_("There is no such session or sale."))
    return found


def _shown(work: WorkShown) -> dict[str, Any]:
    public = {user: public_id for user, public_id, _name in people_paid(work.club_id)}
    return {
        "shares": [
            {"user_id": public.get(user, ""), "percent": f"{share / 100:.2f}"}
            for user, share in work.shares
        ],
        "is_paid": work.is_paid,
    }
