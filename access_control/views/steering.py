"""What programs do at the gate: devices seen and commanded, credentials issued and blocked."""

from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _
from marshmallow import fields, validate

from access_control.permissions import ISSUE_CREDENTIALS, OPEN_DOORS, RUN_DEVICES, SEE_GATE
from access_control.queries import listing, terminals
from access_control.queries.terminals import CommandRow, TerminalRow
from access_control.rules.codes import CredentialKind
from access_control.rules.commands import CommandKind
from access_control.services.credentials import issue_credential
from access_control.services.devices import device_by_serial
from access_control.services.orders import queue_command
from access_control.views.reading import told
from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import forbidden, not_found
from clubcrm.core.policy import current_actor, require

steering = ApiBlueprint(
    "gate_steering", __name__, url_prefix="/api/v1", description="Devices, commands, credentials"
)


class CommandArgs(InputSchema):
    """A command from the allow-list with its values."""

    kind = fields.Enum(CommandKind, by_value=True, required=True)
    pin = fields.String(validate=validate.Regexp(r"[A-Za-z0-9]{1,24}\Z"))
    name = fields.String(validate=validate.Length(max=200))
    card = fields.String(validate=validate.Regexp(r"[0-9]{0,20}\Z"))
    start = fields.String(validate=validate.Length(max=19))
    end = fields.String(validate=validate.Length(max=19))


class CredentialArgs(InputSchema):
    """What a member shows at a door; a terminal's user number is a pin."""

    type = fields.Enum(CredentialKind, by_value=True, required=True)
    value = fields.String(required=True, validate=validate.Length(min=1, max=120))


@steering.get("/devices")
@require(SEE_GATE)
def devices() -> Response:
    """Devices of these clubs, and those that wait to be claimed."""
    found = terminals.terminals(current_actor().scope)
    return jsonify({"items": [device_values(row) for row in found], "next": None})


@steering.get("/devices/<serial>")
@require(SEE_GATE)
def device(serial: str) -> Response:
    """One device."""
    return jsonify(device_values(_device(serial)))


@steering.get("/devices/<serial>/commands")
@require(SEE_GATE)
def commands(serial: str) -> Response:
    """The newest commands of a device with their states."""
    found = terminals.commands_of([_device(serial).id])
    return jsonify({"items": [command_values(row) for row in found], "next": None})


@steering.post("/devices/<serial>/commands")
@steering.arguments(CommandArgs, as_kwargs=True)
@require(RUN_DEVICES)
def command(serial: str, kind: CommandKind, **values: str) -> tuple[Response, int]:
    """A command waits for the device's next poll."""
    actor = current_actor()
    if kind is CommandKind.OPEN_DOOR and not actor.may(OPEN_DOORS):
        raise forbidden(_("You may not open doors from afar."))
    row = _device(serial)
    queued = queue_command(device_by_serial(serial), kind, values, by=actor.ref)
    found = next(one for one in terminals.commands_of([row.id]) if one.id == queued.id)
    return jsonify(command_values(found)), 201


@steering.post("/members/<member_id>/credentials")
@steering.arguments(CredentialArgs, as_kwargs=True)
@require(ISSUE_CREDENTIALS)
def credential(member_id: str, type: CredentialKind, value: str) -> tuple[Response, int]:
    """A member holds a card, PIN or code from now on."""
    actor = current_actor()
    person_id = listing.person_in_scope(actor.scope, member_id)
    if person_id is None:
        raise not_found(_("There is no such person."))
    held = issue_credential(person_id, type, value, by=actor.ref)
    values = {"type": held.kind.value, "value": held.value, "state": held.state.value}
    return jsonify({"member_id": member_id, **values}), 201


def device_values(row: TerminalRow) -> dict[str, Any]:
    """Return a device as programs read it."""
    moment = clock.now()
    return {
        "id": row.public_id,
        "serial": row.serial,
        "name": row.name,
        "kind": row.kind.value,
        "claimed": row.claimed,
        "direction": row.direction_mode.value,
        "last_seen": told(row.last_seen_at) if row.last_seen_at else None,
        "last_event": told(row.last_event_at) if row.last_event_at else None,
        "clock_skew_s": row.clock_skew_s,
        "firmware": row.firmware,
        "push_version": row.push_version,
        "counts": row.counts,
        "online": row.is_online(moment),
        "silent": row.is_silent(moment),
    }


def command_values(row: CommandRow) -> dict[str, Any]:
    """Return a command as programs read it."""
    return {
        "id": row.id,
        "device": row.serial,
        "kind": row.kind.value,
        "state": row.state.value,
        "queued_at": told(row.queued_at),
        "sent_at": told(row.sent_at) if row.sent_at else None,
        "finished_at": told(row.finished_at) if row.finished_at else None,
        "expires_at": told(row.expires_at),
        "return_code": row.result_code,
        "result": row.result,
    }


def _device(serial: str) -> TerminalRow:
    row = terminals.terminal_for(current_actor().scope, serial)
    if row is None:
        raise not_found(_("There is no such device."))
    return row
