"""What programs read of the gate: scans, visits, who is inside, rejects, unmatched, replay."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate

from access_control.permissions import ISSUE_CREDENTIALS, SEE_GATE
from access_control.queries import listing, terminals
from access_control.queries.doors import door_of
from access_control.queries.listing import ScanRow, Span, VisitRow
from access_control.rules.codes import Code, CredentialKind, Severity
from access_control.rules.decide import decide_again
from access_control.rules.facts import facts_from
from access_control.services.credentials import assign_unmatched
from access_control.words import why_words
from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.policy import current_actor, require

reading = ApiBlueprint(
    "gate_reading", __name__, url_prefix="/api/v1", description="What the gate has seen"
)


def _offset_known(value: datetime) -> None:
    if value.tzinfo is None:
        raise ValidationError("The offset from UTC is missing.")


class SpanArgs(PageArgs):
    """Filters of scans and visits."""

    member = fields.String(validate=validate.Length(max=40))
    device = fields.String(validate=validate.Length(max=80))
    start = fields.DateTime(format="iso", data_key="from", validate=_offset_known)
    end = fields.DateTime(format="iso", data_key="to", validate=_offset_known)
    decision = fields.Enum(Severity, by_value=True)


class AssignArgs(InputSchema):
    """An unknown value and the member it belongs to."""

    device = fields.String(required=True, validate=validate.Length(min=1, max=80))
    value = fields.String(required=True, validate=validate.Length(min=1, max=120))
    member_id = fields.String(required=True, validate=validate.Length(min=1, max=40))
    type = fields.Enum(CredentialKind, by_value=True)


@reading.get("/access/events")
@reading.arguments(SpanArgs, location="query", as_kwargs=True)
@require(SEE_GATE)
def scans(**asked: Any) -> Response:
    """Scans in the order they came."""
    found = listing.scans(current_actor().scope, _span(asked))
    return page([scan_values(row) for row in found], [row.id for row in found], asked["limit"])


@reading.get("/access/events/<public_id>/replay")
@require(SEE_GATE)
def replay(public_id: str) -> Response:
    """The decision made again from what was stored, beside the stored one."""
    row = listing.scan_for(current_actor().scope, public_id)
    if row is None:
        raise not_found(_("There is no such scan."))
    stored = {"decision": row.decision.value, "code": row.code.value}
    if row.code is Code.LET_IN:
        made = stored
    else:
        again = decide_again(row.rule_version, facts_from(row.inputs))
        made = {"decision": again.verdict.value, "code": again.code.value}
    return jsonify(
        {
            "id": row.public_id,
            "rule_version": row.rule_version,
            "by_hand": row.code is Code.LET_IN,
            "stored": stored,
            "replayed": made,
            "equal": stored == made,
            "inputs": row.inputs,
        }
    )


@reading.get("/visits")
@reading.arguments(SpanArgs, location="query", as_kwargs=True)
@require(SEE_GATE)
def visits(**asked: Any) -> Response:
    """Visits by their time of entry."""
    found = listing.visits(current_actor().scope, _span(asked))
    return page([visit_values(row) for row in found], [row.id for row in found], asked["limit"])


@reading.get("/access/inside")
@require(SEE_GATE)
def inside() -> Response:
    """Who is inside now, and how full each club is."""
    scope = current_actor().scope
    people = [visit_values(row) for row in listing.inside(scope)]
    clubs = [
        {"club": club, "inside": count, "capacity": capacity}
        for club, (count, capacity) in listing.inside_counts(scope).items()
    ]
    return jsonify({"count": len(people), "clubs": clubs, "items": people})


@reading.get("/access/rejects")
@reading.arguments(PageArgs, location="query", as_kwargs=True)
@require(SEE_GATE)
def rejects(limit: int, after: str) -> Response:
    """Raw lines that could not be read, the newest first."""
    last = cursor(after) or None
    found = terminals.rejects(current_actor().scope, limit=limit, after=last)
    items = [
        {
            "id": row.id,
            "device": row.serial,
            "raw": row.raw,
            "reason": row.reason,
            "at": told(row.at),
        }
        for row in found
    ]
    return page(items, [row.id for row in found], limit)


@reading.get("/access/unmatched")
@reading.arguments(PageArgs, location="query", as_kwargs=True)
@require(SEE_GATE)
def unmatched(limit: int, after: str) -> Response:
    """Values that nobody owns yet."""
    found = listing.unmatched(current_actor().scope, after=cursor(after), limit=limit)
    items = [
        {
            "device": row.device,
            "type": row.kind.value,
            "value": row.value,
            "scans": row.scans,
            "first_at": told(row.first_at),
            "last_at": told(row.last_at),
        }
        for row in found
    ]
    return page(items, [row.id for row in found], limit)


@reading.post("/access/unmatched:assign")
@reading.arguments(AssignArgs, as_kwargs=True)
@require(ISSUE_CREDENTIALS)
def assign(device: str, value: str, member_id: str, type: CredentialKind | None = None) -> Response:
    """An unknown value gets its owner, and the owner the visits it made."""
    actor = current_actor()
    door = door_of(device)
    if door is None or not actor.scope.covers(door.club_id):
        raise not_found(_("There is no such device."))
    person_id = listing.person_in_scope(actor.scope, member_id)
    if person_id is None:
        raise invalid({"member_id": _("There is no such person.")})
    kind = type or listing.unmatched_kind(actor.scope, device, value)
    if kind is None:
        raise DomainError("NOT_FOUND", _("Nobody has shown this value here."), status=404)
    scans_owned = assign_unmatched(door, kind, value, person_id, by=actor.ref)
    return jsonify({"member_id": member_id, "value": value, "scans": scans_owned})


def scan_values(row: ScanRow) -> dict[str, Any]:
    """Return a scan as programs read it."""
    return {
        "id": row.public_id,
        "event_id": row.event_key,
        "device": row.device,
        "member_id": row.member,
        "credential": {"type": row.credential_kind.value, "value": row.credential_value},
        "at": told(row.at),
        "received_at": told(row.received_at),
        "device_time": row.device_time,
        "direction": row.direction.value,
        "decision": row.decision.value,
        "code": row.code.value,
        "reason": _reason(row),
        "status": row.status.value,
        "by": row.by or None,
        "by_reason": row.by_reason or None,
        "raw": row.raw,
    }


def _reason(row: ScanRow) -> str:
    if row.code is Code.LET_IN:
        return row.by_reason
    return why_words(row.code, decide_again(row.rule_version, facts_from(row.inputs)).params)


def visit_values(row: VisitRow) -> dict[str, Any]:
    """Return a visit as programs read it."""
    return {
        "id": row.public_id,
        "member_id": row.member,
        "club": row.club,
        "day": row.day.isoformat(),
        "entered_at": told(row.entered_at),
        "left_at": told(row.left_at) if row.left_at else None,
        "left_how": row.left_how.value if row.left_how else None,
        "units": row.units,
    }


def told(instant: datetime) -> str:
    """Return an instant in ISO 8601 with offset."""
    return instant.astimezone(UTC).isoformat()


def page(items: list[dict[str, Any]], ids: list[int], limit: int) -> Response:
    """Return one page of a list; `next` goes on after the last item, None at the end."""
    return jsonify({"items": items, "next": str(ids[-1]) if len(ids) == limit else None})


def cursor(after: str) -> int:
    """Return the id to go on after; raises INVALID_INPUT for anything but a cursor of ours."""
    if not after:
        return 0
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise invalid({"after": _("Use the value of `next` from the page before.")})
    return int(after)


def _span(asked: dict[str, Any]) -> Span:
    return Span(
        member=asked.get("member"),
        device=asked.get("device"),
        start=asked.get("start"),
        end=asked.get("end"),
        decision=asked.get("decision"),
        after=cursor(asked["after"]),
        limit=asked["limit"],
    )
