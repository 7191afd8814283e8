"""Queries room: guest passes: of a host, of a guest, by scope."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ScalarSelect, bindparam, func, select
from sqlalchemy.orm import aliased

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.schedule.models import GuestPass
from memberships.schedule.rules.guests import PassState


@dataclass(frozen=True, slots=True)
class PassRow:
    """A guest pass with the names of guest and host."""

    granted: GuestPass
    guest_name: str
    guest_public_id: str
    host_name: str
    host_public_id: str


def first_pass() -> ScalarSelect[date]:
    """Return, for the gate's question about `person_id`, the first pass used since `year_ago`.

    Who came as somebody's guest has had free visits since that day.
    """
    return (
        select(func.min(GuestPass.day))
        .where(
            GuestPass.guest_id == bindparam("person_id"),
            GuestPass.state == PassState.USED,
            GuestPass.day >= bindparam("year_ago"),
        )
        .scalar_subquery()
    )


def passes_of_host(host_id: int, limit: int = 30) -> list[PassRow]:
    """Return the passes of a member, newest first."""
    return _rows(GuestPass.host_id == host_id, limit)


def passes_of_guest(guest_id: int, limit: int = 30) -> list[PassRow]:
    """Return the passes on which somebody came, newest first; the oldest names the first host."""
    return _rows(GuestPass.guest_id == guest_id, limit)


def pass_for(scope: Scope, public_id: str) -> PassRow | None:
    """Return a pass of these clubs, None when there is none."""
    found = _rows(
        (GuestPass.public_id == public_id) & GuestPass.club_id.in_(scope.club_ids), limit=1
    )
    return found[0] if found else None


def _rows(condition: object, limit: int) -> list[PassRow]:
    host, guest = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(GuestPass, guest, host)
        .join(guest, guest.id == GuestPass.guest_id)
        .join(host, host.id == GuestPass.host_id)
        .where(condition)  # type: ignore[arg-type] # any condition on the passes
        .order_by(GuestPass.id.desc())
        .limit(limit)
    ).all()
    return [
        PassRow(granted, one.full_name, one.public_id, other.full_name, other.public_id)
        for granted, one, other in rows
    ]
