"""Queries room: traits of where letters to people go: postal code, town, country."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from clubcrm.core.db import db
from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.address_words import country_name
from clubcrm.people.models import Person
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import Choices, Ground, Trait

GROUP = "person"
MOST_PLACES = 1000
Rows = Select[*tuple[Any, ...]]
Column = InstrumentedAttribute[str]
IS_KNOWN = or_(PostalAddress.street != "", PostalAddress.city != "")


def _newest(club_id: int) -> Rows:
    return (
        select(func.max(PostalAddress.id))
        .join(Person, Person.id == PostalAddress.person_id)
        .where(Person.club_id == club_id)
        .group_by(PostalAddress.person_id)
    )


def _part(column: Column) -> Callable[[Ground], Rows]:
    def rows(ground: Ground) -> Rows:
        return select(PostalAddress.person_id, column).where(
            PostalAddress.id.in_(_newest(ground.club_id)), IS_KNOWN, column != ""
        )

    return rows


def _known(ground: Ground) -> Rows:
    return select(PostalAddress.person_id).where(
        PostalAddress.id.in_(_newest(ground.club_id)), IS_KNOWN
    )


def _places(club_id: int, column: Column) -> list[str]:
    rows = select(column).where(PostalAddress.id.in_(_newest(club_id)), IS_KNOWN, column != "")
    return list(db.session.scalars(rows.distinct().order_by(column).limit(MOST_PLACES)))


def _named(column: Column) -> Callable[[int], Choices]:
    return lambda club_id: [(one, one) for one in _places(club_id, column)]


def _countries(club_id: int) -> Choices:
    return [(one, country_name(one)) for one in _places(club_id, PostalAddress.country)]


TRAITS: tuple[Trait, ...] = (
    Trait("has_address", GROUP, _l("Has a postal address"), TraitKind.YES, _known),
    Trait("postal_code", GROUP, _l("Postal code"), TraitKind.CHOICE,
          _part(PostalAddress.postal_code), choices=_named(PostalAddress.postal_code), single=True),
    Trait("town", GROUP, _l("Town"), TraitKind.CHOICE,
          _part(PostalAddress.city), choices=_named(PostalAddress.city), single=True),
    Trait("country", GROUP, _l("Country"), TraitKind.CHOICE,
          _part(PostalAddress.country), choices=_countries, single=True),
)  # fmt: skip
