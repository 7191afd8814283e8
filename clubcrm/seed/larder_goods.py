"""What the bars of the demo clubs sell and use: prices as shares of a fee, and recipes."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Goods:
    """A product; price and cost, per pack or piece, are thousandths of the town's monthly fee."""

    name: str
    group: str
    kind: str
    unit: str
    icon: str
    price: int = 0
    pack_units: int = 0
    pack_cost: int = 0
    shelf_days: int | None = None
    a_day: int = 0  # sold by the till before
    liking: float = 0.0  # how often somebody wants it
    stocked: bool = True
    below_zero: bool = False
    recipe: tuple[tuple[str, int, int], ...] = ()
    stand_in: tuple[str, str, int] | None = None
    wish: tuple[str, str, str, int] | None = None


# Shakes from Monday to Friday.
HAPPY_HOUR = (0b0011111, time(14), time(16))
GROUPS = (
    ("Coffee", "coffee"),
    ("Shakes", "cup"),
    ("Drinks", "bottle"),
    ("Bites", "cookie"),
    ("Larder", "milk"),
)
GOODS = (
    Goods("Milk", "Larder", "ingredient", "ml", "milk", 0, 1_000, 9, 9),
    Goods("Oat milk", "Larder", "ingredient", "ml", "milk", 0, 3_000, 48, 60),
    Goods("Coffee beans", "Larder", "ingredient", "g", "coffee", 0, 1_000, 170, 120),
    Goods("Whey protein", "Larder", "ingredient", "g", "salad", 0, 2_500, 520, 365),
    Goods("Bananas", "Larder", "ingredient", "piece", "apple", 0, 5, 8, 6),
    Goods(
        "Water 0.5 l", "Drinks", "sold", "piece", "bottle", 15, 24, 130, 365, 3, 14,
        below_zero=True,
    ),
    Goods("Isotonic drink", "Drinks", "sold", "piece", "bottle", 40, 12, 260, 240, 1, 6),
    Goods("Protein bar", "Bites", "sold", "piece", "cookie", 55, 20, 620, 180, 1, 5),
    Goods("Banana bread", "Bites", "both", "piece", "bread", 50, 3, 75, 4, 1, 5),
    Goods(
        "Espresso", "Coffee", "sold", "piece", "coffee", 45, a_day=1, liking=8, stocked=False,
        recipe=(("Coffee beans", 9, 500),),
    ),
    Goods(
        "Latte", "Coffee", "sold", "piece", "coffee", 70, a_day=3, liking=16, stocked=False,
        recipe=(("Coffee beans", 18, 500), ("Milk", 220, 300)),
        stand_in=("Milk", "Oat milk", 220), wish=("Oat milk", "Milk", "Oat milk", 10),
    ),
    Goods(
        "Protein shake", "Shakes", "sold", "piece", "cup", 110, a_day=2, liking=13, stocked=False,
        recipe=(("Whey protein", 30, 0), ("Milk", 300, 200)),
        stand_in=("Milk", "Oat milk", 300), wish=("Oat milk", "Milk", "Oat milk", 10),
    ),
    Goods(
        "Banana shake", "Shakes", "sold", "piece", "cup", 125, a_day=1, liking=7, stocked=False,
        recipe=(("Whey protein", 30, 0), ("Bananas", 1, 0), ("Milk", 250, 200)),
        stand_in=("Milk", "Oat milk", 250),
    ),
    # These lie there for weeks before somebody asks for one.
    Goods("Energy gel", "Bites", "sold", "piece", "cookie", 60, 24, 760, 300, liking=0.15),
    Goods("Shaker 0.7 l", "Drinks", "sold", "piece", "bottle", 160, 10, 900, liking=0.1),
)  # fmt: skip
NAMED = {goods.name: goods for goods in GOODS}
SOLD = tuple(goods for goods in GOODS if goods.price)
# How much of an ingredient one of each product takes.
RECIPES: dict[str, list[int]] = {}
for _goods in GOODS:
    for _name, _units, _waste in _goods.recipe:
        RECIPES.setdefault(_name, []).append(_units)
ALLERGENS: dict[str, tuple[str, ...]] = {
    "Milk": ("milk",),
    "Oat milk": ("gluten",),
    "Whey protein": ("milk",),
    "Protein bar": (
        "milk",
        "nuts",
        "soya",
    ),
    "Banana bread": (
        "eggs",
        "gluten",
        "milk",
    ),
    "Latte": ("milk",),
    "Protein shake": ("milk",),
    "Banana shake": ("milk",),
}
