"""Queries room: the postal address of a person as one of the ways to reach him."""

from flask import url_for
from flask_babel import gettext as _

from clubcrm.card.member import Way
from clubcrm.card.queries.person import PersonRow
from clubcrm.core.policy import current_actor
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.people.queries.addresses import address_of
from clubcrm.people.rules.postal import lines_of


def post_ways(person: PersonRow) -> list[Way]:
    """Return the address in one line, empty when none is known."""
    address = address_of(person.id)
    lines = lines_of(address, address.country)
    if not lines:
        return []
    may = current_actor().may(EDIT_PEOPLE)
    href = url_for("people.address", public_id=person.public_id) if may else ""
    return [Way("map-pin", _("Postal address"), ", ".join(lines), href, "")]
