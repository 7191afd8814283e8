"""Cards, PINs and codes: issued, blocked, released; and unknown values given their owner."""

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from access_control.models import (
    CREDENTIAL_MOVES,
    Credential,
    CredentialState,
    EventOwner,
    Unmatched,
)
from access_control.queries.doors import Door
from access_control.queries.scans import events_to_own
from access_control.rules.codes import CredentialKind
from access_control.rules.credentials import LONGEST, canonical, is_nobody
from access_control.services.rebuilding import Whose, rebuild_visits
from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import move
from clubcrm.core.text import clean
from clubcrm.people.api import drop_search_word, set_search_word

# Numbers printed on a card or told by a member; the others are secret or pass by.
FOUND_BY = frozenset({CredentialKind.CARD, CredentialKind.PIN})


def issue_credential(person_id: int, kind: CredentialKind, text: str, *, by: str) -> Credential:
    """The person holds this credential from now on; issuing it twice to one person changes nothing.

    Raises INVALID_INPUT for an empty value, CREDENTIAL_TAKEN when somebody else holds it.
    """
    typed = clean(text, "value", longest=LONGEST)
    value = canonical(kind, typed)
    if is_nobody(kind, value):
        raise invalid({"value": _("This is not a number that a card or PIN can have.")})
    held = _living(kind, value)
    if held is not None:
        if held.person_id == person_id:
            return held
        raise _taken()
    credential = Credential(
        person_id=person_id, kind=kind, value=value, as_typed=typed, issued_by=by
    )
    db.session.add(credential)
    try:
        db.session.flush()
    except IntegrityError:
        raise _taken() from None
    if kind in FOUND_BY:
        set_search_word(person_id, value)
    audit.note("credential.issued", "person", person_id, after={"credential": credential.id}, by=by)
    return credential


def block_credential(credential_id: int, *, by: str, why: str = "") -> Credential:
    """The lost card opens no door from its next scan on."""
    return _turn(credential_id, CredentialState.BLOCKED, "credential.blocked", by=by, why=why)


def unblock_credential(credential_id: int, *, by: str, why: str = "") -> Credential:
    """The found card opens doors again."""
    return _turn(credential_id, CredentialState.ACTIVE, "credential.unblocked", by=by, why=why)


def replace_credential(credential_id: int, text: str, *, by: str, why: str = "") -> Credential:
    """Another card of this number is the person's, and the lost one opens no door any more.

    Raises INVALID_INPUT when it is the number of the lost one, CREDENTIAL_TAKEN as issuing does.
    """
    lost = db.session.get(Credential, credential_id)
    if lost is None or lost.state is CredentialState.ENDED:
        raise not_found(_("There is no such card."))
    made = issue_credential(lost.person_id, lost.kind, text, by=by)
    if made.id == lost.id:
        raise invalid({"value": _("This is the number of the lost card.")})
    block_credential(lost.id, by=by, why=why)
    return made


def end_credential(credential_id: int, *, by: str, why: str = "") -> Credential:
    """The credential belongs to nobody any more and may be issued again."""
    ended = _turn(credential_id, CredentialState.ENDED, "credential.ended", by=by, why=why)
    drop_search_word(ended.person_id, ended.value)
    return ended


def assign_unmatched(
    door: Door, kind: CredentialKind, text: str, person_id: int, *, by: str
) -> int:
    """The unknown value belongs to the person, and so do the visits it made; returns their number.

    Visits are charged once against what was valid on their day. A second call finds nothing left
    to do. Raises CREDENTIAL_TAKEN when the value belongs to somebody else.
    """
    credential = issue_credential(person_id, kind, text, by=by)
    scans = events_to_own(door.club_id, kind.value, credential.value)
    moment = clock.now()
    db.session.add_all(
        [
            EventOwner(event_id=event_id, person_id=person_id, at=moment, by=by)
            for event_id, _at, _opened in scans
        ]
    )
    db.session.flush()
    whose = Whose(person_id, door.club_id, door.tz, door.policy, by)
    for _event_id, at, opened in scans:
        if opened:
            rebuild_visits(whose, at)
    db.session.execute(
        update(Unmatched)
        .where(
            Unmatched.club_id == door.club_id,
            Unmatched.kind == kind,
            Unmatched.value == credential.value,
            Unmatched.person_id.is_(None),
        )
        .values(person_id=person_id, assigned_at=moment, assigned_by=by)
    )
    return len(scans)


def _turn(credential_id: int, to: CredentialState, action: str, *, by: str, why: str) -> Credential:
    credential = db.session.get(Credential, credential_id)
    if credential is None:
        raise not_found(_("There is no such card."))
    if credential.state is to:
        return credential
    move(credential, to, moves=CREDENTIAL_MOVES, by=by, why=why)
    audit.note(action, "person", credential.person_id, after={"credential": credential.id}, by=by)
    return credential


def _living(kind: CredentialKind, value: str) -> Credential | None:
    return db.session.scalars(
        select(Credential).where(
            Credential.kind == kind,
            Credential.value == value,
            Credential.state != CredentialState.ENDED,
        )
    ).first()


def _taken() -> DomainError:
    return DomainError("CREDENTIAL_TAKEN", _("Somebody else holds this already."))
