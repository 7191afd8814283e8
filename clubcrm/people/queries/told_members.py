"""Queries room: the members that rows of a table mean, by number, phone or e-mail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.people.models import ContactKind, ContactPoint, Person
from clubcrm.people.rules.contacts import email_address, phone_number
from clubcrm.people.rules.crowd import name_key
from clubcrm.people.rules.table_kinds import Outcome, TablePlace, TableRow, told_rows

Values = Mapping[str, str]
Way = tuple[ContactKind, str]
Meant = int | DomainError
Told = TypeVar("Told")


def read_rows(
    place: TablePlace, rows: Sequence[TableRow], read: Callable[[TableRow, int], Told]
) -> tuple[list[Told], dict[int, Outcome]]:
    """Return what the rows tell of their members, and by number why the others tell nothing.

    `read` is given a row and whom it means, and raises why it cannot be taken.
    """
    people = told_members(place.club_id, place.source, [row.values for row in rows])
    meant = dict(zip((row.number for row in rows), people, strict=True))

    def read_row(row: TableRow) -> Told:
        person_id = meant[row.number]
        if isinstance(person_id, DomainError):
            raise person_id
        return read(row, person_id)

    told, refused = told_rows(rows, read_row)
    return list(told.values()), refused


def told_members(club_id: int, source: str, rows: Sequence[Values]) -> list[Meant]:
    """Return who each row means, or why nobody: three selects for all of them.

    A number decides alone; a phone or address of a family needs the name as well.
    """
    numbers = _by_number(club_id, source, {row.get("member", "") for row in rows} - {""})
    ways = [_ways(club_id, row) for row in rows]
    reached = _reached(club_id, {way for told in ways if isinstance(told, list) for way in told})
    several = {one for people in reached.values() if len(people) > 1 for one in people}
    names = _names(several)
    return [
        _meant(row, told, numbers, reached, names) for row, told in zip(rows, ways, strict=True)
    ]


def _meant(
    row: Values,
    ways: list[Way] | DomainError,
    numbers: Mapping[str, int],
    reached: Mapping[Way, set[int]],
    names: Mapping[int, str],
) -> Meant:
    if number := row.get("member", ""):
        missing = DomainError("NO_MEMBER", _("Nobody here has this number."), status=404)
        return numbers.get(number, missing)
    if isinstance(ways, DomainError):
        return ways
    ids = _common(reached.get(way, set()) for way in ways)
    if len(ids) > 1 and row.get("name"):
        wanted = name_key(row["name"])
        ids = {one for one in ids if names[one] == wanted}
    if not ids:
        return DomainError("NO_MEMBER", _("Nobody here has this phone or e-mail."), status=404)
    if len(ids) > 1:
        return DomainError("SEVERAL", _("Several people have this phone or e-mail."))
    return min(ids)


def _common(found: Iterable[set[int]]) -> set[int]:
    """Return who is reached on both ways, or on the one that reaches anybody."""
    common: set[int] | None = None
    for ids in found:
        common = ids if common is None else (common & ids or common or ids)
    return common or set()


def _by_number(club_id: int, source: str, numbers: set[str]) -> dict[str, int]:
    if not numbers:
        return {}
    rows = db.session.execute(
        select(Person.external_ref, Person.id, Person.source)
        .where(Person.club_id == club_id, Person.external_ref.in_(numbers))
        .order_by(Person.id)
    ).all()
    found: dict[str, int] = {}
    # The table's own numbers win over those of another source.
    for row in sorted(rows, key=lambda row: row.source != source):
        found.setdefault(str(row.external_ref), row.id)
    return found


def _ways(club_id: int, row: Values) -> list[Way] | DomainError:
    if row.get("member"):
        return []
    ways: list[Way] = []
    try:
        if row.get("phone"):
            country = db.session.get_one(Club, club_id).country
            ways.append((ContactKind.PHONE, phone_number(row["phone"], country)))
        if row.get("email"):
            ways.append((ContactKind.EMAIL, email_address(row["email"])))
    except DomainError as error:
        return error
    return ways or invalid({"member": _("The row names no member.")})


def _reached(club_id: int, ways: set[Way]) -> dict[Way, set[int]]:
    if not ways:
        return {}
    rows = db.session.execute(
        select(ContactPoint.kind, ContactPoint.value, Person.id)
        .join(Person, ContactPoint.person_id == Person.id)
        .where(
            Person.club_id == club_id,
            ContactPoint.kind.in_({kind for kind, _value in ways}),
            ContactPoint.value.in_({value for _kind, value in ways}),
        )
    )
    found: dict[Way, set[int]] = {}
    for kind, value, person_id in rows:
        found.setdefault((kind, value), set()).add(person_id)
    return found


def _names(ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(ids))
    )
    return {row.id: name_key(f"{row.given_name} {row.family_name}") for row in rows}
