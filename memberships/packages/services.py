"""Verbs of units: open a lot, draw and return a visit, let the rest expire.

`remaining` and the ledger line change together in the caller's transaction; the guarded update
decides who gets the last unit on both databases.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Connection, Update, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import clock, events, failpoints
from clubcrm.core.db import db, live_connection, unit_id
from clubcrm.core.errors import DomainError
from memberships.events import PackageLow
from memberships.packages.models import (
    VISIT_SERVICE,
    EntryKind,
    PackageEntry,
    PackageLot,
    PackageNotice,
)
from memberships.packages.queries import lots_that_freeze
from memberships.packages.rules import LAST_UNITS, is_low


@dataclass(frozen=True, slots=True)
class LotOrder:
    """What a lot is opened with; `ends_on` is the last day its units are valid."""

    club_id: int
    person_id: int
    contract_id: int | None
    units: int
    ends_on: date | None
    service: str = VISIT_SERVICE
    source_kind: str = "contract"
    kind: EntryKind = EntryKind.BUY


def open_lot(order: LotOrder, *, source_id: str, by: str) -> PackageLot:
    """The person has a new lot of units, and the ledger its buying line."""
    lot = PackageLot(
        club_id=order.club_id,
        person_id=order.person_id,
        contract_id=order.contract_id,
        service=order.service,
        bought=order.units,
        remaining=order.units,
        expires_on=order.ends_on,
    )
    session = db.session()
    session.add(lot)
    session.flush()
    session.add(
        PackageEntry(
            lot_id=lot.id,
            kind=order.kind,
            delta=order.units,
            source_kind=order.source_kind,
            source_id=source_id,
            at=clock.now(),
            by=by,
            unit_id=unit_id(),
        )
    )
    session.flush()
    return lot


def _draw() -> Update:
    drawn = exists(PackageEntry.id).where(
        PackageEntry.kind == EntryKind.USE,
        PackageEntry.source_kind == bindparam("source_kind"),
        PackageEntry.source_id == bindparam("source_id"),
    )
    return (
        update(PackageLot)
        .where(PackageLot.id == bindparam("lot"), PackageLot.remaining > 0, ~drawn)
        .values(remaining=PackageLot.remaining - 1)
        .returning(PackageLot.remaining, PackageLot.person_id, PackageLot.club_id)
    )


_DRAW = _draw()
_GIVE_BACK = (
    update(PackageLot)
    .where(PackageLot.id == bindparam("lot"))
    .values(remaining=PackageLot.remaining + 1)
)
_USED = select(PackageEntry.id).where(
    PackageEntry.kind == EntryKind.USE,
    PackageEntry.source_kind == bindparam("source_kind"),
    PackageEntry.source_id == bindparam("source_id"),
)


def use_visit(
    lot_id: int,
    source_kind: str,
    source_id: str,
    at: datetime,
    by: str,
    low_mark: int = LAST_UNITS,
) -> bool:
    """One unit of the lot is used for this source; False when none was left.

    The same source draws once however often it is told: later calls return True and change nothing.
    The member is told once per lot, when the balance first reaches the mark.
    """
    connection = live_connection()
    source = {"source_kind": source_kind, "source_id": source_id}
    drawn = connection.execute(_DRAW, {"lot": lot_id, **source}).first()
    if drawn is None:
        return connection.execute(_USED, source).first() is not None
    failpoints.hit("redeem.after_check")
    line = {
        "lot_id": lot_id,
        "kind": EntryKind.USE,
        "delta": -1,
        "reason": "",
        "at": at,
        "by": by,
        "unit_id": unit_id(),
        **source,
    }
    if not _add_line(connection, line):
        # Another transaction told the same source between our look and our line.
        connection.execute(_GIVE_BACK, {"lot": lot_id})
        return True
    if is_low(drawn.remaining, low_mark) and _first_notice(connection, lot_id, at):
        events.record(PackageLow(drawn.club_id, at, lot_id, drawn.person_id, drawn.remaining))
    return True


# Built once: a unit is drawn while somebody stands at the turnstile.
_ADD_LINE = {
    "sqlite": sqlite_insert(PackageEntry).on_conflict_do_nothing().returning(PackageEntry.id),
    "postgresql": pg_insert(PackageEntry).on_conflict_do_nothing().returning(PackageEntry.id),
}


_ADD_NOTICE = {
    "sqlite": sqlite_insert(PackageNotice).on_conflict_do_nothing().returning(PackageNotice.lot_id),
    "postgresql": pg_insert(PackageNotice).on_conflict_do_nothing().returning(PackageNotice.lot_id),
}


def _first_notice(connection: Connection, lot_id: int, at: datetime) -> bool:
    notice = {"lot_id": lot_id, "at": at}
    return connection.execute(_ADD_NOTICE[connection.dialect.name], notice).first() is not None


def _add_line(connection: Connection, line: dict[str, object]) -> bool:
    return connection.execute(_ADD_LINE[connection.dialect.name], line).first() is not None


def return_visit(source_kind: str, source_id: str, at: datetime, by: str, reason: str) -> bool:
    """The unit drawn for a source is back by a reversing line; False when none was drawn.

    Returning the same source twice gives back one unit. A new draw needs a source of its own.
    """
    session = db.session()
    used = session.execute(
        select(PackageEntry.id, PackageEntry.lot_id).where(
            PackageEntry.kind == EntryKind.USE,
            PackageEntry.source_kind == source_kind,
            PackageEntry.source_id == source_id,
        )
    ).first()
    if used is None:
        return False
    line = {
        "lot_id": used.lot_id,
        "kind": EntryKind.RETURN,
        "delta": 1,
        "source_kind": source_kind,
        "source_id": source_id,
        "reverses_id": used.id,
        "reason": reason,
        "at": at,
        "by": by,
        "unit_id": unit_id(),
    }
    if _add_line(session.connection(), line):
        session.connection().execute(_GIVE_BACK, {"lot": used.lot_id})
        session.expire_all()
    return True


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a balance by hand: how many units, as which kind of line, for which cause."""

    delta: int
    kind: EntryKind
    source_kind: str
    source_id: str
    reason: str


