"""Holding a person while his account or his contracts change."""

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.remembered import keep, recall
from clubcrm.people.models import Person

LOCKED = "locked_person"


def lock_person(person_id: int) -> Person | None:
    """Return the person, whose account, contracts and packages nobody else changes meanwhile."""
    held = held_person(person_id)
    if held is not None:
        return held
    # Without the key, so that a scan which names the person does not wait for the desk.
    locked = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    found = db.session.scalars(locked).first()
    if found is not None:
        keep((LOCKED, person_id), found)
    return found


def held_person(person_id: int) -> Person | None:
    """Return the person when this unit of work holds him already: nobody else changes him."""
    held: Person | None = recall((LOCKED, person_id))
    return held


def lock_people(person_ids: set[int]) -> None:
    """The accounts of all these people are nobody else's until this unit of work ends."""
    wanted = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    db.session.execute(wanted.with_for_update(key_share=True)).all()
