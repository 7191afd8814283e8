"""Services room: the link to a member's own page, also made where no request runs."""

from datetime import timedelta

from flask import current_app

from clubcrm.core import clock
from clubcrm.people.api import make_link
from memberships.contracts.links import PORTAL_DAYS, PORTAL_PURPOSE

PAGE = "portal.home"


def own_address(person_id: int, *, by: str) -> str:
    """Return the whole address of the member's page; empty when the club has no public address."""
    public_url: str = current_app.extensions["club_settings"].public_url
    if not public_url:
        return ""
    ends = clock.now() + timedelta(days=PORTAL_DAYS)
    token = make_link(person_id, PORTAL_PURPOSE, expires_at=ends, by=by)
    path = current_app.url_map.bind("localhost").build(PAGE, {"token": token})
    return f"{public_url.rstrip('/')}{path}"
