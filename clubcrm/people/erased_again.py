"""Services room: after a restore, whoever was erased since the copy was made is erased again."""

from sqlalchemy import select

from clubcrm.core.db import unit_of_work
from clubcrm.people.erased import erasures
from clubcrm.people.erasing import erase_person
from clubcrm.people.models import Person
from clubcrm.people.privacy_tables import Erasure

CAUSE = "journal"


def erase_again(*, by: str) -> int:
    """Every erasure of the journal stands in the store; returns how many were missing there.

    Runs its own units of work, one for each person.
    """
    missing = [number for public_id in dict.fromkeys(erasures()) for number in _missing(public_id)]
    for person_id in missing:
        erase_person(person_id, CAUSE, by=by)
    return len(missing)


def _missing(public_id: str) -> list[int]:
    with unit_of_work(write=False) as session:
        done = select(Erasure.person_id).where(Erasure.finished_at.is_not(None))
        query = select(Person.id).where(Person.public_id == public_id, Person.id.not_in(done))
        return list(session.scalars(query))
