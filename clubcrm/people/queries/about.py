"""Queries: tags, fields of the club's own and ties of people, and how much each is used."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.about_tables import OwnField, OwnValue, PersonTag, Tag, Tie
from clubcrm.people.models import Person
from clubcrm.people.rules.own_fields import FieldRule, may_see
from clubcrm.people.rules.row_extras import OWN, OwnColumn
from clubcrm.people.rules.ties import TieKind, from_other_side


@dataclass(frozen=True, slots=True)
class Use:
    """A tag or field, and for how many people of the scope it says something."""

    public_id: str
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class TieShown:
    """One who belongs to a person, and what he is to him."""

    tie_id: int
    public_id: str
    name: str
    kind: TieKind
    note: str


def tags_of(person_id: int) -> Sequence[Tag]:
    """Return the tags of a person by name."""
    return db.session.scalars(
        select(Tag)
        .join(PersonTag, PersonTag.tag_id == Tag.id)
        .where(PersonTag.person_id == person_id)
        .order_by(Tag.folded)
    ).all()


def tag_uses(scope: Scope) -> list[Use]:
    """Return every tag with the number of people of the scope who carry it, by name."""
    carried = (
        select(PersonTag.tag_id, func.count().label("people"))
        .join(Person, Person.id == PersonTag.person_id)
        .where(Person.club_id.in_(scope.club_ids))
        .group_by(PersonTag.tag_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Tag.public_id, Tag.name, func.coalesce(carried.c.people, 0))
        .outerjoin(carried, carried.c.tag_id == Tag.id)
        .order_by(Tag.folded)
    )
    return [Use(*row) for row in rows]


def find_tag(folded: str) -> Tag | None:
    """Return the tag of a folded name."""
    return db.session.scalar(select(Tag).where(Tag.folded == folded))


def tag_by_public_id(public_id: str) -> Tag | None:
    """Return one tag."""
    return db.session.scalar(select(Tag).where(Tag.public_id == public_id))


def carriers(scope: Scope, tag_id: int) -> list[int]:
    """Return the ids of the people of the scope who carry a tag, by name."""
    return list(
        db.session.scalars(
            select(Person.id)
            .join(PersonTag, PersonTag.person_id == Person.id)
            .where(PersonTag.tag_id == tag_id, Person.club_id.in_(scope.club_ids))
            .order_by(Person.sort_name, Person.id)
        )
    )


def open_fields() -> list[OwnField]:
    """Return the fields that are asked, in the club's order."""
    return list(
        db.session.scalars(
            select(OwnField)
            .where(OwnField.retired_at.is_(None))
            .order_by(OwnField.position, OwnField.id)
        )
    )


def all_fields() -> list[OwnField]:
    """Return every field, those that are asked first, in the club's order."""
    return list(
        db.session.scalars(
            select(OwnField).order_by(
                OwnField.retired_at.is_not(None), OwnField.position, OwnField.id
            )
        )
    )


def fields_for(role: str) -> list[OwnField]:
    """Return the fields that a role sees."""
    return [field for field in open_fields() if may_see(field.roles, role)]


def own_columns(role: str | None) -> tuple[OwnColumn, ...]:
    """Return the fields that a column of a table may hold; a role of None sees all of them."""
    shown = open_fields() if role is None else fields_for(role)
    return tuple(
        OwnColumn(one.id, f"{OWN}{one.public_id}", one.label, rule_of(one)) for one in shown
    )


def rule_of(field: OwnField) -> FieldRule:
    """Return what decides about a value of the field."""
    return FieldRule(field.kind, tuple(field.choices), field.is_required)


def field_by_public_id(public_id: str) -> OwnField | None:
    """Return one field, retired or not."""
    return db.session.scalar(select(OwnField).where(OwnField.public_id == public_id))


def field_uses(scope: Scope) -> dict[int, int]:
    """Return for each field for how many people of the scope something stands in it."""
    rows = db.session.execute(
        select(OwnValue.field_id, func.count().label("people"))
        .join(Person, Person.id == OwnValue.person_id)
        .where(Person.club_id.in_(scope.club_ids))
        .group_by(OwnValue.field_id)
    )
    return {row.field_id: row.people for row in rows}


def values_of(person_id: int) -> dict[int, str]:
    """Return what stands in each field for one person."""
    rows = db.session.execute(
        select(OwnValue.field_id, OwnValue.value).where(OwnValue.person_id == person_id)
    )
    return {row.field_id: row.value for row in rows}


def ties_of(person_id: int) -> list[TieShown]:
    """Return who belongs to a person, from whichever side it was written down."""
    rows = db.session.execute(
        select(Tie, Person)
        .join(
            Person,
            or_(
                (Tie.person_id == person_id) & (Person.id == Tie.other_id),
                (Tie.other_id == person_id) & (Person.id == Tie.person_id),
            ),
        )
        .where(or_(Tie.person_id == person_id, Tie.other_id == person_id))
        .order_by(Tie.kind, Person.sort_name, Tie.id)
    )
    return [
        TieShown(
            tie.id,
            other.public_id,
            other.full_name,
            tie.kind if tie.person_id == person_id else from_other_side(tie.kind),
            tie.note,
        )
        for tie, other in rows
    ]


def tie_between(person_id: int, tie_id: int) -> Tie | None:
    """Return a tie of the person, from whichever side."""
    return db.session.scalar(
        select(Tie).where(
            Tie.id == tie_id, or_(Tie.person_id == person_id, Tie.other_id == person_id)
        )
    )
