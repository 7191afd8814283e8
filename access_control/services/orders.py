"""Commands to terminals: queued from an allow-list, handed out once, closed by their result."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from access_control.adapters.zkteco.orders import OrderResult, order_line
from access_control.models import Device, DeviceCommand
from access_control.queries.doors import Door
from access_control.rules.commands import (
    COMMAND_MOVES,
    RESEND_AFTER,
    CommandKind,
    CommandState,
    life_of,
    may_resend,
    result_state,
)
from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.states import move

MOST_PER_POLL = 20


def queue_command(
    device: Device, kind: CommandKind, values: Mapping[str, str], *, by: str
) -> DeviceCommand:
    """The command waits for the terminal's next poll; a door opening waits ten seconds at most.

    Raises INVALID_INPUT for a value that cannot be sent, NOT_CLAIMED for a device not yet at work.
    """
    if not device.claimed:
        raise DomainError("NOT_CLAIMED", _("This device does not work for the club yet."))
    try:
        order_line(0, kind, values)
    except (KeyError, ValueError):
        raise invalid({"kind": _("These values cannot be sent to a terminal.")}) from None
    moment = clock.now()
    command = DeviceCommand(
        device_id=device.id,
        kind=kind,
        arguments=dict(values),
        queued_at=moment,
        queued_by=by,
        expires_at=moment + life_of(kind),
    )
    db.session.add(command)
    db.session.flush()
    audit.note(
        "device.command",
        "device",
        device.public_id,
        after={"kind": kind.value, "command": command.id},
        by=by,
    )
    return command


def hand_out(door: Door, moment: datetime) -> list[str]:
    """The commands that are due are sent once each; returns their lines."""
    expire_commands(moment, device_id=door.device_id)
    lines = []
    for command in _due(door.device_id, moment):
        if command.state is CommandState.SENT:
            move(command, CommandState.QUEUED, moves=COMMAND_MOVES, by="gate", why="no answer")
        taken = db.session.execute(
            update(DeviceCommand)
            .where(DeviceCommand.id == command.id, DeviceCommand.state == CommandState.QUEUED)
            .values(sent_at=moment, times_sent=DeviceCommand.times_sent + 1)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
            continue
        move(command, CommandState.SENT, moves=COMMAND_MOVES, by="gate")
        lines.append(order_line(command.id, command.kind, command.arguments))
    return lines


def close_command(door: Door, result: OrderResult, moment: datetime) -> bool:
    """The command has its result; False when it is not this terminal's or is closed already."""
    command = db.session.scalars(
        select(DeviceCommand).where(
            DeviceCommand.id == result.command_id, DeviceCommand.device_id == door.device_id
        )
    ).first()
    if command is None or command.state is not CommandState.SENT:
        return False
    command.result_code, command.finished_at = result.code, moment
    command.result = f"{result.command} {result.content}".strip()[:500]
    move(command, result_state(result.code), moves=COMMAND_MOVES, by="gate")
    return True


def expire_commands(moment: datetime, *, device_id: int | None = None) -> int:
    """Commands whose time is over are expired; returns how many."""
    query = select(DeviceCommand).where(
        DeviceCommand.state.in_([CommandState.QUEUED, CommandState.SENT]),
        DeviceCommand.expires_at <= moment,
    )
    if device_id is not None:
        query = query.where(DeviceCommand.device_id == device_id)
    late = list(db.session.scalars(query.limit(200)))
    for command in late:
        command.finished_at = moment
        move(command, CommandState.EXPIRED, moves=COMMAND_MOVES, by="gate", why="too late")
    return len(late)


def _due(device_id: int, moment: datetime) -> list[DeviceCommand]:
    open_ones = db.session.scalars(
        select(DeviceCommand)
        .where(
            DeviceCommand.device_id == device_id,
            DeviceCommand.state.in_([CommandState.QUEUED, CommandState.SENT]),
            DeviceCommand.expires_at > moment,
        )
        .order_by(DeviceCommand.id)
        .limit(MOST_PER_POLL)
    )
    return [
        command
        for command in open_ones
        if command.state is CommandState.QUEUED
        or (
            may_resend(command.kind, command.times_sent)
            and command.sent_at is not None
            and moment - command.sent_at >= RESEND_AFTER
        )
    ]
