"""Services room: after a restore, what people refused since the copy was made is refused again."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.people.consents import Answer, answer
from clubcrm.people.models import Channel, Person, Purpose
from clubcrm.people.queries.persons import newest_consents
from clubcrm.people.refusals import refusals
from clubcrm.people.services import set_do_not_contact

SOURCE = "journal"


def refuse_again(*, by: str) -> int:
    """Every refusal of the journal stands in the store; returns how many were missing there."""
    # A list first: what is refused again is itself noted in the journal.
    return sum(_refuse(line, by) for line in list(refusals()))


def _refuse(line: dict[str, Any], by: str) -> bool:
    person = db.session.scalars(
        select(Person).where(Person.public_id == str(line.get("person", "")))
    ).first()
    if person is None:
        return False
    if "left_alone" in line:
        wish = bool(line["left_alone"])
        changes = person.do_not_contact != wish
        set_do_not_contact(person, wish, by=by)
        return changes
    channel, purpose = Channel(line["channel"]), Purpose(line["purpose"])
    known = newest_consents([person.id]).get((person.id, channel, purpose))
    at = datetime.fromisoformat(line["at"])
    if known is not None and (not known.given or known.at > at):
        return False
    answer(person, Answer(channel, purpose, False, SOURCE), by=by)
    return True
