"""Queries room: where letters to people go, now or on the day of an old paper."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.rules.postal import NOWHERE, Address, lines_of

_PARTS = tuple(one.name for one in fields(Address))


def address_of(person_id: int, at: datetime | None = None) -> Address:
    """Return the postal address of a person, now or as it was known at an instant."""
    lines = select(PostalAddress).where(PostalAddress.person_id == person_id)
    if at is not None:
        lines = lines.where(PostalAddress.at <= at)
    newest = lines.order_by(PostalAddress.at.desc(), PostalAddress.id.desc()).limit(1)
    row = db.session.scalars(newest).first()
    return NOWHERE if row is None else as_told(row)


def letter_lines(person_id: int, home: str, at: datetime | None = None) -> list[str]:
    """Return the lines of the address as they stand on a letter sent from a country."""
    return lines_of(address_of(person_id, at), home)


def addresses_of(ids: Iterable[int]) -> dict[int, PostalAddress]:
    """Return the newest line of each of the people who have any; one select."""
    newest = (
        select(func.max(PostalAddress.id))
        .where(PostalAddress.person_id.in_(list(ids)))
        .group_by(PostalAddress.person_id)
    )
    rows = db.session.scalars(select(PostalAddress).where(PostalAddress.id.in_(newest)))
    return {row.person_id: row for row in rows}


def places_of(ids: Iterable[int]) -> dict[int, str]:
    """Return by what the house of each of the people is known again; one select."""
    return {number: row.place_key for number, row in addresses_of(ids).items()}


def as_told(row: PostalAddress) -> Address:
    """Return a line as the address it tells."""
    found = Address(**{name: getattr(row, name) or "" for name in _PARTS})
    return found or NOWHERE
