"""Queries room: traits that a club made itself: its tags, its ties and its own fields."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, Numeric, Select, String, case, cast, func, select, union_all

from clubcrm.core.db import db
from clubcrm.people.about_tables import OwnField, OwnValue, PersonTag, Tag, Tie
from clubcrm.people.models import Person
from clubcrm.people.queries.about import open_fields
from clubcrm.people.rules.own_fields import NO, YES, OwnKind
from clubcrm.people.rules.ties import TieKind, from_other_side
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.tie_words import tie_words
from clubcrm.people.traits import OWN, Choices, Ground, Trait

GROUP = "card"
KINDS = {
    OwnKind.NUMBER: TraitKind.NUMBER,
    OwnKind.DAY: TraitKind.DAY,
    OwnKind.CHOICE: TraitKind.CHOICE,
    OwnKind.YES_NO: TraitKind.CHOICE,
    # Free words are not compared; whether something stands there is.
    OwnKind.TEXT: TraitKind.YES,
    OwnKind.LINK: TraitKind.YES,
}


def _tagged(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(PersonTag.person_id, Tag.public_id)
        .join(Tag, Tag.id == PersonTag.tag_id)
        .join(Person, Person.id == PersonTag.person_id)
        .where(Person.club_id == ground.club_id)
    )


def _tied(ground: Ground) -> Select[*tuple[Any, ...]]:
    """Return what somebody is to each, from whichever side it was written down."""
    turned = case(*((Tie.kind == kind, from_other_side(kind).value) for kind in TieKind), else_="")
    both = union_all(
        select(Tie.person_id.label("person_id"), cast(Tie.kind, String).label("kind")),
        select(Tie.other_id, turned),
    ).subquery()
    return (
        select(both.c.person_id, both.c.kind)
        .join(Person, Person.id == both.c.person_id)
        .where(Person.club_id == ground.club_id)
    )


def _tags(_club: int) -> Choices:
    rows = db.session.execute(select(Tag.public_id, Tag.name).order_by(Tag.folded))
    return [(row.public_id, row.name) for row in rows]


def _kinds_of_ties(_club: int) -> Choices:
    return [(kind.value, words) for kind, words in tie_words().items()]


TRAITS: tuple[Trait, ...] = (
    Trait("tag", GROUP, _l("Tag"), TraitKind.CHOICE, _tagged, choices=_tags),
    Trait("tie", GROUP, _l("Belongs together with a"), TraitKind.CHOICE, _tied,
          choices=_kinds_of_ties),
)  # fmt: skip


def own_traits() -> list[Trait]:
    """Return one trait for each field of the club's own that is asked."""
    return [_trait(field) for field in open_fields()]


def _trait(field: OwnField) -> Trait:
    kind, field_id, choices = KINDS[field.kind], field.id, list(field.choices)

    def rows(ground: Ground) -> Select[*tuple[Any, ...]]:
        return (
            select(OwnValue.person_id, _compared(kind))
            .join(Person, Person.id == OwnValue.person_id)
            .where(Person.club_id == ground.club_id, OwnValue.field_id == field_id)
        )

    def listed(_club: int) -> Choices:
        if choices:
            return [(choice, choice) for choice in choices]
        return [(YES, _("yes")), (NO, _("no"))]

    return Trait(
        code=f"{OWN}{field.public_id}",
        group=GROUP,
        label=field.label,
        kind=kind,
        rows=rows,
        zero=False,
        choices=listed if kind is TraitKind.CHOICE else None,
    )


def _compared(kind: TraitKind) -> Any:
    """Return the kept text as what it is compared as; its form was checked when it was kept."""
    if kind is TraitKind.NUMBER:
        return cast(OwnValue.value, Numeric(18, 6))
    if kind is TraitKind.DAY:
        return func.date(OwnValue.value, type_=Date)
    return OwnValue.value
