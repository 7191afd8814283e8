"""Services room: links by which a member reaches one page of his own, without signing in.

A link is a random token that only its holder knows; the store keeps its digest. It serves one
purpose and one subject, ends at its hour, and can be taken back. Opening it changes nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, has_request_context, url_for
from sqlalchemy import select, update

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.people.models import MemberLink

TOKEN_BYTES = 18
LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What a good link stands for: whose it is, for what, about which subject."""

    link_id: int
    person_id: int
    purpose: str
    subject_id: str


def make_link(
    person_id: int, purpose: str, *, subject_id: str = "", expires_at: datetime | None, by: str
) -> str:
    """Return a new token for the person, good for this purpose and subject until it ends."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        MemberLink(
            person_id=person_id,
            purpose=purpose,
            subject_id=subject_id,
            digest=_digest(token),
            expires_at=expires_at,
            made_by=by,
        )
    )
    # Written with the rest of the unit: a night makes thousands of links.
    return token


def open_link(purpose: str, token: str) -> OpenedLink | None:
    """Return what the token stands for; None for one of another purpose, ended or taken back."""
    if not token or len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    row = db.session.execute(
        select(
            MemberLink.id, MemberLink.person_id, MemberLink.subject_id, MemberLink.expires_at
        ).where(
            MemberLink.digest == _digest(token),
            MemberLink.purpose == purpose,
            MemberLink.revoked_at.is_(None),
        )
    ).first()
    if row is None or (row.expires_at is not None and row.expires_at <= clock.now()):
        return None
    return OpenedLink(row.id, row.person_id, purpose, row.subject_id)


def revoke_links(person_id: int, purpose: str, *, subject_id: str | None = None) -> int:
    """The person's links of this purpose open nothing any more; returns how many were open."""
    wanted = update(MemberLink).where(
        MemberLink.person_id == person_id,
        MemberLink.purpose == purpose,
        MemberLink.revoked_at.is_(None),
    )
    if subject_id is not None:
        wanted = wanted.where(MemberLink.subject_id == subject_id)
    done = db.session.execute(wanted.values(revoked_at=clock.now()))
    return int(done.rowcount)  # type: ignore[attr-defined] # the untyped result of an UPDATE


def link_address(endpoint: str, token: str) -> str:
    """Return the whole address to send: on the public address of the club, else of this request.

    Empty where there is neither, as in a job of a club without a public address.
    """
    public_url = current_app.extensions["club_settings"].public_url
    if public_url:
        path = current_app.url_map.bind("localhost").build(endpoint, {"token": token})
        return f"{public_url.rstrip('/')}{path}"
    return url_for(endpoint, token=token, _external=True) if has_request_context() else ""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
