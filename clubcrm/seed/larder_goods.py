"""What the bars of the demo clubs sell and use: prices as shares of a fee, and recipes."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Goods:
    """A product: price and cost are thousandths of the town's monthly fee, per pack or piece."""

    name: str
    group: str
    kind: str
    unit: str
    icon: str
    price: int = 0
    pack_units: int = 0
    pack_cost: int = 0
    shelf_days: int | None = None
    a_day: int = 0
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
    Goods("Milk", "Larder", "ingredient", "ml", "milk", 0, 12_000, 110, 9, 4200),
    Goods("Oat milk", "Larder", "ingredient", "ml", "milk", 0, 6_000, 95, 60, 900),
    Goods("Coffee beans", "Larder", "ingredient", "g", "coffee", 0, 1_000, 170, 120, 420),
    Goods("Whey protein", "Larder", "ingredient", "g", "salad", 0, 2_500, 520, 365, 700),
    Goods("Bananas", "Larder", "ingredient", "piece", "apple", 0, 40, 60, 6, 14),
    Goods(
        "Water 0.5 l", "Drinks", "sold", "piece", "bottle", 15, 24, 130, 365, 30, below_zero=True
    ),
    Goods("Isotonic drink", "Drinks", "sold", "piece", "bottle", 40, 12, 260, 240, 8),
    Goods("Protein bar", "Bites", "sold", "piece", "cookie", 55, 20, 620, 180, 9),
    Goods("Banana bread", "Bites", "both", "piece", "bread", 50, 12, 300, 4, 6),
    Goods(
        "Espresso", "Coffee", "sold", "piece", "coffee", 45, stocked=False, a_day=8,
        recipe=(("Coffee beans", 9, 500),),
    ),
    Goods(
        "Latte", "Coffee", "sold", "piece", "coffee", 70, stocked=False, a_day=16,
        recipe=(("Coffee beans", 18, 500), ("Milk", 220, 300)),
        stand_in=("Milk", "Oat milk", 220), wish=("Oat milk", "Milk", "Oat milk", 10),
    ),
    Goods(
        "Protein shake", "Shakes", "sold", "piece", "cup", 110, stocked=False, a_day=13,
        recipe=(("Whey protein", 30, 0), ("Milk", 300, 200)),
        stand_in=("Milk", "Oat milk", 300), wish=("Oat milk", "Milk", "Oat milk", 10),
    ),
    Goods(
        "Banana shake", "Shakes", "sold", "piece", "cup", 125, stocked=False, a_day=7,
        recipe=(("Whey protein", 30, 0), ("Bananas", 1, 0), ("Milk", 250, 200)),
        stand_in=("Milk", "Oat milk", 250),
    ),
)  # fmt: skip
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
