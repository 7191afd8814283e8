"""Verbs of the catalogue: products with their codes, prices that hold from an instant, recipes.

A price or a recipe is never changed: a later version takes its place, and what was
sold keeps its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select, true, update

from bar_inventory.catalogue.models import (
    Barcode,
    BaseUnit,
    Modifier,
    ModifierPrice,
    PriceVersion,
    PriceWindow,
    Product,
    ProductKind,
    Recipe,
    RecipeItem,
    Substitute,
)
from bar_inventory.catalogue.queries import made_of
from bar_inventory.catalogue.rules import Part, Window, goes_into_itself
from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean, fold
from memberships.billing.orders import LineKind

ALLERGENS = (
    *("gluten", "crustaceans", "eggs", "fish", "peanuts", "soya", "milk", "nuts", "celery"),
    *("mustard", "sesame", "sulphites", "lupin", "molluscs"),
)
MOST_MINOR = 2_000_000_000


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as somebody typed it; without a club it belongs to all."""

    name: str
    kind: ProductKind
    unit: BaseUnit = BaseUnit.PIECE
    club_id: int | None = None
    category_id: int | None = None
    sku: str = ""
    stocked: bool = True
    below_zero: bool = False
    allergens: tuple[str, ...] = ()
    icon: str = ""
    favourite: int | None = None
    shelf_days: int | None = None
    barcodes: tuple[str, ...] = ()
    line_kind: LineKind = LineKind.PRODUCT


def create_product(draft: ProductDraft, *, by: str) -> Product:
    """The product exists and is found by name, number and code."""
    values = _checked(draft)
    product = Product(created_by=by, club_id=draft.club_id, **values)
    db.session.add(product)
    db.session.flush()
    _set_barcodes(product, draft.barcodes)
    audit.note("product.created", "product", product.id, after={"name": product.name}, by=by)
    return product


