"""Views room: the door for any controller that can sign or hold a token; one scan or many."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, current_app, jsonify, request
from flask_babel import gettext as _

from access_control.adapters.generic import (
    BadEventError,
    GenericEvent,
    SignatureError,
    check_signature,
    read_event,
)
from access_control.intake import DeviceGoneError, in_unit, take_backlog, take_scan
from access_control.models import DeviceKind
from access_control.permissions import REPORT_EVENTS, SCAN_AT_DESK
from access_control.queries.doors import Door, door_of
from access_control.services.devices import device_keys, note_unclaimed
from access_control.services.inbox import reject_lines
from access_control.services.scanning import Entry
from access_control.words import why_words
from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError, forbidden, invalid
from clubcrm.core.policy import Actor, current_actor, device_door

MOST_EVENTS = 10_000
WHY = "controllers sign each body with their own key, or hold a token with the right"
controllers = ApiBlueprint(
    "controllers", __name__, url_prefix="/api/v1/access", description="Scans of controllers"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """How a request proves whom it comes from: a signature over the raw body, or a token."""

    raw: bytes
    timestamp: str
    signature: str
    actor: Actor | None

    def check(self, door: Door) -> None:
        """Pass silently when the caller may report this door's scans; raise otherwise."""
        if self.actor is not None:
            may = self.actor.may(REPORT_EVENTS) or self.actor.may(SCAN_AT_DESK)
            if not may or not self.actor.scope.covers(door.club_id):
                raise forbidden(_("This token may not report scans of that device."))
            return
        problems = []
        for key in device_keys(door.serial, door.key_nonce):
            try:
                check_signature(self.raw, self.timestamp, self.signature, key, clock.now())
            except SignatureError as problem:
                problems.append(problem)
            else:
                return
        raise unsigned(str(problems[0]))


def unsigned(why: str) -> DomainError:
    """Return the refusal of a body that is not signed as it should be."""
    return DomainError("BAD_SIGNATURE", why, status=401)


_EVENT = {
    "type": "object",
    "required": ["device", "event_id", "credential", "at"],
    "additionalProperties": False,
    "properties": {
        "device": {"type": "string", "maxLength": 120},
        "event_id": {"type": "string", "maxLength": 120},
        "credential": {
            "type": "object",
            "required": ["type", "value"],
            "additionalProperties": False,
            "properties": {
                "type": {"enum": ["card", "qr", "pin", "face", "phone"]},
                "value": {"type": "string", "maxLength": 120},
            },
        },
        "at": {"type": "string", "format": "date-time"},
        "direction": {"enum": ["in", "out", "unknown"]},
        "offline": {"type": "boolean"},
    },
}
_BATCH = {
    "type": "object",
    "required": ["events"],
    "properties": {"events": {"type": "array", "items": _EVENT, "maxItems": MOST_EVENTS}},
}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


@controllers.post("/events")
@controllers.doc(
    requestBody=_body(_EVENT),
    summary="One scan, decided at once",
    description="Signed with X-Club-Timestamp and X-Club-Signature, or sent with a token.",
)
@device_door(WHY)
def one_event() -> Response:
    """Keep one scan and answer with the decision."""
    caller = _caller()
    event = _one(_json(caller.raw))
    entry = in_unit(partial(_take, event, caller))
    return jsonify(entry_values(entry))


@controllers.post("/events:batch")
@controllers.doc(
    requestBody=_body(_BATCH),
    summary="Up to 10,000 scans that doors have decided by themselves",
    description='A list of scans, or {"events": [...]}; each gets a status of its own.',
)
@device_door(WHY)
def many_events() -> Response:
    """Keep each scan of a backlog exactly once."""
    caller = _caller()
    values = _many(_json(caller.raw))
    events, bad = _sorted_out(values)
    _check_all(events, caller)
    received = clock.now()
    answers: list[dict[str, Any]] = [{} for _each in values]
    for position, problem in bad.items():
        answers[position] = _rejected(values[position], problem)
    for serial in dict.fromkeys(event.device for event in events.values()):
        mine = {n: event for n, event in events.items() if event.device == serial}
        _take_all(serial, mine, received, answers)
    _keep_rejects(values, bad, next(iter(events.values()), None))
    counts = {
        status: sum(1 for one in answers if one["status"] == status)
        for status in ("stored", "duplicate", "rejected")
    }
    return jsonify({"events": answers, **counts})


