"""Services room: people are left in peace for a reason: complaint, injury, dispute, death."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql import text

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean
from clubcrm.people.events import HoldLifted, HoldPlaced
from clubcrm.people.models import ContactHold, HoldKind, Person

STANDS = text("lifted_at IS NULL")


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """Who is left in peace and why; `source` names the cause, so that one cause holds once."""

    person_id: int
    kind: HoldKind
    source: str = ""
    note: str = ""
    until_on: date | None = None


def place_hold(order: HoldOrder, *, by: str) -> ContactHold:
    """The person is left in peace by every journey; the same cause placed again changes nothing."""
    person = db.session.get_one(Person, order.person_id)
    today = clock.today(db.session.get_one(Club, person.club_id).zone)
    if order.until_on is not None and order.until_on < today:
        raise invalid({"until_on": _("Choose a day that lies ahead.")})
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    values = {
        "person_id": order.person_id,
        "kind": order.kind,
        "source": order.source,
        "note": clean(order.note, "note", longest=300),
        "until_on": order.until_on,
        "placed_at": clock.now(),
        "placed_by": by,
        "lifted_by": "",
    }
    fresh = db.session.execute(
        make(ContactHold)
        .values(values)
        .on_conflict_do_nothing(index_elements=["person_id", "kind", "source"], index_where=STANDS)
        .returning(ContactHold.id)
    ).first()
    if fresh is not None:
        # The audit chain can never forget, so the words of the note stay out of it.
        audit.note("person.hold_placed", "person", person.id, after={"kind": order.kind}, by=by)
        events.record(HoldPlaced(person.club_id, clock.now(), person.id, order.kind.value))
    return _standing(order.person_id, order.kind, order.source)[0]


def lift_hold(person_id: int, kind: HoldKind, source: str | None = None, *, by: str) -> int:
    """Holds of this kind, or that of one source, are gone; returns how many stood."""
    person = db.session.get_one(Person, person_id)
    standing = _standing(person_id, kind, source)
    for hold in standing:
        hold.lifted_at, hold.lifted_by = clock.now(), by
    db.session.flush()
    if standing:
        audit.note("person.hold_lifted", "person", person_id, before={"kind": kind}, by=by)
        events.record(HoldLifted(person.club_id, clock.now(), person_id, kind.value))
    return len(standing)


def _standing(person_id: int, kind: HoldKind, source: str | None) -> list[ContactHold]:
    chosen = select(ContactHold).where(
        ContactHold.person_id == person_id,
        ContactHold.kind == kind,
        ContactHold.lifted_at.is_(None),
    )
    if source is not None:
        chosen = chosen.where(ContactHold.source == source)
    return list(db.session.scalars(chosen.order_by(ContactHold.id)))
