"""Queries room: what must always hold of sold packages; each check returns offending rows."""

from sqlalchemy import func, select

from clubcrm.core.db import db
from memberships.packages.models import EntryKind, PackageEntry, PackageLot, PackageSale


def released_values() -> list[str]:
    """I6: return packages of which more was given out than paid, or whose buying line differs."""
    too_much = select(PackageSale.lot_id).where(
        PackageSale.released_minor > PackageSale.price_minor
    )
    bought = (
        select(PackageEntry.lot_id, func.sum(PackageEntry.delta).label("units"))
        .where(PackageEntry.kind == EntryKind.BUY)
        .group_by(PackageEntry.lot_id)
        .subquery()
    )
    unlike = (
        select(PackageLot.id)
        .join(PackageSale, PackageSale.lot_id == PackageLot.id)
        .outerjoin(bought, bought.c.lot_id == PackageLot.id)
        .where(
            PackageSale.from_lot_id.is_(None),
            func.coalesce(bought.c.units, 0) != PackageLot.bought,
        )
    )
    return [
        *(f"lot {lot}: more was paid back than was paid" for lot in db.session.scalars(too_much)),
        *(f"lot {lot}: its buying line does not fit" for lot in db.session.scalars(unlike)),
    ]