def entry_values(entry: Entry) -> dict[str, Any]:
    """Return a decided scan as a controller reads it."""
    member = None
    if entry.person_public_id is not None:
        member = {"id": entry.person_public_id, "name": entry.person_name}
    return {
        "event_id": entry.event_key,
        "id": entry.public_id or None,
        "decision": entry.verdict.value,
        "code": entry.code.value,
        "reason": why_words(entry.code, entry.params),
        "notes": [
            {"code": note.code.value, "reason": why_words(note.code, note.params)}
            for note in entry.notes
        ],
        "member": member,
        "visits_left": entry.units_left,
        "open_seconds": entry.open_seconds,
        "status": entry.status.value,
        "duplicate": entry.duplicate,
    }


def _caller() -> Caller:
    raw = request.get_data(cache=True)
    signature = request.headers.get("X-Club-Signature", "")
    if signature:
        return Caller(raw, request.headers.get("X-Club-Timestamp", ""), signature, None)
    with unit_of_work(write=False):
        actor = current_actor()
    if actor.kind != "token":
        raise unsigned(_("Sign the body with the device's key, or send a token."))
    return Caller(raw, "", "", actor)


def _json(raw: bytes) -> Any:
    try:
        return current_app.json.loads(raw)
    except ValueError:
        raise DomainError("INVALID_JSON", _("The body is not valid JSON."), status=400) from None


def _one(values: Any) -> GenericEvent:
    try:
        return read_event(values)
    except BadEventError as problem:
        raise invalid({problem.field: problem.message}) from None


def _take(event: GenericEvent, caller: Caller) -> Entry:
    door = door_of(event.device)
    if door is None:
        raise _unknown_device(caller)
    caller.check(door)
    return take_scan(door, event.scan, clock.now())


def _unknown_device(caller: Caller) -> DomainError:
    if caller.actor is None:
        return unsigned(_("No such device is at work."))
    return DomainError("UNKNOWN_DEVICE", _("No such device is at work."), status=403)


def _many(values: Any) -> list[Any]:
    events = values.get("events") if isinstance(values, dict) else values
    if not isinstance(events, list):
        raise invalid({"events": _("A list of scans is expected.")})
    if len(events) > MOST_EVENTS:
        raise DomainError("TOO_MANY", _("At most 10,000 scans fit in one batch."), status=413)
    return events


def _sorted_out(
    values: Sequence[Any],
) -> tuple[dict[int, GenericEvent], dict[int, BadEventError]]:
    events: dict[int, GenericEvent] = {}
    bad: dict[int, BadEventError] = {}
    for position, one in enumerate(values):
        try:
            events[position] = read_event(one, offline=True)
        except BadEventError as problem:
            bad[position] = problem
    return events, bad


def _check_all(events: dict[int, GenericEvent], caller: Caller) -> None:
    with unit_of_work(write=False):
        serials = dict.fromkeys(one.device for one in events.values())
        doors = {serial: door_of(serial) for serial in serials}
    for serial, door in doors.items():
        if door is None:
            in_unit(partial(note_unclaimed, serial, DeviceKind.GENERIC, request.remote_addr or ""))
            raise _unknown_device(caller)
        caller.check(door)


def _take_all(
    serial: str, mine: dict[int, GenericEvent], received: Any, answers: list[dict[str, Any]]
) -> None:
    try:
        told = take_backlog(serial, [event.scan for event in mine.values()], received)
    except DeviceGoneError:
        raise DomainError("UNKNOWN_DEVICE", _("No such device is at work."), status=403) from None
    seen: set[str] = set()
    for position, event in mine.items():
        one = told[event.scan.event_key]
        again = one.duplicate or one.event_key in seen
        seen.add(one.event_key)
        answers[position] = {
            "event_id": one.event_key,
            "device": serial,
            "status": "duplicate" if again else "stored",
            "decision": one.verdict.value,
            "code": one.code.value,
            "kept_as": one.status.value,
        }


def _rejected(value: Any, problem: BadEventError) -> dict[str, Any]:
    named = value.get("event_id") if isinstance(value, dict) else None
    return {
        "event_id": named if isinstance(named, str | int) else None,
        "status": "rejected",
        "field": problem.field,
        "message": problem.message,
    }


def _keep_rejects(
    values: Sequence[Any], bad: dict[int, BadEventError], known: GenericEvent | None
) -> None:
    if not bad:
        return
    lines = [(current_app.json.dumps(values[n])[:4000], str(why)) for n, why in bad.items()]

    def keep() -> None:
        door = door_of(known.device) if known else None
        reject_lines(door.device_id if door else None, None, lines, clock.now())

    in_unit(keep)
