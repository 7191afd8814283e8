"""Views room: tills and shifts under /api/v1."""

import json
from typing import Any

from flask_babel import gettext as _

from clubcrm.core.api import ApiBlueprint, PageArgs, page_key
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.web import current_actor, require
from memberships.counter.drawer import close_shift, put_cash
from memberships.counter.views import schemas
from memberships.permissions import USE_TILL
from memberships.tills.models import Shift, ShiftReport, Till
from memberships.tills.queries import moved_in, shift_for, shifts_page, till_for, tills_of
from memberships.tills.rules import Counted, expected_by_tender
from memberships.tills.services import CashMove, look, open_shift

shifts_api = ApiBlueprint(
    "shifts_api", __name__, url_prefix="/api/v1", description="Tills and their shifts"
)


@shifts_api.get("/tills")
@shifts_api.doc(summary="Tills of your clubs")
@require(USE_TILL)
@shifts_api.response(200, schemas.TillList)
def list_tills() -> dict[str, Any]:
    clubs = current_actor().scope.club_ids
    tills = [till for club_id in clubs for till in tills_of(club_id)]
    return {"items": [{"id": till.public_id, "name": till.name} for till in tills]}


@shifts_api.get("/shifts")
@shifts_api.doc(summary="Shifts of your clubs, the newest first")
@require(USE_TILL)
@shifts_api.arguments(PageArgs, location="query")
@shifts_api.response(200, schemas.ShiftList)
def list_shifts(asked: dict[str, Any]) -> dict[str, Any]:
    rows = shifts_page(
        current_actor().scope, limit=asked["limit"] + 1, before_id=page_key(asked["after"])
    )
    shown = rows[: asked["limit"]]
    more = str(shown[-1][0].id) if len(rows) > len(shown) else None
    return {"items": [shift_shown(shift, till) for shift, till in shown], "next": more}


@shifts_api.post("/shifts")
@shifts_api.doc(summary="Open a shift on a till with so much change; 409 SHIFT_OPEN")
@require(USE_TILL)
@shifts_api.arguments(schemas.ShiftBody)
@shifts_api.response(201, schemas.ShiftShown)
def post_shift(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    till = till_for(actor.scope, body["till_id"])
    if till is None:
        raise not_found(_("There is no such till."))
    return shift_shown(open_shift(till.id, body["float_minor"], by=actor.ref), till)


@shifts_api.get("/shifts/<string:shift_id>")
@shifts_api.doc(summary="One shift with what should be there by tender")
@require(USE_TILL)
@shifts_api.response(200, schemas.ShiftShown)
def get_shift(shift_id: str) -> dict[str, Any]:
    return shift_shown(_shift(shift_id))


@shifts_api.post("/shifts/<string:shift_id>/cash")
@shifts_api.doc(summary="Put cash in, or take it out, for a reason")
@require(USE_TILL)
@shifts_api.arguments(schemas.CashBody)
@shifts_api.response(201, schemas.ShiftShown)
def post_cash(body: dict[str, Any], shift_id: str) -> dict[str, Any]:
    shift = _shift(shift_id)
    order = CashMove(shift.id, body["amount_minor"], body["purpose"], body["reason"])
    put_cash(order, by=current_actor().ref)
    return shift_shown(shift)


@shifts_api.post("/shifts/<string:shift_id>/reports")
@shifts_api.doc(summary="Keep an X report of a running shift")
@require(USE_TILL)
@shifts_api.response(201, schemas.ReportShown)
def post_report(shift_id: str) -> dict[str, Any]:
    return report_shown(look(_shift(shift_id).id, by=current_actor().ref))


@shifts_api.post("/shifts/<string:shift_id>/close")
@shifts_api.doc(summary="Close a shift with its count; answers its Z report; 409 SHIFT_CLOSED")
@require(USE_TILL)
@shifts_api.arguments(schemas.CloseBody)
@shifts_api.response(200, schemas.ReportShown)
def post_close(body: dict[str, Any], shift_id: str) -> dict[str, Any]:
    if body["counted_minor"] is None and not body["pieces"]:
        raise invalid({"counted_minor": _("Count the drawer: by coin and note, or as one sum.")})
    counted = Counted(body["pieces"], body["counted_minor"] or 0, body["card_minor"], body["note"])
    return report_shown(close_shift(_shift(shift_id).id, counted, by=current_actor().ref))


def shift_shown(shift: Shift, till: Till | None = None) -> dict[str, Any]:
    """Return a shift as the API gives it."""
    named = till or next(one for one in tills_of(shift.club_id) if one.id == shift.till_id)
    counted, expected = shift.counted_minor, shift.expected_minor
    return {
        "id": shift.public_id,
        "till_id": named.public_id,
        "till": named.name,
        "state": shift.state.value,
        "opened_by": shift.opened_by,
        "opened_at": shift.opened_at,
        "closed_at": shift.closed_at,
        "currency": shift.currency,
        "float_minor": shift.float_minor,
        "expected": expected_by_tender(moved_in(shift.id)),
        "counted_minor": counted,
        "difference_minor": None if counted is None else counted - (expected or 0),
    }


def report_shown(report: ShiftReport) -> dict[str, Any]:
    """Return a report as the API gives it."""
    return {
        "id": report.public_id,
        "kind": report.kind.value,
        "number": report.number,
        "sha256": report.sha256,
        "figures": json.loads(report.figures),
    }


def _shift(public_id: str) -> Shift:
    found = shift_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such shift in your clubs."))
    return found
