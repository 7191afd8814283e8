"""Services room: changes of a product that its counters have to follow."""

from flask_babel import gettext as _
from sqlalchemy import select, update

from bar_inventory.catalogue.models import Product
from bar_inventory.catalogue.services import ProductDraft, edit_product
from bar_inventory.stock.models import StockLevel, StockTarget
from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import invalid


def change_product(product_id: int, draft: ProductDraft, *, seen_version: int, by: str) -> Product:
    """The product is as typed, and its counters may go below zero exactly where it may.

    Raises INVALID_INPUT when it must not any more while a counter stands there.
    """
    levels = select(StockLevel.units).where(StockLevel.product_id == product_id).with_for_update()
    if not draft.below_zero and any(units < 0 for units in db.session.scalars(levels)):
        text = _("It stands below zero somewhere. Count it first.")
        raise invalid({"below_zero": text})
    product = edit_product(product_id, draft, seen_version=seen_version, by=by)
    db.session.execute(
        update(StockLevel)
        .where(StockLevel.product_id == product_id, StockLevel.below_zero != draft.below_zero)
        .values(below_zero=draft.below_zero)
        .execution_options(synchronize_session=False)
    )
    return product


def set_target(
    product_id: int, place_id: int, min_units: int | None, max_units: int | None, *, by: str
) -> None:
    """Somebody has to act below this quantity; without one the demand decides."""
    if min_units is not None and min_units < 0:
        raise invalid({"min_units": _("Zero or more.")})
    if max_units is not None and max_units < (min_units or 0):
        raise invalid({"max_units": _("At least as much as the least.")})
    found = db.session.get(StockTarget, (product_id, place_id))
    before = {"min": found.min_units, "max": found.max_units} if found else None
    if min_units is None:
        if found is not None:
            db.session.delete(found)
    elif found is None:
        db.session.add(
            StockTarget(
                product_id=product_id, place_id=place_id, min_units=min_units, max_units=max_units
            )
        )
    else:
        found.min_units, found.max_units = min_units, max_units
    db.session.flush()
    after = {"min": min_units, "max": max_units, "place_id": place_id}
    audit.note("product.target", "product", product_id, before=before, after=after, by=by)
