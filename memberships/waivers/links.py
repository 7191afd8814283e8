"""Services room: links by which a member signs the waiver, also made where no request runs."""

from datetime import timedelta

from flask import current_app

from clubcrm.core import clock
from clubcrm.people.api import make_link

PURPOSE = "sign-waiver"
PAGE = "waivers.by_link"
LINK_LIVES = timedelta(days=14)
# A link in a letter is good for some days beyond the last one.
LETTER_LIVES = timedelta(days=30)


def waiver_address(person_id: int, *, by: str) -> str:
    """Return the whole address to sign at; empty when the club has no public address."""
    public_url: str = current_app.extensions["club_settings"].public_url
    if not public_url:
        return ""
    ends = clock.now() + LETTER_LIVES
    token = make_link(person_id, PURPOSE, expires_at=ends, by=by)
    path = current_app.url_map.bind("localhost").build(PAGE, {"token": token})
    return f"{public_url.rstrip('/')}{path}"
