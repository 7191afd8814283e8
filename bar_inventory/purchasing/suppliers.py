"""Services room: suppliers and the packs in which they sell."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select, update

from bar_inventory.catalogue.models import Product
from bar_inventory.purchasing.models import Supplier, SupplierItem
from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean

LONGEST_LEAD = 120


@dataclass(frozen=True, slots=True)
class SupplierDraft:
    """A supplier as somebody typed it."""

    name: str
    contact: str = ""
    email: str = ""
    phone: str = ""
    lead_days: int = 2
    review_days: int = 7
    note: str = ""
    active: bool = True


def save_supplier(
    supplier_id: int | None, club_id: int, draft: SupplierDraft, seen_version: int = 0, *, by: str
) -> Supplier:
    """The supplier is as typed; raises SUPPLIER_CHANGED when somebody else was quicker."""
    values = _checked(draft)
    if supplier_id is None:
        supplier = Supplier(club_id=club_id, **values)
        db.session.add(supplier)
        db.session.flush()
        after = {"name": supplier.name}
        audit.note("supplier.created", "supplier", supplier.id, after=after, by=by)
        return supplier
    taken = db.session.execute(
        update(Supplier)
        .where(Supplier.id == supplier_id, Supplier.version == seen_version)
        .values(version=seen_version + 1, **values)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        text = _("Somebody else has just changed this supplier. Look at it again.")
        raise DomainError("SUPPLIER_CHANGED", text)
    audit.note("supplier.edited", "supplier", supplier_id, after={"name": draft.name}, by=by)
    return db.session.get_one(Supplier, supplier_id)


@dataclass(frozen=True, slots=True)
class PackDraft:
    """A pack of a product: how many units, for how much, without tax."""

    supplier_id: int
    product_id: int
    club_id: int
    pack_units: int
    price_minor: int
    pack_name: str = ""
    code: str = ""


def save_pack(draft: PackDraft, *, by: str) -> SupplierItem:
    """The supplier sells the product in this pack at this price; the audit keeps earlier ones."""
    if draft.pack_units <= 0:
        raise invalid({"pack_units": _("Say how many units are in a pack.")})
    if draft.price_minor < 0:
        raise invalid({"price": _("This price cannot be.")})
    if db.session.get(Product, draft.product_id) is None:
        raise not_found(_("There is no such product."))
    item = db.session.scalars(
        select(SupplierItem).where(
            SupplierItem.supplier_id == draft.supplier_id,
            SupplierItem.product_id == draft.product_id,
            SupplierItem.club_id == draft.club_id,
            SupplierItem.pack_units == draft.pack_units,
        )
    ).first()
    before = {"price_minor": item.price_minor} if item else None
    if item is None:
        club = db.session.get_one(Club, draft.club_id)
        item = SupplierItem(
            supplier_id=draft.supplier_id,
            product_id=draft.product_id,
            club_id=draft.club_id,
            pack_units=draft.pack_units,
            currency=club.currency,
            price_minor=draft.price_minor,
        )
        db.session.add(item)
    item.price_minor, item.active = draft.price_minor, True
    item.pack_name = clean(draft.pack_name, "pack_name", longest=80)
    item.code = clean(draft.code, "code", longest=60)
    db.session.flush()
    after = {"price_minor": item.price_minor, "pack_units": item.pack_units}
    audit.note("supplier.pack", "supplier_item", item.id, before=before, after=after, by=by)
    return item


def drop_pack(item_id: int, *, by: str) -> None:
    """The pack is on no new order any more."""
    item = db.session.get_one(SupplierItem, item_id)
    item.active = False
    db.session.flush()
    audit.note("supplier.pack_dropped", "supplier_item", item_id, by=by)


def _checked(draft: SupplierDraft) -> dict[str, object]:
    name = clean(draft.name, "name", longest=120)
    wrong = {}
    if not name:
        wrong["name"] = _("This is needed.")
    if draft.email and "@" not in draft.email:
        wrong["email"] = _("This is not an address.")
    if not 0 <= draft.lead_days <= LONGEST_LEAD:
        wrong["lead_days"] = _("Days lie between 0 and %(most)s.", most=LONGEST_LEAD)
    if not 1 <= draft.review_days <= LONGEST_LEAD:
        wrong["review_days"] = _("Days lie between 1 and %(most)s.", most=LONGEST_LEAD)
    if wrong:
        raise invalid(wrong)
    return {
        "name": name,
        "contact": clean(draft.contact, "contact", longest=120),
        "email": clean(draft.email, "email", longest=254),
        "phone": clean(draft.phone, "phone", longest=40),
        "lead_days": draft.lead_days,
        "review_days": draft.review_days,
        "note": clean(draft.note, "note", longest=500, lines=True),
        "active": draft.active,
    }
