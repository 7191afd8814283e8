"""Services: the ways to reach a person, each once, one of each kind first."""

from sqlalchemy import select, update

from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.people.models import ContactKind, ContactPoint, Person, ReachState
from clubcrm.people.rules.contacts import reversed_digits


def put_first(person: Person, kind: ContactKind, value: str, typed: str) -> ContactPoint:
    """The person is reached by this value first; a value he already had keeps its history."""
    db.session.execute(
        update(ContactPoint)
        .where(ContactPoint.person_id == person.id, ContactPoint.kind == kind)
        .values(is_primary=False)
    )
    point = _find(person.id, kind, value)
    if point is None:
        point = ContactPoint(person_id=person.id, kind=kind, value=value)
        db.session.add(point)
    point.as_typed = typed or value
    point.is_primary = True
    point.reversed_digits = reversed_digits(value) if kind is ContactKind.PHONE else None
    db.session.flush()
    return point


def replace_first(person: Person, kind: ContactKind, value: str, typed: str) -> None:
    """The first way of this kind is the value now and the former is gone; empty only removes."""
    former = first_of(person.id, kind)
    if former is not None and former.value == value:
        return
    if former is not None:
        db.session.delete(former)
        db.session.flush()
    if value:
        put_first(person, kind, value, typed)
        return
    heir = first_of(person.id, kind)
    if heir is not None:
        heir.is_primary = True


def first_of(person_id: int, kind: ContactKind) -> ContactPoint | None:
    """Return the way of this kind that is tried first, if there is one."""
    return db.session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.kind == kind)
        .order_by(ContactPoint.is_primary.desc(), ContactPoint.id)
        .limit(1)
    ).first()


def point_of(person: Person, point_id: int) -> ContactPoint:
    """Return one way to reach the person; raises NOT_FOUND when it is not his."""
    point = db.session.get(ContactPoint, point_id)
    if point is None or point.person_id != person.id:
        raise not_found("This person is not reached that way.")
    return point


def revalue(point: ContactPoint, value: str, typed: str) -> ContactPoint:
    """The way has this value in its place; one that the person had already takes its place."""
    known = _find(point.person_id, point.kind, value)
    if known is not None:
        known.is_primary = known.is_primary or point.is_primary
        db.session.delete(point)
        db.session.flush()
        return known
    point.value, point.as_typed = value, typed or value
    point.state, point.state_why = ReachState.GOOD, ""
    point.reversed_digits = reversed_digits(value) if point.kind is ContactKind.PHONE else None
    db.session.flush()
    return point


def remove(person: Person, point_id: int) -> ContactPoint:
    """The way to reach the person is gone; raises NOT_FOUND when it is not his."""
    point = point_of(person, point_id)
    db.session.delete(point)
    db.session.flush()
    heir = first_of(person.id, point.kind)
    if heir is not None:
        heir.is_primary = True
        db.session.flush()
    return point


def flag_address(kind: ContactKind, value: str, why: str) -> int:
    """The address is known not to work, wherever it is used; returns for how many people."""
    done = db.session.execute(
        update(ContactPoint)
        .where(ContactPoint.kind == kind, ContactPoint.value == value)
        .values(state=ReachState.BOUNCED, state_why=why[:300])
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def move_address(kind: ContactKind, old: str, new: str) -> int:
    """Who was reached at the old address is reached at the new one; returns how many people."""
    moved = 0
    for point in db.session.scalars(
        select(ContactPoint).where(ContactPoint.kind == kind, ContactPoint.value == old)
    ).all():
        if _find(point.person_id, kind, new) is None:
            point.value = new
            point.state = ReachState.GOOD
            moved += 1
    db.session.flush()
    return moved


def _find(person_id: int, kind: ContactKind, value: str) -> ContactPoint | None:
    return db.session.scalars(
        select(ContactPoint).where(
            ContactPoint.person_id == person_id,
            ContactPoint.kind == kind,
            ContactPoint.value == value,
        )
    ).first()
