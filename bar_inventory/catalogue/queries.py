"""Reads of the catalogue: products of a club, their prices and codes, and what is made of what."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from babel.numbers import get_currency_precision
from sqlalchemy import ColumnElement, func, or_, select

from bar_inventory.catalogue.models import (
    Barcode,
    Category,
    Modifier,
    ModifierPrice,
    PriceVersion,
    PriceWindow,
    Product,
    Recipe,
    RecipeItem,
    Substitute,
)
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.text import fold


def seen_by(scope: Scope) -> ColumnElement[bool]:
    """Return the condition for products of these clubs and of all clubs."""
    return or_(Product.club_id.in_(scope.club_ids), Product.club_id.is_(None))


def product_for(scope: Scope, public_id: str) -> Product | None:
    """Return a product that these clubs may use, None when there is none."""
    return db.session.scalars(
        select(Product).where(Product.public_id == public_id, seen_by(scope))
    ).first()


def products_of(
    scope: Scope, *, words: str = "", active: bool | None = True, after: str = "", limit: int = 500
) -> Sequence[Product]:
    """Return products of these clubs by name, found by every word of a search."""
    statement = select(Product).where(seen_by(scope))
    if active is not None:
        statement = statement.where(Product.active == active)
    for word in fold(words).split():
        statement = statement.where(Product.search_text.contains(word, autoescape=True))
    if after:
        statement = statement.where(Product.name > after)
    return db.session.scalars(statement.order_by(Product.name, Product.id).limit(limit)).all()


def categories_of(scope: Scope) -> Sequence[Category]:
    """Return the groups of products that these clubs use, in their order."""
    return db.session.scalars(
        select(Category)
        .where(
            or_(Category.club_id.in_(scope.club_ids), Category.club_id.is_(None)), Category.active
        )
        .order_by(Category.position, Category.id)
    ).all()


def barcodes_of(product_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the codes of products."""
    found: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(Barcode.product_id, Barcode.code)
        .where(Barcode.product_id.in_(list(product_ids)))
        .order_by(Barcode.id)
    )
    for row in rows:
        found.setdefault(row.product_id, []).append(row.code)
    return found


def prices_at(
    club_id: int, at: datetime, product_ids: Iterable[int] | None = None
) -> dict[int, PriceVersion]:
    """Return by product the version of its price that holds in a club at an instant."""
    ranked = select(
        PriceVersion.id,
        func.row_number()
        .over(
            partition_by=PriceVersion.product_id,
            order_by=(PriceVersion.valid_from.desc(), PriceVersion.id.desc()),
        )
        .label("place"),
    ).where(PriceVersion.club_id == club_id, PriceVersion.valid_from <= at)
    if product_ids is not None:
        ranked = ranked.where(PriceVersion.product_id.in_(list(product_ids)))
    newest = ranked.subquery()
    rows = db.session.scalars(
        select(PriceVersion).join(newest, newest.c.id == PriceVersion.id).where(newest.c.place == 1)
    )
    return {row.product_id: row for row in rows}


def prices_of(product_id: int, club_ids: Iterable[int]) -> Sequence[PriceVersion]:
    """Return every version of a product's price in these clubs, the newest first."""
    return db.session.scalars(
        select(PriceVersion)
        .where(PriceVersion.product_id == product_id, PriceVersion.club_id.in_(list(club_ids)))
        .order_by(PriceVersion.valid_from.desc(), PriceVersion.id.desc())
    ).all()


def windows_of(price_ids: Iterable[int]) -> dict[int, list[PriceWindow]]:
    """Return the happy hours of versions of prices."""
    found: dict[int, list[PriceWindow]] = {}
    for row in db.session.scalars(
        select(PriceWindow)
        .where(PriceWindow.price_id.in_(list(price_ids)))
        .order_by(PriceWindow.id)
    ):
        found.setdefault(row.price_id, []).append(row)
    return found


def recipes_of(product_id: int) -> Sequence[Recipe]:
    """Return every version of a product's recipe, the newest first."""
    return db.session.scalars(
        select(Recipe).where(Recipe.product_id == product_id).order_by(Recipe.number.desc())
    ).all()


def made_of() -> dict[int, set[int]]:
    """Return by product everything its newest recipe may take."""
    newest = (
        select(Recipe.product_id, func.max(Recipe.number).label("number"))
        .group_by(Recipe.product_id)
        .subquery()
    )
    of_newest = (Recipe.product_id == newest.c.product_id) & (Recipe.number == newest.c.number)
    items = (
        select(Recipe.product_id, RecipeItem.ingredient_id)
        .join(newest, of_newest)
        .join(RecipeItem, RecipeItem.recipe_id == Recipe.id)
    )
    stand_ins = (
        select(Recipe.product_id, Substitute.ingredient_id)
        .join(newest, of_newest)
        .join(RecipeItem, RecipeItem.recipe_id == Recipe.id)
        .join(Substitute, Substitute.item_id == RecipeItem.id)
    )
    found: dict[int, set[int]] = {}
    for product_id, ingredient_id in db.session.execute(items.union(stand_ins)):
        found.setdefault(product_id, set()).add(ingredient_id)
    return found


def names_of(product_ids: Iterable[int]) -> dict[int, Product]:
    """Return products by id, whatever has become of them."""
    rows = db.session.scalars(select(Product).where(Product.id.in_(set(product_ids))))
    return {row.id: row for row in rows}


def wishes_typed(product_id: int, club_id: int) -> list[str]:
    """Return the wishes of a product's newest recipe as somebody would type them."""
    newest = recipes_of(product_id)
    if not newest:
        return []
    wishes = db.session.scalars(
        select(Modifier).where(Modifier.recipe_id == newest[0].id).order_by(Modifier.position)
    ).all()
    names = names_of(
        one for wish in wishes for one in (wish.replaces_id, wish.ingredient_id) if one is not None
    )
    rows = db.session.execute(
        select(ModifierPrice.modifier_id, ModifierPrice.delta_minor, Club.currency)
        .join(Club, Club.id == ModifierPrice.club_id)
        .where(
            ModifierPrice.modifier_id.in_([wish.id for wish in wishes]),
            ModifierPrice.club_id == club_id,
        )
    )
    deltas = {row[0]: _signed(row[1], row[2]) for row in rows}
    return [f"{_does(wish, names)}{deltas.get(wish.id, '')}" for wish in wishes]


def _does(wish: Modifier, names: dict[int, Product]) -> str:
    old = names[wish.replaces_id].name if wish.replaces_id else ""
    new = names[wish.ingredient_id].name if wish.ingredient_id else ""
    if old and new:
        return f"{wish.name}: {old} -> {new}"
    return f"{wish.name}: + {wish.units} {new}" if new else f"{wish.name}: - {old}"


def _signed(minor: int, currency: str) -> str:
    digits = get_currency_precision(currency)
    return f" {minor / 10**digits:+.{digits}f}" if minor else ""
