"""Services room: units of a package that come with a contract: they cost nothing by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from memberships.packages.models import VISIT_SERVICE, PackageLot, PackageSale
from memberships.packages.offers import product_by_id
from memberships.packages.services import LotOrder, open_lot
from memberships.packages.terms import last_valid_day


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
            source_kind="included",
        ),
        source_id=f"{order.contract_id}:{order.product_id}",
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
