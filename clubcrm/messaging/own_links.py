"""Services room: the link by which a member opens his own page of messages."""

from datetime import timedelta

from clubcrm.core import clock
from clubcrm.messaging.own_news import NEWS_PURPOSE
from clubcrm.people.api import link_address, make_link

LASTS = timedelta(days=365)


def news_address(person_id: int, *, by: str = "system") -> str:
    """Return the address of the member's page of messages, with a new link that lasts a year."""
    ends = clock.now() + LASTS
    return link_address("news.show", make_link(person_id, NEWS_PURPOSE, expires_at=ends, by=by))
