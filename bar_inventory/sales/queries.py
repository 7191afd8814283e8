"""What stands on the till's shelf: products with their prices now, sales and what came back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from bar_inventory.catalogue.book import newest_recipes
from bar_inventory.catalogue.models import (
    Barcode,
    Category,
    Modifier,
    ModifierPrice,
    PriceVersion,
    PriceWindow,
    Product,
    ProductKind,
)
from bar_inventory.catalogue.rules import Window
from bar_inventory.sales.models import Cart, CartState, Sale, SaleLine, SaleReturn, SaleTender
from bar_inventory.sales.rules import PriceFacts
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db

SOLD = (ProductKind.SOLD, ProductKind.BOTH)


@dataclass(frozen=True, slots=True)
class WishOnSale:
    """A wish that goes with a product, and what it adds to the price."""

    wish_id: int
    public_id: str
    name: str
    delta_minor: int


@dataclass(frozen=True, slots=True)
class OnSale:
    """A product with the price version that holds."""

    product: Product
    prices: PriceFacts
    category: str = ""
    wishes: tuple[WishOnSale, ...] = field(default=())


def products_on_sale(club_id: int, at: datetime) -> list[OnSale]:
    """Return what the club sells now: active, with a price; favourites first, then by name."""
    of_club = (Product.club_id == club_id) | Product.club_id.is_(None)
    rows = db.session.execute(
        select(Product, Category.name)
        .outerjoin(Category, Category.id == Product.category_id)
        .where(of_club, Product.active, Product.kind.in_(SOLD))
        .order_by(Product.favourite.is_(None), Product.favourite, Product.name)
    ).all()
    return _on_sale(club_id, at, [(product, category or "") for product, category in rows])


def on_sale(club_id: int, product_ids: Iterable[int], at: datetime) -> dict[int, OnSale]:
    """Return these products with their prices now, those without a price left out."""
    of_club = (Product.club_id == club_id) | Product.club_id.is_(None)
    found = db.session.scalars(
        select(Product).where(of_club, Product.active, Product.id.in_(set(product_ids)))
    )
    return {
        one.product.id: one for one in _on_sale(club_id, at, [(product, "") for product in found])
    }


def _on_sale(club_id: int, at: datetime, products: Sequence[tuple[Product, str]]) -> list[OnSale]:
    ids = [product.id for product, _category in products]
    prices = prices_at(club_id, ids, at)
    wishes = _wishes(club_id, ids, at)
    return [
        OnSale(product, prices[product.id], category, wishes.get(product.id, ()))
        for product, category in products
        if product.id in prices
    ]


def prices_at(club_id: int, product_ids: Sequence[int], at: datetime) -> dict[int, PriceFacts]:
    """Return the version of each price that holds at an instant, with its happy hours."""
    ranked = (
        select(
            PriceVersion.id,
            PriceVersion.product_id,
            func.row_number()
            .over(
                partition_by=PriceVersion.product_id,
                order_by=(PriceVersion.valid_from.desc(), PriceVersion.id.desc()),
            )
            .label("place"),
        )
        .where(
            PriceVersion.club_id == club_id,
            PriceVersion.product_id.in_(product_ids),
            PriceVersion.valid_from <= at,
        )
        .subquery()
    )
    rows = db.session.execute(
        select(PriceVersion, PriceWindow)
        .join(ranked, (ranked.c.id == PriceVersion.id) & (ranked.c.place == 1))
        .outerjoin(PriceWindow, PriceWindow.price_id == PriceVersion.id)
        .order_by(PriceVersion.id, PriceWindow.id)
    )
    versions: dict[int, PriceVersion] = {}
    windows: dict[int, list[Window]] = {}
    for version, row in rows:
        versions[version.product_id] = version
        if row is not None:
            windows.setdefault(version.id, []).append(
                Window(row.weekdays, row.starts, row.ends, row.price_minor, row.member_price_minor)
            )
    return {
        product_id: PriceFacts(
            one.price_minor, one.member_price_minor, one.tax_bp, tuple(windows.get(one.id, ()))
        )
        for product_id, one in versions.items()
    }


def _wishes(
    club_id: int, product_ids: Sequence[int], at: datetime
) -> dict[int, tuple[WishOnSale, ...]]:
    recipe = newest_recipes(at)
    rows = db.session.execute(
        select(recipe.c.product_id, Modifier, ModifierPrice.delta_minor)
        .join(Modifier, Modifier.recipe_id == recipe.c.recipe_id)
        .outerjoin(
            ModifierPrice,
            (ModifierPrice.modifier_id == Modifier.id) & (ModifierPrice.club_id == club_id),
        )
        .where(recipe.c.place == 1, recipe.c.product_id.in_(product_ids))
        .order_by(Modifier.recipe_id, Modifier.position)
    )
    found: dict[int, list[WishOnSale]] = {}
    for product_id, wish, delta in rows:
        one = WishOnSale(wish.id, wish.public_id, wish.name, delta or 0)
        found.setdefault(product_id, []).append(one)
    return {product_id: tuple(wishes) for product_id, wishes in found.items()}


def product_of_code(club_id: int, code: str) -> tuple[int, int] | None:
    """Return the product of a barcode and how many it stands for; None for an unknown one."""
    row = db.session.execute(
        select(Barcode.product_id, Barcode.units)
        .join(Product, Product.id == Barcode.product_id)
        .where(Barcode.code == code, Barcode.scope.in_((0, club_id)), Product.active)
        .order_by(Barcode.scope.desc())
    ).first()
    return None if row is None else (row.product_id, row.units)


def product_by_public(club_id: int, public_id: str) -> Product | None:
    """Return a product that the club may sell, None when there is none."""
    of_club = (Product.club_id == club_id) | Product.club_id.is_(None)
    return db.session.scalars(
        select(Product).where(of_club, Product.public_id == public_id, Product.active)
    ).first()


def sale_of_source(source_id: str) -> Sale | None:
    """Return what was sold for a source, None when nothing was."""
    return db.session.scalars(select(Sale).where(Sale.source_id == source_id)).first()


def sale_for(scope: Scope, public_id: str) -> Sale | None:
    """Return a sale of these clubs, None when there is none."""
    return db.session.scalars(
        select(Sale).where(Sale.public_id == public_id, Sale.club_id.in_(scope.club_ids))
    ).first()


def lines_of(sale_id: int) -> Sequence[SaleLine]:
    """Return the lines of a sale in their order."""
    return db.session.scalars(
        select(SaleLine).where(SaleLine.sale_id == sale_id).order_by(SaleLine.position)
    ).all()


def tenders_of(sale_id: int) -> Sequence[SaleTender]:
    """Return how a sale was paid."""
    return db.session.scalars(
        select(SaleTender).where(SaleTender.sale_id == sale_id).order_by(SaleTender.id)
    ).all()


def returned_of(sale_id: int) -> dict[int, int]:
    """Return by line how many have come back."""
    rows = db.session.execute(
        select(SaleReturn.line_id, func.sum(SaleReturn.quantity))
        .where(SaleReturn.sale_id == sale_id)
        .group_by(SaleReturn.line_id)
    )
    return {line: int(count) for line, count in rows}


def returns_of(sale_id: int) -> Sequence[SaleReturn]:
    """Return what came back of a sale, the oldest first."""
    return db.session.scalars(
        select(SaleReturn).where(SaleReturn.sale_id == sale_id).order_by(SaleReturn.id)
    ).all()


def sales_page(
    scope: Scope, *, limit: int, before_id: int | None = None, shift_id: int | None = None
) -> Sequence[Sale]:
    """Return sales of these clubs, the newest first."""
    statement = select(Sale).where(Sale.club_id.in_(scope.club_ids))
    if before_id is not None:
        statement = statement.where(Sale.id < before_id)
    if shift_id is not None:
        statement = statement.where(Sale.shift_id == shift_id)
    return db.session.scalars(statement.order_by(Sale.id.desc()).limit(limit)).all()


def open_cart(club_id: int, owner: str) -> Cart | None:
    """Return the cart this person is filling, None when there is none."""
    return db.session.scalars(
        select(Cart)
        .where(Cart.club_id == club_id, Cart.owner == owner, Cart.state == CartState.OPEN)
        .order_by(Cart.id.desc())
    ).first()


def parked_carts(club_id: int) -> Sequence[Cart]:
    """Return the carts of a club that wait, the oldest first."""
    return db.session.scalars(
        select(Cart)
        .where(Cart.club_id == club_id, Cart.state == CartState.PARKED)
        .order_by(Cart.id)
    ).all()


def cart_for(scope: Scope, public_id: str) -> Cart | None:
    """Return a cart of these clubs, None when there is none."""
    return db.session.scalars(
        select(Cart).where(Cart.public_id == public_id, Cart.club_id.in_(scope.club_ids))
    ).first()
