"""Queries room: the recipes that hold at an instant, as the rules want them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

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


def ingredients_of(facts: ProductFacts) -> set[int]:
    """Return every product that a recipe may take, with substitutes and wishes."""
    named = {part.product_id for part in facts.parts}
    named |= {one for part in facts.parts for one, _units in part.substitutes}
    named |= {wish.ingredient_id for wish in facts.wishes if wish.ingredient_id is not None}
    return named


def recipe_ids(product_ids: Sequence[int], at: datetime) -> dict[int, int]:
    """Return by product the version of its recipe that holds at an instant."""
    ranked = (
        select(
            Recipe.product_id,
            Recipe.id,
            func.row_number()
            .over(
                partition_by=Recipe.product_id,
                order_by=(Recipe.valid_from.desc(), Recipe.number.desc()),
            )
            .label("place"),
        )
        .where(Recipe.product_id.in_(product_ids), Recipe.valid_from <= at)
        .subquery()
    )
    rows = db.session.execute(select(ranked.c.product_id, ranked.c.id).where(ranked.c.place == 1))
    return {row.product_id: row.id for row in rows}


def _facts(which: ColumnElement[bool], at: datetime) -> list[ProductFacts]:
    products = db.session.execute(
        select(Product.id, Product.stocked, Product.below_zero).where(which)
    ).all()
    made = [row.id for row in products if not row.stocked]
    recipes = recipe_ids(made, at) if made else {}
    chosen = list(recipes.values())
    parts = _parts(chosen) if chosen else {}
    wishes = _wishes(chosen) if chosen else {}
    yields = _yields(chosen) if chosen else {}
    return [
        ProductFacts(
            row.id,
            row.stocked,
            row.below_zero,
            yields.get(recipes.get(row.id, 0), 1),
            tuple(parts.get(recipes.get(row.id, 0), ())),
            tuple(wishes.get(recipes.get(row.id, 0), ())),
        )
        for row in products
    ]


def _yields(recipes: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(select(Recipe.id, Recipe.yield_units).where(Recipe.id.in_(recipes)))
    return {row.id: row.yield_units for row in rows}


def _parts(recipes: Sequence[int]) -> dict[int, list[Part]]:
    items = db.session.execute(
        select(
            RecipeItem.id,
            RecipeItem.recipe_id,
            RecipeItem.ingredient_id,
            RecipeItem.units,
            RecipeItem.waste_bp,
        )
        .where(RecipeItem.recipe_id.in_(recipes))
        .order_by(RecipeItem.recipe_id, RecipeItem.position)
    ).all()
    stand_ins: dict[int, list[tuple[int, int]]] = {}
    for row in db.session.execute(
        select(Substitute.item_id, Substitute.ingredient_id, Substitute.units)
        .join(RecipeItem, RecipeItem.id == Substitute.item_id)
        .where(RecipeItem.recipe_id.in_(recipes))
        .order_by(Substitute.item_id, Substitute.position)
    ):
        stand_ins.setdefault(row.item_id, []).append((row.ingredient_id, row.units))
    found: dict[int, list[Part]] = {}
    for item in items:
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
