"""A bar in Dhanmondi with milk, powder and shakes, and short ways to fill its shelf."""

from dataclasses import dataclass

from sqlalchemy import select

from bar_inventory.catalogue.models import (
    BaseUnit,
    Product,
    ProductKind,
    Recipe,
    RecipeItem,
    Substitute,
)
from bar_inventory.stock.invariants import levels_are_sums
from bar_inventory.stock.models import MoveKind, Place, StockLevel, StockMove
from bar_inventory.stock.rules import MICRO
from bar_inventory.stock.services import MoveOrder, Posting, post
from clubcrm.core import clock
from clubcrm.core.db import db
from tests.cast import Cast

BORIS, MAX, OLGA = "user:6", "user:2", "user:1"


@dataclass(slots=True)
class Bar:
    """Ids of the bar: its two places and its products."""

    club: int
    bar: int
    store: int
    milk: int
    oats: int
    powder: int
    water: int
    shake: int


def make_bar(cast: Cast) -> Bar:
    """The bar has its places and products; nothing lies there yet."""
    bar = Place(club_id=cast.club, name="Bar", sells=True)
    store = Place(club_id=cast.club, name="Store")
    db.session.add_all([bar, store])
    products = {
        "milk": Product(name="Milk", kind=ProductKind.INGREDIENT, unit=BaseUnit.MILLILITRE),
        "oats": Product(name="Oat milk", kind=ProductKind.INGREDIENT, unit=BaseUnit.MILLILITRE),
        "powder": Product(name="Whey", kind=ProductKind.INGREDIENT, unit=BaseUnit.GRAM),
        "water": Product(name="Water", kind=ProductKind.SOLD, below_zero=True),
        "shake": Product(name="Shake", kind=ProductKind.SOLD, stocked=False),
    }
    for product in products.values():
        product.club_id = cast.club
    db.session.add_all(products.values())
    db.session.flush()
    ids = {name: product.id for name, product in products.items()}
    recipe = Recipe(product_id=ids["shake"], number=1, valid_from=clock.now())
    db.session.add(recipe)
    db.session.flush()
    milk = RecipeItem(recipe_id=recipe.id, position=1, ingredient_id=ids["milk"], units=300)
    powder = RecipeItem(recipe_id=recipe.id, position=0, ingredient_id=ids["powder"], units=30)
    db.session.add_all([milk, powder])
    db.session.flush()
    stand_in = Substitute(item_id=milk.id, position=0, ingredient_id=ids["oats"], units=300)
    db.session.add(stand_in)
    db.session.flush()
    return Bar(cast.club, bar.id, store.id, **ids)


def deliver(bar: Bar, product: int, units: int, cost_minor: int, **more: object) -> list[StockMove]:
    """So many units came to the bar for so much money."""
    place = more.pop("place", bar.bar)
    source = str(more.pop("source", f"d{db.session.query(StockMove).count()}"))
    line = MoveOrder(product, units, MoveKind.DELIVERY, cost_minor * MICRO, **more)
    return post(Posting(place, "delivery", source, (line,)), by=BORIS)


def level(bar: Bar, product: int, place: int | None = None) -> tuple[int, int]:
    """Return units and value in minor units of a product."""
    row = db.session.execute(
        select(StockLevel.units, StockLevel.value_micro).where(
            StockLevel.product_id == product, StockLevel.place_id == (place or bar.bar)
        )
    ).one()
    assert row.value_micro % MICRO == 0
    return row.units, row.value_micro // MICRO


def sound() -> list[str]:
    """Return what the invariants of the stock say."""
    return levels_are_sums()
