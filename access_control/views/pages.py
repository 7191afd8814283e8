"""Pages for the devices at the doors: their state, what waits, what could not be read."""

from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access_control.models import DeviceKind, DirectionMode
from access_control.permissions import ISSUE_CREDENTIALS, OPEN_DOORS, RUN_DEVICES, SEE_GATE
from access_control.queries import listing, terminals
from access_control.queries.doors import door_of
from access_control.queries.terminals import TerminalRow
from access_control.rules.commands import CommandKind
from access_control.services.credentials import assign_unmatched
from access_control.services.devices import (
    Adjustment,
    Enrolment,
    adjust_device,
    claim_device,
    device_by_serial,
    device_keys,
    enrol_device,
)
from access_control.services.orders import queue_command
from access_control.views.wording import (
    device_state,
    direction_choices,
    kind_choices,
    skew_words,
)
from clubcrm.core import clock
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.idempotency import keep_no_answer
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.people.queries.search import search

MOST_UNKNOWN = 12
gate_pages = Blueprint("gate", __name__)


@gate_pages.get("/devices")
@require(SEE_GATE)
def devices() -> ResponseReturnValue:
    scope, moment = current_actor().scope, clock.now()
    rows = terminals.terminals(scope)
    mine = [row for row in rows if row.claimed]
    unknown, more_unknown = listing.newest_unmatched(scope, MOST_UNKNOWN)
    return render_template(
        "access_control/devices.html",
        devices=[(row, device_state(row, moment), skew_words(row.clock_skew_s)) for row in mine],
        waiting=[row for row in rows if not row.claimed],
        rejects=terminals.rejects(scope, limit=20),
        unknown=unknown,
        more_unknown=more_unknown,
        suspects=terminals.suspects(scope, limit=20),
        directions=direction_choices(),
        zone=current_club().zone,
    )


@gate_pages.get("/devices/new")
@require(RUN_DEVICES)
def device_new() -> ResponseReturnValue:
    return _form({}, "")


@gate_pages.post("/devices/new")
@require(RUN_DEVICES)
def device_add() -> ResponseReturnValue:
    """A new device; its key is shown once."""
    typed = request.form
    club = current_club()
    try:
        kind, direction = DeviceKind(typed["kind"]), DirectionMode(typed["direction"])
    except (KeyError, ValueError):
        raise invalid({"kind": _("Choose a kind and a direction.")}) from None
    made = enrol_device(
        Enrolment(
            typed.get("serial", ""),
            kind,
            club.id,
            direction,
            _time_zone(typed.get("time_zone", "")),
            typed.get("name", "").strip()[:200],
        ),
        by=current_actor().ref,
    )
    key = device_keys(made.serial, made.key_nonce)[0].decode()
    keep_no_answer()
    return render_template("access_control/device_key.html", device=made, key=key)


@gate_pages.post("/devices/<serial>/claim")
@require(RUN_DEVICES)
def device_claim(serial: str) -> ResponseReturnValue:
    """A terminal that waits works for the chosen club from now on."""
    direction = _direction(request.form.get("direction", "in"))
    claim_device(serial, current_club().id, direction, by=current_actor().ref)
    flash(_("The terminal works for the club now. It sends what it holds by itself."), "success")
    return redirect(url_for("gate.devices"), 303)


@gate_pages.get("/devices/<serial>")
@require(SEE_GATE)
def device(serial: str) -> ResponseReturnValue:
    row = _device(serial)
    moment = clock.now()
    return render_template(
        "access_control/device.html",
        device=row,
        state=device_state(row, moment),
        skew=skew_words(row.clock_skew_s),
        commands=terminals.commands_of([row.id]),
        rejects=terminals.rejects_of(row.id),
        directions=direction_choices(),
        may_open=current_actor().may(OPEN_DOORS),
        may_run=current_actor().may(RUN_DEVICES),
        zone=current_club().zone,
    )


@gate_pages.post("/devices/<serial>")
@require(RUN_DEVICES)
def device_save(serial: str) -> ResponseReturnValue:
    """The device's name, door and quirks are as typed."""
    _device(serial)
    typed = request.form
    adjust_device(
        serial,
        Adjustment(
            name=typed.get("name", ""),
            zone=typed.get("door", ""),
            direction=_direction(typed.get("direction", "in")),
            time_zone=_time_zone(typed.get("time_zone", "")),
            zone_setting=typed.get("zone_setting", ""),
            trans_flag=typed.get("trans_flag", ""),
        ),
        by=current_actor().ref,
    )
    flash(_("Saved. The terminal learns it at its next hello."), "success")
    return redirect(url_for("gate.device", serial=serial), 303)


@gate_pages.post("/devices/<serial>/open")
@require(OPEN_DOORS)
def device_open(serial: str) -> ResponseReturnValue:
    """The door opens at the terminal's next poll, or not at all."""
    _device(serial)
    queue_command(device_by_serial(serial), CommandKind.OPEN_DOOR, {}, by=current_actor().ref)
    flash(_("The door opens within ten seconds, or not at all."), "success")
    return redirect(url_for("gate.device", serial=serial), 303)


@gate_pages.get("/devices/unknown/<int:number>")
@require(ISSUE_CREDENTIALS)
def unknown(number: int) -> ResponseReturnValue:
    """Whose is this card? People found by what was typed."""
    row = _unknown(number)
    typed = request.args.get("q", "").strip()
    found = search(current_actor().scope, typed) if typed else []
    return render_template(
        "access_control/unknown.html", row=row, typed=typed, found=found, zone=current_club().zone
    )


@gate_pages.post("/devices/unknown/<int:number>")
@require(ISSUE_CREDENTIALS)
def unknown_assign(number: int) -> ResponseReturnValue:
    """The card gets its owner, and the owner the visits it made."""
    row, actor = _unknown(number), current_actor()
    door = door_of(row.device)
    person_id = listing.person_in_scope(actor.scope, request.form.get("person", ""))
    if door is None or person_id is None:
        raise not_found(_("There is no such person."))
    assign_unmatched(door, row.kind, row.value, person_id, by=actor.ref)
    flash(_("The card has its owner, and the owner the visits it made."), "success")
    return redirect(url_for("gate.devices"), 303)


def _form(typed: dict[str, str], refusal: str) -> str:
    return render_template(
        "access_control/device_new.html",
        typed=typed,
        refusal=refusal,
        kinds=kind_choices(),
        directions=direction_choices(),
        zone=current_club().zone,
    )


def _device(serial: str) -> TerminalRow:
    row = terminals.terminal_for(current_actor().scope, serial)
    if row is None:
        raise not_found(_("There is no such device."))
    return row


def _unknown(number: int) -> listing.UnmatchedRow:
    found = listing.unmatched(current_actor().scope, after=number - 1, limit=1)
    if not found or found[0].id != number:
        raise not_found(_("This card has an owner already."))
    return found[0]


def _direction(text: str) -> DirectionMode:
    try:
        return DirectionMode(text)
    except ValueError:
        raise invalid({"direction": _("Choose a direction.")}) from None


def _time_zone(text: str) -> str:
    name = text.strip()
    if name and name not in available_timezones():
        raise invalid({"time_zone": _("There is no time zone of this name.")})
    return name
