"""Letting somebody in by hand: always with a reason, always in the ledger under a name."""

import secrets
from datetime import datetime

from flask_babel import gettext as _

from access_control.adapters.scan import Scan
from access_control.events import LetInByHand
from access_control.models import EventStatus
from access_control.queries.doors import Door
from access_control.queries.entry import Sighting, sighting_of
from access_control.queries.holders import holder_by_person
from access_control.rules.codes import Code, CredentialKind, Direction, Severity
from access_control.rules.decide import EntryDecision
from access_control.services.ledger import Line, add_line
from access_control.services.visits import keep_visit
from clubcrm.core import audit, events
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.text import clean


def let_in(
    desk: Door,
    person_id: int,
    reason: str,
    moment: datetime,
    *,
    by: str,
    refused_event_id: int | None = None,
) -> int:
    """The person is inside by the word of staff; returns the id of the scan that says so.

    No unit is drawn. Raises INVALID_INPUT without a reason, NOT_FOUND for an unknown person.
    """
    why = clean(reason, "reason", longest=300)
    if not why:
        raise invalid({"reason": _("Say why this person may enter.")})
    holder = holder_by_person(person_id, desk.club_id)
    if holder is None:
        raise not_found(_("There is no such person."))
    sighting = sighting_of(desk, holder, moment, holder.public_id, Direction.IN)
    decision = EntryDecision(
        Severity.WARN, Code.LET_IN, {"reason": why}, open_seconds=desk.policy.open_seconds
    )
    event_id = _keep(desk, sighting, decision, (why, by, refused_event_id))
    keep_visit(desk, sighting, decision, event_id, by)
    events.record(
        LetInByHand(
            club_id=desk.club_id,
            happened_at=moment,
            event_id=event_id,
            person_id=person_id,
            by=by,
        )
    )
    audit.note("gate.let_in", "person", holder.public_id, after={"event": event_id}, by=by)
    db.session.flush()
    return event_id


def _keep(
    desk: Door, sighting: Sighting, decision: EntryDecision, words: tuple[str, str, int | None]
) -> int:
    why, by, refused_event_id = words
    moment = sighting.facts.at
    holder = sighting.holder
    value = holder.public_id if holder else ""
    scan = Scan(f"hand-{secrets.token_hex(12)}", CredentialKind.CARD, value, moment, Direction.IN)
    line = Line(
        desk,
        scan,
        CredentialKind.CARD,
        value,
        moment,
        moment,
        EventStatus.NORMAL,
        by=by,
        by_reason=why,
        lets_in_event_id=refused_event_id,
    )
    event_id, _public_id = add_line(line, sighting, decision)
    assert event_id is not None  # noqa: S101 - the key was made just now
    return event_id
