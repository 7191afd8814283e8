"""Services room: secret addresses of calendars; a new one ends the one before."""

import hashlib
import secrets

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.people.api import make_link, revoke_links
from memberships.schedule.models import StaffFeed

PURPOSE = "classes"


def new_member_feed(person_id: int, *, by: str) -> str:
    """Return the token of the person's calendar; earlier ones show nothing any more."""
    revoke_links(person_id, PURPOSE)
    audit.note("calendar.link_made", "person", person_id, by=by)
    return make_link(person_id, PURPOSE, expires_at=None, by=by)


def new_staff_feed(user_id: int, *, by: str) -> str:
    """Return the token of the calendar of a member of staff; the one before is over."""
    token = secrets.token_urlsafe(18)
    row = db.session.get(StaffFeed, user_id) or StaffFeed(user_id=user_id)
    row.digest, row.made_at = digest_of(token), clock.now()
    db.session.add(row)
    db.session.flush()
    audit.note("calendar.link_made", "user", user_id, by=by)
    return token


def digest_of(token: str) -> str:
    """Return what the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
