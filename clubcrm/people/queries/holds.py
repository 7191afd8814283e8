"""Queries: who is to be left in peace, and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from clubcrm.core.db import db
from clubcrm.people.models import ContactHold, HoldKind


def holds_of(person_ids: Iterable[int], day: date) -> Mapping[int, frozenset[HoldKind]]:
    """Return for each of the people who are to be left in peace on the day the kinds of why."""
    found: dict[int, set[HoldKind]] = defaultdict(set)
    for person_id, kind in db.session.execute(
        select(ContactHold.person_id, ContactHold.kind).where(
            ContactHold.person_id.in_(list(person_ids)), in_force(day)
        )
    ):
        found[person_id].add(kind)
    return {person_id: frozenset(kinds) for person_id, kinds in found.items()}


def standing_holds(person_id: int, day: date) -> Sequence[ContactHold]:
    """Return what stands against writing to one person, the oldest first."""
    return db.session.scalars(
        select(ContactHold)
        .where(ContactHold.person_id == person_id, in_force(day))
        .order_by(ContactHold.id)
    ).all()


def in_force(day: date) -> ColumnElement[bool]:
    """Return the condition that a hold stands on the day."""
    return ContactHold.lifted_at.is_(None) & or_(
        ContactHold.until_on.is_(None), ContactHold.until_on >= day
    )
