"""Services room: a person's postal address is kept in parts, as the form of its country asks."""

from dataclasses import asdict

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.changes import note_change
from clubcrm.people.models import Person
from clubcrm.people.queries.addresses import address_of
from clubcrm.people.rules.postal import Address, check_address, lines_of, place_key


def keep_address(person: Person, told: Address, *, by: str | None = None) -> Address:
    """Letters to the person go there from now on; raises INVALID_INPUT naming every wrong part.

    An empty address ends the one that was known; what is already so is not written again.
    """
    wanted, before = check_address(told), address_of(person.id)
    if wanted == before:
        return before
    actor = by or audit.current_actor_name()
    db.session.add(
        PostalAddress(**address_line(person.id, wanted or Address(before.country), actor))
    )
    note_change(person.id, "address", _one_line(before), _one_line(wanted), by=actor)
    db.session.flush()
    # The chain never forgets, so it names the field and keeps the place out.
    audit.note("person.changed", "person", person.id, after={"fields": ["address"]}, by=actor)
    return wanted


def address_line(person_id: int, address: Address, by: str) -> dict[str, object]:
    """Return the values of a line of the ledger of addresses."""
    return {
        "person_id": person_id,
        **asdict(address),
        "place_key": place_key(address),
        "by": by,
    }


def _one_line(address: Address) -> str:
    return ", ".join(lines_of(address))
