"""Services room: what the desk does about a scan, by the verbs of the floors below.

Each act is a unit of work of its own, so that a lost race for the last unit starts it again.
"""

import secrets

from flask_babel import gettext as _

from access_control.api import (
    Door,
    Scan,
    desk_device,
    desk_door,
    in_unit,
    passcode_keys,
    take_scan,
)
from access_control.api import let_in as open_by_hand
from access_control.rules.codes import CredentialKind, Direction
from access_control.rules.passcode import is_passcode, make_passcode
from clubcrm.core.clock import now
from clubcrm.core.db import db, end_reading
from clubcrm.core.errors import DomainError


def scan(club_id: int, value: str, *, by: str) -> str:
    """The card read at the desk went through the gate; returns the scan's public id.

    Raises TOO_MANY (429) in a flood of unknown cards, which the gate counts and does not keep.
    """
    kind = CredentialKind.QR if is_passcode(value) else CredentialKind.CARD
    moment = now()
    read = Scan(f"desk-{secrets.token_hex(12)}", kind, value, moment, Direction.IN)
    end_reading()
    made = in_unit(lambda: take_scan(_desk(club_id, by), read, moment, by=by).public_id)
    if not made:
        text = _("Too many unknown cards in a row. Wait a moment, then try again.")
        raise DomainError("TOO_MANY", text, status=429, retry_after=60)
    return made


def check_in(club_id: int, person_id: str, *, by: str) -> str:
    """A member who was found by name went through the gate's rules; returns the scan's public id.

    The desk vouches for the member by the code that the member's own phone would show now.
    """
    return scan(club_id, make_passcode(person_id, now(), passcode_keys()[0]), by=by)


def let_in(
    club_id: int, person_id: int, reason: str, *, by: str, refused_event_id: int | None = None
) -> int:
    """The person is inside by the word of the desk; returns the id of the scan that says so."""
    moment = now()
    end_reading()
    return in_unit(
        lambda: open_by_hand(
            _desk(club_id, by),
            person_id,
            reason,
            moment,
            by=by,
            refused_event_id=refused_event_id,
        )
    )


def _desk(club_id: int, by: str) -> Door:
    door = desk_door(club_id)
    if door is None:
        desk_device(club_id, by=by)
        db.session.flush()
        door = desk_door(club_id)
    if door is None:
        raise LookupError(f"club {club_id} has no desk")
    return door