def correct_lot(lot_id: int, delta: int, *, source_id: str, by: str, reason: str) -> int:
    """The lot holds more or fewer units by a correcting line with its reason; returns the balance.

    Raises NO_UNITS when the balance would fall below zero, INVALID_INPUT without a reason.
    """
    if not reason.strip() or delta == 0:
        raise DomainError(
            "INVALID_INPUT", _("A correction needs a number and a reason."), status=400
        )
    change = Change(delta, EntryKind.CORRECT, "correction", source_id, reason.strip())
    return change_lot(lot_id, change, by=by)


def change_lot(lot_id: int, change: Change, *, by: str) -> int:
    """The balance is changed by one line, never below zero; returns it. Raises NO_UNITS."""
    session = db.session()
    delta = change.delta
    left = session.execute(
        update(PackageLot)
        .where(PackageLot.id == lot_id, PackageLot.remaining + delta >= 0)
        .values(remaining=PackageLot.remaining + delta)
        .returning(PackageLot.remaining)
    ).scalar()
    if left is None:
        raise DomainError("NO_UNITS", _("There are not so many units left."))
    session.execute(
        insert(PackageEntry).values(
            lot_id=lot_id,
            kind=change.kind,
            delta=delta,
            source_kind=change.source_kind,
            source_id=change.source_id,
            reason=change.reason,
            at=clock.now(),
            by=by,
            unit_id=unit_id(),
        )
    )
    return left


def move_lot_ends(contract_id: int, days: int, *, but_not: Collection[int] = ()) -> None:
    """Units of a contract are valid so many calendar days longer, or shorter when negative."""
    lots = db.session.scalars(select(PackageLot).where(PackageLot.contract_id == contract_id))
    _move([lot for lot in lots if lot.id not in but_not], days)


def move_frozen_packages(person_id: int, days: int, *, sold_before: datetime) -> None:
    """Packages whose terms freeze with the membership are valid so many days longer, or shorter.

    Only those sold before the freeze was placed move, there and back alike.
    """
    _move(lots_that_freeze(person_id, sold_before), days)


def _move(lots: Sequence[PackageLot], days: int) -> None:
    for lot in lots:
        if lot.expires_on is not None:
            lot.expires_on += timedelta(days=days)
    db.session.flush()


def expire_lot(lot_id: int, *, by: str, why: str = "") -> int:
    """What was left in the lot is gone by an expiring line; returns how many units that were."""
    session = db.session()
    left = session.execute(
        select(PackageLot.remaining).where(PackageLot.id == lot_id).with_for_update()
    ).scalar_one()
    emptied = session.execute(
        update(PackageLot)
        .where(PackageLot.id == lot_id, PackageLot.remaining == left, PackageLot.remaining > 0)
        .values(remaining=0)
    )
    if emptied.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        return 0
    # A visit returned later fills the lot again, and what it holds then expires once more.
    last_line = session.scalar(
        select(func.max(PackageEntry.id)).where(PackageEntry.lot_id == lot_id)
    )
    session.execute(
        insert(PackageEntry).values(
            lot_id=lot_id,
            kind=EntryKind.EXPIRE,
            delta=-left,
            source_kind="expiry",
            source_id=f"{lot_id}:{last_line}",
            reason=why,
            at=clock.now(),
            by=by,
            unit_id=unit_id(),
        )
    )
    return left
