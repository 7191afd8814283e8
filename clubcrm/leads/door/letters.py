"""Services room: a form's letter is kept before it is read, and becomes one inquiry.

Two units of work, so that a fault of ours loses nobody: first the bytes are on the disk, then they
are read. What a crash left unread is read by a job.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.types import JsonObject, new_public_id
from clubcrm.leads.door import queries
from clubcrm.leads.door.becoming import become_inquiry
from clubcrm.leads.door.models import FormLetter, LeadForm
from clubcrm.leads.door.rules.letters import MOST_TRIES, LetterState
from clubcrm.leads.door.rules.origins import is_too_many, may_send

A_MINUTE = timedelta(minutes=1)
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody sent to the door, and from where."""

    form_key: str
    body: bytes
    media_type: str
    address: str
    headers: JsonObject = field(default_factory=dict)
    key: str = ""
    origin: str | None = None
    own_origin: str = ""
    hosted: bool = False

    @property
    def fingerprint(self) -> str:
        """Return a digest of what was sent, to tell a repetition from another letter."""
        return hashlib.sha256(self.media_type.encode() + b"\n" + self.body).hexdigest()


def keep(post: Post) -> FormLetter:
    """The letter is kept, once for each key of its sender; a repeated one gives the first.

    Raises NOT_FOUND for an unknown form, FORM_CLOSED, ORIGIN_NOT_LISTED, KEY_REUSED for another
    letter under a known key, and TOO_MANY beyond what a minute may bring.
    """
    form = queries.form_by_key(post.form_key)
    if form is None:
        raise not_found(_("There is no such form."))
    if not form.is_open:
        raise DomainError("FORM_CLOSED", _("This form is closed."), status=410)
    if not may_send(post.origin, post.own_origin, tuple(form.origins)):
        text = _("This form may not be sent from that site.")
        raise DomainError("ORIGIN_NOT_LISTED", text, status=403)
    known = _known(form, post)
    if known is not None:
        return known
    if is_too_many(*queries.sent_since(form.id, post.address, clock.now() - A_MINUTE)):
        text = _("Too many at once. Wait a minute, then try again.")
        raise DomainError("TOO_MANY", text, status=429, retry_after=60)
    return _write(form, post)


def settle(letter_id: int) -> FormLetter:
    """A waiting letter is an inquiry now; one that was read already stays as it is.

    Raises INVALID_BODY for bytes that nobody can read, INVALID_INPUT naming each wrong field.
    """
    letter = db.session.get_one(FormLetter, letter_id)
    taken = db.session.execute(
        update(FormLetter)
        .where(FormLetter.id == letter_id, FormLetter.state == LetterState.WAITING)
        .values(state=LetterState.TAKEN, settled_at=clock.now(), why="")
    )
    db.session.refresh(letter)
    if taken.rowcount == 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        letter.inquiry_id = become_inquiry(letter).id
        db.session.flush()
    return letter


def refuse(letter_id: int, why: str) -> None:
    """The waiting letter is marked with what is wrong with it; a person may have it read again."""
    _mark(letter_id, LetterState.REFUSED, why)


def stumble(letter_id: int, why: str) -> None:
    """Reading the letter failed by a fault of ours; after five tries a person has to look."""
    letter = db.session.get_one(FormLetter, letter_id)
    letter.tries += 1
    letter.why = why[:300]
    db.session.flush()
    if letter.tries >= MOST_TRIES:
        _mark(letter_id, LetterState.ODD, why)


def read_again(letter: FormLetter, *, by: str) -> None:
    """The letter waits to be read once more, after somebody has mended what was wrong."""
    done = db.session.execute(
        update(FormLetter)
        .where(
            FormLetter.id == letter.id,
            FormLetter.state.in_([LetterState.REFUSED, LetterState.ODD]),
        )
        .values(state=LetterState.WAITING, tries=0, settled_at=None)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("STATE", _("This letter has been read."))
    audit.note("form_letter.read_again", "form_letter", letter.id, by=by)
    db.session.refresh(letter)


def _mark(letter_id: int, state: LetterState, why: str) -> None:
    db.session.execute(
        update(FormLetter)
        .where(FormLetter.id == letter_id, FormLetter.state == LetterState.WAITING)
        .values(state=state, why=why[:300], settled_at=clock.now())
    )


def _known(form: LeadForm, post: Post) -> FormLetter | None:
    if not post.key:
        return None
    found = queries.letter_of_key(form.id, post.key[:LONGEST_KEY])
    if found is not None and found.fingerprint != post.fingerprint:
        raise DomainError("KEY_REUSED", _("This key was used for another request."), status=422)
    return found


def _write(form: LeadForm, post: Post) -> FormLetter:
    row = {
        "public_id": new_public_id(),
        "form_id": form.id,
        "state": LetterState.WAITING,
        "key": post.key[:LONGEST_KEY] or None,
        "fingerprint": post.fingerprint,
        "media_type": post.media_type[:100],
        "body": post.body,
        "headers": post.headers,
        "hosted": post.hosted,
        "address": post.address[:45],
        "received_at": clock.now(),
        "why": "",
        "tries": 0,
    }
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    added = make(FormLetter).values(row).on_conflict_do_nothing().returning(FormLetter.id)
    letter_id = db.session.scalars(added).first()
    if letter_id is None:
        # Another request of the same key was a moment faster.
        found = _known(form, post)
        if found is None:
            raise DomainError("IN_PROGRESS", _("Try again in a moment."), retry_after=1)
        return found
    return db.session.get_one(FormLetter, letter_id)
