"""The door of the gate: what other packages may call, and the values they give and get."""

from access_control.adapters.scan import Scan
from access_control.intake import in_unit, take_backlog, take_scan
from access_control.queries.doors import Door, desk_door, door_of
from access_control.queries.listing import Span, inside, inside_counts, visits
from access_control.queries.shown_cards import holder_of_card
from access_control.rules.decide import decide_again
from access_control.services.credentials import (
    assign_unmatched,
    block_credential,
    end_credential,
    issue_credential,
    replace_credential,
    unblock_credential,
)
from access_control.services.devices import Enrolment, desk_device, device_keys, enrol_device
from access_control.services.letting_in import let_in
from access_control.services.policy import set_strictness, strictness
from access_control.services.scanning import Entry, passcode_keys

__all__ = [
    "Door",
    "Enrolment",
    "Entry",
    "Scan",
    "Span",
    "assign_unmatched",
    "block_credential",
    "decide_again",
    "desk_device",
    "desk_door",
    "device_keys",
    "door_of",
    "end_credential",
    "enrol_device",
    "holder_of_card",
    "in_unit",
    "inside",
    "inside_counts",
    "issue_credential",
    "let_in",
    "passcode_keys",
    "replace_credential",
    "set_strictness",
    "strictness",
    "take_backlog",
    "take_scan",
    "unblock_credential",
    "visits",
]
