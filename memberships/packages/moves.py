"""Services room: units that move from one lot to a new one, by two opposite lines of the ledger."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, update

from clubcrm.core import clock
from clubcrm.core.db import db, unit_id
from memberships.packages.models import EntryKind, PackageEntry, PackageLot


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """How many units of a lot go to whom, under which contract, valid until when.

    `cause` names why and from which row, such as "renewal:17": a cause moves a lot's units once.
    """

    lot_id: int
    units: int
    person_id: int
    contract_id: int
    ends_on: date | None
    cause: str
    reason: str = ""


def has_moved(cause: str) -> bool:
    """Tell whether units have moved for this cause before."""
    kind, _, row = cause.partition(":")
    line = select(PackageEntry.id).where(
        PackageEntry.kind == EntryKind.TRANSFER,
        PackageEntry.source_kind == kind,
        PackageEntry.source_id.startswith(f"{row}:", autoescape=True),
    )
    return db.session.scalar(line.limit(1)) is not None


def move_units(order: MoveOrder, *, by: str) -> int:
    """The units stand in a new lot; returns how many moved, none when they were used meanwhile."""
    session = db.session()
    taken = session.execute(
        update(PackageLot)
        .where(PackageLot.id == order.lot_id, PackageLot.remaining >= order.units)
        .values(remaining=PackageLot.remaining - order.units)
        .returning(PackageLot.club_id, PackageLot.service)
    ).first()
    if taken is None or order.units <= 0:
        return 0
    lot = PackageLot(
        club_id=taken.club_id,
        person_id=order.person_id,
        contract_id=order.contract_id,
        service=taken.service,
        bought=order.units,
        remaining=order.units,
        expires_on=order.ends_on,
    )
    session.add(lot)
    session.flush()
    for lot_id, delta, way in ((order.lot_id, -order.units, "out"), (lot.id, order.units, "in")):
        session.execute(
            insert(PackageEntry).values(
                lot_id=lot_id,
                kind=EntryKind.TRANSFER,
                delta=delta,
                source_kind=order.cause.partition(":")[0],
                source_id=f"{order.cause.partition(':')[2]}:{order.lot_id}:{way}",
                reason=order.reason[:300],
                at=clock.now(),
                by=by,
                unit_id=unit_id(),
            )
        )
    return order.units
