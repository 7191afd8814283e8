"""Products with barcodes, versions of their prices, and versions of their recipes.

Quantities are whole base units: grams, millilitres or pieces.
"""

from datetime import datetime, time
from enum import StrEnum
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.billing.orders import LineKind

# An amount in minor units, and a number of base units.
Minor = Annotated[int, mapped_column(BigInteger)]
Units = Annotated[int, mapped_column(BigInteger)]


class ProductKind(StrEnum):
    """Whether a product is rung up, goes into others, or both."""

    SOLD = "sold"
    INGREDIENT = "ingredient"
    BOTH = "both"


class BaseUnit(StrEnum):
    """What one unit of a product is."""

    GRAM = "g"
    MILLILITRE = "ml"
    PIECE = "piece"


class Category(Model):
    """A group of products on the till and in lists; of one club, or of all when none is named."""

    __tablename__ = "product_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    icon: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Product(Model):
    """Something the bar sells or uses; of one club, or of all when none is named.

    One that is not stocked is made when it is sold: its recipe says what of.
    """

    __tablename__ = "product"
    __table_args__ = (Index(None, "club_id", "active"), Index(None, "category_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("product_category.id"))
    name: Mapped[str] = mapped_column(String(120))
    search_text: Mapped[str] = mapped_column(String(300), default="")
    sku: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[ProductKind] = mapped_column(text_enum(ProductKind))
    unit: Mapped[BaseUnit] = mapped_column(text_enum(BaseUnit), default=BaseUnit.PIECE)
    line_kind: Mapped[LineKind] = mapped_column(text_enum(LineKind), default=LineKind.PRODUCT)
    stocked: Mapped[bool] = mapped_column(default=True)
    below_zero: Mapped[bool] = mapped_column(default=False)
    allergens: Mapped[list[str]] = mapped_column(Json, default=list)
    icon: Mapped[str] = mapped_column(String(40), default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    favourite: Mapped[int | None]  # place on the first page of the till
    shelf_days: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80), default="system")


class Barcode(Model):
    """A printed code by which a product is found; a box counts for more than one unit."""

    __tablename__ = "product_barcode"
    __table_args__ = (
        UniqueConstraint("code", "scope"),
        CheckConstraint("units > 0", name="units"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    # The club of the product, or 0 for all: one code means one product in one club.
    scope: Mapped[int]
    code: Mapped[str] = mapped_column(String(64))
    units: Mapped[Units] = mapped_column(default=1)


class PriceVersion(AppendOnly, Model):
    """What a product costs in a club from an instant on, until a later version."""

    __tablename__ = "product_price"
    __table_args__ = (
        Index(None, "product_id", "club_id", "valid_from"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("member_price_minor IS NULL OR member_price_minor >= 0", name="member"),
        CheckConstraint("tax_bp IS NULL OR (tax_bp >= 0 AND tax_bp <= 10000)", name="tax"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    price_minor: Mapped[Minor]
    member_price_minor: Mapped[Minor | None]
    currency: Mapped[str] = mapped_column(String(3))
    # A tax of its own; without one the club's tax for the kind of line holds.
    tax_bp: Mapped[int | None]
    valid_from: Mapped[datetime] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80), default="system")


class PriceWindow(AppendOnly, Model):
    """Happy hour of a price: weekdays and wall times of the club at which another price holds.

    `weekdays` has bit 0 for Monday; a window whose end is not after its start goes past midnight
    and belongs to the day on which it began.
    """

    __tablename__ = "product_price_window"
    __table_args__ = (
        CheckConstraint("weekdays > 0 AND weekdays < 128", name="weekdays"),
        CheckConstraint("price_minor >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    price_id: Mapped[int] = mapped_column(ForeignKey("product_price.id"), index=True)
    weekdays: Mapped[int]
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    price_minor: Mapped[Minor]
    member_price_minor: Mapped[Minor | None]


class Recipe(AppendOnly, Model):
    """What `yield_units` of a product are made of, from an instant on until a later version.

    A version without items says that the product has no recipe any more.
    """

    __tablename__ = "recipe"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        Index(None, "product_id", "valid_from"),
        CheckConstraint("yield_units > 0", name="yield"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    number: Mapped[int]
    yield_units: Mapped[Units] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(String(500), default="")
    valid_from: Mapped[datetime] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    created_by: Mapped[str] = mapped_column(String(80), default="system")


class RecipeItem(AppendOnly, Model):
    """One ingredient with its quantity in the glass, and the share that is lost on the way."""

    __tablename__ = "recipe_item"
    __table_args__ = (
        UniqueConstraint("recipe_id", "position"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("waste_bp >= 0 AND waste_bp < 10000", name="waste"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipe.id"))
    position: Mapped[int]
    ingredient_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    units: Mapped[Units]
    waste_bp: Mapped[int] = mapped_column(default=0)


class Substitute(AppendOnly, Model):
    """What stands in, in this order, when an ingredient is out."""

    __tablename__ = "recipe_substitute"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        CheckConstraint("units > 0", name="units"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("recipe_item.id"))
    position: Mapped[int]
    ingredient_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    units: Mapped[Units]


class Modifier(AppendOnly, Model):
    """A wish such as "oat milk": it replaces, adds or leaves out an ingredient of a recipe.

    With `replaces_id` and `ingredient_id` it replaces, with only the second it adds, with only the
    first it leaves out.
    """

    __tablename__ = "recipe_modifier"
    __table_args__ = (
        UniqueConstraint("recipe_id", "position"),
        CheckConstraint("replaces_id IS NOT NULL OR ingredient_id IS NOT NULL", name="does"),
        CheckConstraint("units >= 0", name="units"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipe.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    ingredient_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    # Of the ingredient; 0 takes as much as the one it replaces.
    units: Mapped[Units] = mapped_column(default=0)


class ModifierPrice(AppendOnly, Model):
    """What a wish adds to the price in a club, or takes off; without a line it is free."""

    __tablename__ = "recipe_modifier_price"

    modifier_id: Mapped[int] = mapped_column(ForeignKey("recipe_modifier.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    delta_minor: Mapped[Minor]
