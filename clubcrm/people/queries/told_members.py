"""Queries room: the member that a row of a table means, by number, phone or e-mail."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.people.models import ContactKind, ContactPoint, Person
from clubcrm.people.rules.contacts import email_address, phone_number
from clubcrm.people.rules.crowd import name_key


def told_member(club_id: int, source: str, values: Mapping[str, str]) -> int:
    """Return who is meant; raises NO_MEMBER, or SEVERAL when the row fits more than one.

    A number decides alone; a phone or address of a family needs the name as well.
    """
    if number := values.get("member", ""):
        return _by_number(club_id, source, number)
    ids = _by_way(club_id, values)
    if len(ids) > 1 and values.get("name"):
        names = db.session.execute(
            select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(ids))
        )
        wanted = name_key(values["name"])
        ids = {row.id for row in names if name_key(f"{row[1]} {row[2]}") == wanted}
    if not ids:
        raise DomainError("NO_MEMBER", _("Nobody here has this phone or e-mail."), status=404)
    if len(ids) > 1:
        raise DomainError("SEVERAL", _("Several people have this phone or e-mail."))
    return ids.pop()


def _by_number(club_id: int, source: str, number: str) -> int:
    rows = db.session.execute(
        select(Person.id, Person.source).where(
            Person.club_id == club_id, Person.external_ref == number
        )
    ).all()
    ours = [row.id for row in rows if row.source == source] or [row.id for row in rows]
    if not ours:
        raise DomainError("NO_MEMBER", _("Nobody here has this number."), status=404)
    return int(ours[0])


def _by_way(club_id: int, values: Mapping[str, str]) -> set[int]:
    ways = []
    if values.get("phone"):
        club = db.session.get_one(Club, club_id)
        ways.append((ContactKind.PHONE, phone_number(values["phone"], club.country)))
    if values.get("email"):
        ways.append((ContactKind.EMAIL, email_address(values["email"])))
    if not ways:
        raise invalid({"member": _("The row names no member.")})
    found: set[int] | None = None
    for kind, value in ways:
        rows = db.session.scalars(
            select(Person.id)
            .join(ContactPoint, ContactPoint.person_id == Person.id)
            .where(
                Person.club_id == club_id,
                ContactPoint.kind == kind,
                ContactPoint.value == value,
            )
        )
        ids = set(rows)
        found = ids if found is None else (found & ids or found or ids)
    return found or set()