def edit_product(product_id: int, draft: ProductDraft, *, seen_version: int, by: str) -> Product:
    """The product is as typed; raises PRODUCT_CHANGED when somebody else was quicker.

    The unit stays: grams would become pieces.
    """
    values = _checked(draft)
    product = product_by_id(product_id)
    if product.unit is not draft.unit:
        raise invalid({"unit": _("The unit stays. Make a new product instead.")})
    before = {"name": product.name, "below_zero": product.below_zero, "active": product.active}
    taken = db.session.execute(
        update(Product)
        .where(Product.id == product_id, Product.version == seen_version)
        .values(version=seen_version + 1, **values)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        text = _("Somebody else has just changed this product. Look at it again.")
        raise DomainError("PRODUCT_CHANGED", text)
    _set_barcodes(product, draft.barcodes)
    db.session.refresh(product)
    after = {"name": product.name, "below_zero": product.below_zero, "active": product.active}
    audit.note("product.edited", "product", product.id, before=before, after=after, by=by)
    return product


def set_active(product_id: int, active: bool, *, by: str) -> None:
    """The product is on lists and the till, or no more; its history stays."""
    product = product_by_id(product_id)
    product.active = active
    product.version += 1
    db.session.flush()
    audit.note("product.active", "product", product_id, after={"active": active}, by=by)


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """What a product costs in a club from an instant on; None means from now."""

    product_id: int
    club_id: int
    price_minor: int
    member_price_minor: int | None = None
    tax_bp: int | None = None
    valid_from: datetime | None = None
    windows: tuple[Window, ...] = ()


def set_price(draft: PriceDraft, *, by: str) -> PriceVersion:
    """The product costs this from the instant on; everything sold before keeps its price."""
    product = product_by_id(draft.product_id)
    wrong = {}
    amounts = {"price": draft.price_minor, "member_price": draft.member_price_minor}
    for name, amount in amounts.items():
        if amount is not None and not 0 <= amount <= MOST_MINOR:
            wrong[name] = _("This price cannot be.")
    if draft.tax_bp is not None and not 0 <= draft.tax_bp <= 10_000:
        wrong["tax"] = _("A tax lies between 0 and 100 percent.")
    for window in draft.windows:
        if not 0 < window.weekdays < 128 or not 0 <= window.price_minor <= MOST_MINOR:
            wrong["happy_days"] = _("Choose at least one day, and a price.")
    if wrong:
        raise invalid(wrong)
    club = db.session.get_one(Club, draft.club_id)
    version = PriceVersion(
        product_id=product.id,
        club_id=club.id,
        price_minor=draft.price_minor,
        member_price_minor=draft.member_price_minor,
        currency=club.currency,
        tax_bp=draft.tax_bp,
        valid_from=draft.valid_from or clock.now(),
        created_by=by,
    )
    db.session.add(version)
    db.session.flush()
    for window in draft.windows:
        db.session.add(
            PriceWindow(
                price_id=version.id,
                weekdays=window.weekdays,
                starts=window.starts,
                ends=window.ends,
                price_minor=window.price_minor,
                member_price_minor=window.member_price_minor,
            )
        )
    db.session.flush()
    after = {
        "club": club.public_id,
        "price_minor": draft.price_minor,
        "from": version.valid_from.isoformat(),
    }
    audit.note("product.price", "product", product.id, after=after, by=by)
    return version


@dataclass(frozen=True, slots=True)
class ModifierDraft:
    """A wish with what it does and what it costs more, by club."""

    name: str
    replaces_id: int | None
    ingredient_id: int | None
    units: int = 0
    prices: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RecipeDraft:
    """What so many units of a product are made of, in the order of the recipe."""

    product_id: int
    parts: tuple[Part, ...]
    yield_units: int = 1
    note: str = ""
    modifiers: tuple[ModifierDraft, ...] = ()
    valid_from: datetime | None = field(default=None)


def set_recipe(draft: RecipeDraft, *, by: str) -> Recipe:
    """The product is made like this from now on; raises INVALID_INPUT for one that holds itself."""
    product = product_by_id(draft.product_id)
    _check_recipe(draft)
    number = db.session.scalar(
        select(func.max(Recipe.number)).where(Recipe.product_id == product.id)
    )
    recipe = Recipe(
        product_id=product.id,
        number=(number or 0) + 1,
        yield_units=draft.yield_units,
        note=clean(draft.note, "note", longest=500, lines=True),
        valid_from=draft.valid_from or clock.now(),
        created_by=by,
    )
    db.session.add(recipe)
    db.session.flush()
    for position, part in enumerate(draft.parts):
        _add_part(recipe.id, position, part)
    for position, modifier in enumerate(draft.modifiers):
        _add_modifier(recipe.id, position, modifier)
    db.session.flush()
    after = {"number": recipe.number, "parts": len(draft.parts), "yield": draft.yield_units}
    audit.note("product.recipe", "product", product.id, after=after, by=by)
    return recipe


def product_by_id(product_id: int) -> Product:
    """Return a product; raises NOT_FOUND."""
    product = db.session.get(Product, product_id)
    if product is None:
        raise not_found(_("There is no such product."))
    return product


def _check_recipe(draft: RecipeDraft) -> None:
    named = [part.product_id for part in draft.parts]
    named += [one for part in draft.parts for one, _units in part.substitutes]
    named += [one.ingredient_id for one in draft.modifiers if one.ingredient_id is not None]
    if not draft.parts:
        raise invalid({"parts": _("A recipe needs at least one ingredient.")})
    if draft.yield_units <= 0 or any(part.units <= 0 for part in draft.parts):
        raise invalid({"parts": _("Each quantity is a number above zero.")})
    if any(not 0 <= part.waste_bp < 10_000 for part in draft.parts):
        raise invalid({"parts": _("Less than everything may be lost on the way.")})
    if goes_into_itself(draft.product_id, named, made_of()):
        raise invalid({"parts": _("A product cannot be made of itself.")})
    known = set(db.session.scalars(select(Product.id).where(Product.id.in_(named))))
    if set(named) - known:
        raise invalid({"parts": _("There is no such product.")})


def _add_part(recipe_id: int, position: int, part: Part) -> None:
    item = RecipeItem(
        recipe_id=recipe_id,
        position=position,
        ingredient_id=part.product_id,
        units=part.units,
        waste_bp=part.waste_bp,
    )
    db.session.add(item)
    db.session.flush()
    db.session.add_all(
        Substitute(item_id=item.id, position=place, ingredient_id=one, units=units)
        for place, (one, units) in enumerate(part.substitutes)
    )


def _add_modifier(recipe_id: int, position: int, draft: ModifierDraft) -> None:
    if draft.replaces_id is None and draft.ingredient_id is None:
        raise invalid({"modifiers": _("A wish replaces, adds or leaves out something.")})
    modifier = Modifier(
        recipe_id=recipe_id,
        position=position,
        name=_named(draft.name),
        replaces_id=draft.replaces_id,
        ingredient_id=draft.ingredient_id,
        units=draft.units,
    )
    db.session.add(modifier)
    db.session.flush()
    db.session.add_all(
        ModifierPrice(modifier_id=modifier.id, club_id=club_id, delta_minor=delta)
        for club_id, delta in draft.prices
    )


def _checked(draft: ProductDraft) -> dict[str, object]:
    name = _named(draft.name)
    sku = clean(draft.sku, "sku", longest=40)
    unknown = set(draft.allergens) - set(ALLERGENS)
    if unknown:
        raise invalid({"allergens": _("This allergen is not known.")})
    if draft.shelf_days is not None and not 0 < draft.shelf_days <= 3660:
        raise invalid({"shelf_days": _("Days lie between 1 and 3660.")})
    return {
        "name": name,
        "search_text": fold(" ".join((name, sku, *draft.barcodes)))[:300],
        "sku": sku,
        "kind": draft.kind,
        "unit": draft.unit,
        "line_kind": draft.line_kind,
        "category_id": draft.category_id,
        "stocked": draft.stocked,
        "below_zero": draft.below_zero,
        "allergens": sorted(draft.allergens),
        "icon": draft.icon,
        "favourite": draft.favourite,
        "shelf_days": draft.shelf_days,
    }


def _named(name: str) -> str:
    words = clean(name, "name", longest=120)
    if not words:
        raise invalid({"name": _("This is needed.")})
    return words


def _set_barcodes(product: Product, codes: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if any(len(code) > 64 for code in wanted):
        raise invalid({"barcodes": _("A code has at most 64 signs.")})
    taken = db.session.execute(
        select(Barcode.code, Product.name)
        .join(Product, Product.id == Barcode.product_id)
        .where(Barcode.code.in_(wanted), Barcode.product_id != product.id)
        .where(_same_club(product.club_id))
        .order_by(Barcode.code)
    ).first()
    if taken is not None:
        text = _("%(code)s belongs to %(product)s already.", code=taken.code, product=taken.name)
        raise invalid({"barcodes": text})
    db.session.execute(delete(Barcode).where(Barcode.product_id == product.id))
    db.session.add_all(
        Barcode(product_id=product.id, scope=product.club_id or 0, code=code) for code in wanted
    )
    db.session.flush()


def _same_club(club_id: int | None) -> ColumnElement[bool]:
    """Codes of all clubs meet each other; those of one club meet those of all."""
    return Barcode.scope.in_((0, club_id)) if club_id else true()
