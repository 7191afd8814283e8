"""Queries room: the recipes that hold at an instant, as the rules want them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, select

from bar_inventory.catalogue.models import (
    Modifier,
    Product,
    Recipe,
    RecipeItem,
    Substitute,
)
from bar_inventory.catalogue.rules import Part, ProductFacts, Wish
from clubcrm.core.db import db

Book = dict[int, ProductFacts]


def book_of(product_ids: Iterable[int], at: datetime) -> Book:
    """Return the facts of these products and of everything that may go into them."""
    book: Book = {}
    wanted = set(product_ids)
    while wanted:
        found = _facts(Product.id.in_(sorted(wanted)), at)
        book |= {facts.product_id: facts for facts in found}
        wanted = {one for facts in found for one in ingredients_of(facts)} - book.keys()
    return book


def book_of_club(club_id: int, at: datetime) -> Book:
    """Return the facts of all active products of a club."""
    of_club = (Product.club_id == club_id) | Product.club_id.is_(None)
    return {facts.product_id: facts for facts in _facts(of_club & Product.active, at)}


def recipe_of(product_id: int, at: datetime) -> ProductFacts | None:
    """Return what a product is made of in the house, stocked or not; None without a recipe."""
    recipe = newest_recipes(at)
    row = db.session.execute(
        select(recipe.c.recipe_id, recipe.c.yields).where(
            recipe.c.product_id == product_id, recipe.c.place == 1
        )
    ).first()
    parts = _parts([row.recipe_id]) if row else {}
    if row is None or not parts:
        return None
    return ProductFacts(
        product_id, False, yield_units=row.yields, parts=tuple(parts[row.recipe_id])
    )


def ingredients_of(facts: ProductFacts) -> set[int]:
    """Return every product that a recipe may take, with substitutes and wishes."""
    named = {part.product_id for part in facts.parts}
    named |= {one for part in facts.parts for one, _units in part.substitutes}
    named |= {wish.ingredient_id for wish in facts.wishes if wish.ingredient_id is not None}
    return named


def newest_recipes(at: datetime) -> Subquery:
    """Return versions of recipes up to an instant; the one that holds has the first place."""
    place = func.row_number().over(
        partition_by=Recipe.product_id,
        order_by=(Recipe.valid_from.desc(), Recipe.number.desc()),
    )
    return (
        select(
            Recipe.product_id,
            Recipe.id.label("recipe_id"),
            Recipe.yield_units.label("yields"),
            place.label("place"),
        )
        .where(Recipe.valid_from <= at)
        .subquery()
    )


def _facts(which: ColumnElement[bool], at: datetime) -> list[ProductFacts]:
    recipe = newest_recipes(at)
    products = db.session.execute(
        select(Product.id, Product.stocked, Product.below_zero, recipe.c.recipe_id, recipe.c.yields)
        .outerjoin(
            recipe,
            (recipe.c.product_id == Product.id) & (recipe.c.place == 1) & ~Product.stocked,
        )
        .where(which)
    ).all()
    chosen = [row.recipe_id for row in products if row.recipe_id is not None]
    parts = _parts(chosen) if chosen else {}
    wishes = _wishes(chosen) if chosen else {}
    return [
        ProductFacts(
            row.id,
            row.stocked,
            row.below_zero,
            row.yields or 1,
            tuple(parts.get(row.recipe_id or 0, ())),
            tuple(wishes.get(row.recipe_id or 0, ())),
        )
        for row in products
    ]


def _parts(recipes: Sequence[int]) -> dict[int, list[Part]]:
    """Return the ingredients of recipes, each with what stands in for it."""
    rows = db.session.execute(
        select(RecipeItem, Substitute.ingredient_id, Substitute.units)
        .outerjoin(Substitute, Substitute.item_id == RecipeItem.id)
        .where(RecipeItem.recipe_id.in_(recipes))
        .order_by(RecipeItem.recipe_id, RecipeItem.position, Substitute.position)
    ).all()
    items: dict[int, RecipeItem] = {}
    stand_ins: dict[int, list[tuple[int, int]]] = {}
    for item, ingredient_id, units in rows:
        items[item.id] = item
        if ingredient_id is not None:
            stand_ins.setdefault(item.id, []).append((ingredient_id, units))
    found: dict[int, list[Part]] = {}
    for item in items.values():
        found.setdefault(item.recipe_id, []).append(
            Part(item.ingredient_id, item.units, item.waste_bp, tuple(stand_ins.get(item.id, ())))
        )
    return found


def _wishes(recipes: Sequence[int]) -> dict[int, list[Wish]]:
    found: dict[int, list[Wish]] = {}
    for row in db.session.execute(
        select(
            Modifier.recipe_id,
            Modifier.id,
            Modifier.replaces_id,
            Modifier.ingredient_id,
            Modifier.units,
        )
        .where(Modifier.recipe_id.in_(recipes))
        .order_by(Modifier.recipe_id, Modifier.position)
    ):
        wish = Wish(row.id, row.replaces_id, row.ingredient_id, row.units)
        found.setdefault(row.recipe_id, []).append(wish)
    return found
