"""Services room: units of a package that come with a contract: they cost nothing by themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from memberships.packages.models import (
    VISIT_SERVICE,
    EntryKind,
    PackageEntry,
    PackageLot,
    PackageSale,
)
from memberships.packages.offers import product_by_id
from memberships.packages.services import Change, LotOrder, change_lot, open_lot
from memberships.packages.terms import last_valid_day

SOURCE = "included"


@dataclass(frozen=True, slots=True)
class Grant:
    """Which units come with which contract.

    They last until its last day; with a contract that rolls on, as long as the package says.
    """

    contract_id: int
    person_id: int
    payer_id: int
    product_id: int
    units: int
    from_on: date
    until_on: date | None
    period: int = 1

    @property
    def source_id(self) -> str:
        """Return the name of the ledger line, which stands there once."""
        return source_of(self.contract_id, self.product_id, self.period)


def source_of(contract_id: int, product_id: int, period: int) -> str:
    """Return the name of the line by which the units of a period come; the first has no number."""
    first = f"{contract_id}:{product_id}"
    return first if period == 1 else f"{first}:{period}"


def grant_units(order: Grant, *, by: str) -> PackageLot:
    """The person has the units on the newest terms of the package; nobody owes for them."""
    product = product_by_id(order.product_id)
    if product is None:
        raise not_found(_("There is no such package."))
    lot = open_lot(
        LotOrder(
            product.club_id,
            order.person_id,
            order.contract_id,
            order.units,
            order.until_on or last_valid_day(order.from_on, product.terms.valid_days),
            service=product.terms.service.value,
            source_kind=SOURCE,
        ),
        source_id=order.source_id,
        by=by,
    )
    db.session.add(
        PackageSale(
            lot_id=lot.id,
            club_id=product.club_id,
            version_id=product.version_id,
            payer_id=order.payer_id,
            price_minor=0,
            currency=product.terms.currency,
            sold_on=order.from_on,
            sold_by=by,
        )
    )
    db.session.flush()
    after = {"units": order.units, "contract_id": order.contract_id, "version": product.version}
    audit.note("package.included", "package_lot", lot.id, after=after, by=by)
    return lot


def granted_sources(sources: Collection[str]) -> dict[str, int]:
    """Return the lots that came by lines of these names."""
    rows = db.session.execute(
        select(PackageEntry.source_id, PackageEntry.lot_id).where(
            PackageEntry.kind == EntryKind.BUY,
            PackageEntry.source_kind == SOURCE,
            PackageEntry.source_id.in_(sources),
        )
    )
    return {row.source_id: row.lot_id for row in rows}


def periods_granted(contract_id: int, product_id: int) -> dict[int, int]:
    """Return the lots of a package that came with a contract, by the number of their period."""
    rows = db.session.execute(
        select(PackageEntry.source_id, PackageEntry.lot_id)
        .join(PackageLot, PackageLot.id == PackageEntry.lot_id)
        .where(
            PackageLot.contract_id == contract_id,
            PackageEntry.kind == EntryKind.BUY,
            PackageEntry.source_kind == SOURCE,
        )
    )
    named = [(source.split(":"), lot_id) for source, lot_id in rows]
    return {
        int(parts[2]) if len(parts) > 2 else 1: lot_id
        for parts, lot_id in named
        if int(parts[1]) == product_id
    }


def lots_with(lot_ids: Collection[int]) -> Sequence[PackageLot]:
    """Return those of the lots that have units left, the oldest first."""
    return db.session.scalars(
        select(PackageLot)
        .where(PackageLot.id.in_(lot_ids), PackageLot.remaining > 0)
        .order_by(PackageLot.id)
        .execution_options(populate_existing=True)
    ).all()


def lapse_units(lot_id: int, units: int, cause: str, *, by: str) -> None:
    """So many units of the lot are gone by an expiring line; none leaves no line."""
    if units > 0:
        change_lot(lot_id, Change(-units, EntryKind.EXPIRE, "expiry", cause, ""), by=by)


def granted_lots(contract_id: int) -> Sequence[PackageLot]:
    """Return the lots with units left that came with a contract beside its visits."""
    return db.session.scalars(
        select(PackageLot)
        .where(
            PackageLot.contract_id == contract_id,
            PackageLot.service != VISIT_SERVICE,
            PackageLot.remaining > 0,
        )
        .order_by(PackageLot.id)
        .execution_options(populate_existing=True)
    ).all()
