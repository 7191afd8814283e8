"""Holding a person while his account or his contracts change."""

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.people.models import Person


def lock_person(person_id: int) -> Person | None:
    """Return the person, whose account, contracts and packages nobody else changes meanwhile."""
    # Without the key, so that a scan which names the person does not wait for the desk.
    locked = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    return db.session.scalars(locked).first()


def lock_people(person_ids: set[int]) -> None:
    """The accounts of all these people are nobody else's until this unit of work ends."""
    wanted = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    db.session.execute(wanted.with_for_update(key_share=True)).all()
