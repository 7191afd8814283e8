"""Services room: the addresses that a message carries, each made for its reader alone.

Upper floors give their makers in `club_message_links`; where none answers, the member's own page
stands in, and where that cannot be reached either, the words say where to ask.
"""

from collections.abc import Callable, Collection, Mapping

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.messaging.rules.placeholders import LINKS
from memberships.api import own_address

OWN_LINK = "own_link"
# Answers the address for a person and the code of the message; empty when there is none.
LinkMaker = Callable[[int, str], str]


def own_page(person_id: int, _code: str) -> str:
    """Return the address of the reader's own page; empty when the club has no public address."""
    return own_address(person_id, by="system")


def link_values(person_id: int, code: str, names: Collection[str], language: str) -> dict[str, str]:
    """Return an address for each of the named links, or the words that stand in for it."""
    wanted = [name for name in LINKS if name in names]
    if not wanted:
        return {}
    makers: Mapping[str, LinkMaker] = current_app.extensions.get("club_message_links", {})
    with force_locale(language):
        at_desk = _("at our desk")
    return {name: _address(makers, name, person_id, code) or at_desk for name in wanted}


def _address(makers: Mapping[str, LinkMaker], name: str, person_id: int, code: str) -> str:
    own = makers.get(name)
    address = own(person_id, code) if own is not None else ""
    stands_in = makers.get(OWN_LINK)
    if address or name == OWN_LINK or stands_in is None:
        return address
    return stands_in(person_id, code)
