"""Queries room: the words and figures in which people read products and quantities."""

from flask_babel import gettext as _

from bar_inventory.catalogue.models import BaseUnit, ProductKind
from clubcrm.core.formats import number

BIG = 1000
# Pictures a product may carry on its tile: names of the icon set, which the assets are built from.
PICTURES = (
    "coffee",
    "cup",
    "bottle",
    "milk",
    "bread",
    "cookie",
    "cake",
    "candy",
    "apple",
    "cherry",
    "salad",
    "soup",
    "meat",
    "egg",
    "droplet",
    "barbell",
    "shirt",
)


def picture_words(name: str) -> str:
    """Return what a picture shows."""
    return {
        "coffee": _("hot drink"),
        "cup": _("shake"),
        "bottle": _("bottle"),
        "milk": _("milk"),
        "bread": _("bread"),
        "cookie": _("biscuit"),
        "cake": _("cake"),
        "candy": _("sweets"),
        "apple": _("fruit"),
        "cherry": _("berries"),
        "salad": _("salad"),
        "soup": _("bowl"),
        "meat": _("meat"),
        "egg": _("egg"),
        "droplet": _("drop"),
        "barbell": _("sports goods"),
        "shirt": _("clothes"),
    }[name]


def unit_words(unit: BaseUnit) -> str:
    """Return what a product is counted in."""
    return {
        BaseUnit.GRAM: _("grams"),
        BaseUnit.MILLILITRE: _("millilitres"),
        BaseUnit.PIECE: _("pieces"),
    }[unit]


def kind_words(kind: ProductKind) -> str:
    """Return what a product is for."""
    return {
        ProductKind.SOLD: _("sold"),
        ProductKind.INGREDIENT: _("goes into others"),
        ProductKind.BOTH: _("sold, and goes into others"),
    }[kind]


def quantity(units: float, unit: BaseUnit) -> str:
    """Return a quantity as people say it: 1.2 kg, 330 ml, 12."""
    if unit is BaseUnit.PIECE:
        return number(round(units, 1))
    big, small = {BaseUnit.GRAM: (_("kg"), _("g")), BaseUnit.MILLILITRE: (_("l"), _("ml"))}[unit]
    if abs(units) >= BIG:
        return f"{number(round(units / BIG, 3))} {big}"
    return f"{number(round(units, 1))} {small}"


def allergen_words(code: str) -> str:
    """Return what an allergen is called."""
    return {
        "gluten": _("gluten"),
        "crustaceans": _("crustaceans"),
        "eggs": _("eggs"),
        "fish": _("fish"),
        "peanuts": _("peanuts"),
        "soya": _("soya"),
        "milk": _("milk"),
        "nuts": _("nuts"),
        "celery": _("celery"),
        "mustard": _("mustard"),
        "sesame": _("sesame"),
        "sulphites": _("sulphites"),
        "lupin": _("lupin"),
        "molluscs": _("molluscs"),
    }.get(code, code)
