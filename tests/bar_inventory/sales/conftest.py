"""The bar at noon with prices, full shelves and an open till: short ways to sell to Mia."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from bar_inventory.catalogue.models import (
    Barcode,
    Modifier,
    ModifierPrice,
    PriceVersion,
    PriceWindow,
    Recipe,
)
from bar_inventory.sales.invariants import sales_add_up
from bar_inventory.sales.models import Sale
from bar_inventory.sales.pricing import CartOrder, WantedLine
from bar_inventory.sales.selling import SaleOrder, TenderOrder, sell
from bar_inventory.stock.invariants import levels_are_sums
from clubcrm.core import clock
from clubcrm.core.db import db
from memberships.billing.invariants import invoices_add_up, money_is_given_back_once
from memberships.billing.orders import Tender
from memberships.tills.invariants import shifts_balance
from memberships.tills.models import Shift
from memberships.tills.services import add_till, open_shift
from tests.bar_inventory.counter import BORIS, MAX, Bar, deliver
from tests.cast import Cast

_numbers = count(1)


@dataclass(slots=True)
class Counter:
    """The bar with its open shift, the wish "oat milk", and Mia."""

    bar: Bar
    shift: Shift
    oat_wish: int
    mia: int

    def line(self, name: str, quantity: int = 1, *wishes: int) -> WantedLine:
        """Return a wanted line of a product of the bar."""
        return WantedLine(getattr(self.bar, name), quantity, wishes)

    def sell(
        self,
        *lines: WantedLine,
        cash: int = 0,
        tenders: tuple[TenderOrder, ...] = (),
        by: str = BORIS,
        person: int | None = None,
        **more: object,
    ) -> Sale:
        """The lines are sold for so much cash, or by these tenders."""
        cart = CartOrder(
            self.bar.club,
            lines,
            person,
            discount_bp=int(more.pop("discount_bp", 0)),  # type: ignore[call-overload]
            tip_minor=int(more.pop("tip", 0)),  # type: ignore[call-overload]
        )
        paid = tenders or (TenderOrder(Tender.CASH, cash),)
        source = str(more.pop("source", f"test-{next(_numbers)}"))
        return sell(SaleOrder(cart, paid, source, **more), by=by)  # type: ignore[arg-type]


def set_price(bar: Bar, product: int, minor: int, member: int | None = None) -> PriceVersion:
    """The product costs so much from now on."""
    price = PriceVersion(
        product_id=product,
        club_id=bar.club,
        price_minor=minor,
        member_price_minor=member,
        currency="BDT",
        valid_from=clock.now(),
    )
    db.session.add(price)
    db.session.flush()
    return price


def fill(cast: Cast, bar: Bar) -> Counter:
    """The bar has prices, goods and an open till."""
    set_price(bar, bar.water, 3_000)
    set_price(bar, bar.shake, 25_000, 22_000)
    deliver(bar, bar.milk, 3_000, 30_000)
    deliver(bar, bar.oats, 600, 12_000)
    deliver(bar, bar.powder, 300, 60_000)
    recipe = db.session.query(Recipe).filter_by(product_id=bar.shake).one()
    wish = Modifier(
        recipe_id=recipe.id,
        position=0,
        name="Oat milk",
        replaces_id=bar.milk,
        ingredient_id=bar.oats,
    )
    db.session.add(wish)
    db.session.add(Barcode(product_id=bar.water, scope=bar.club, code="8941100500019", units=1))
    db.session.flush()
    db.session.add(ModifierPrice(modifier_id=wish.id, club_id=bar.club, delta_minor=2_000))
    db.session.flush()
    shift = open_shift(add_till(bar.club, "Bar", by=MAX).id, 100_000, by=BORIS)
    return Counter(bar, shift, wish.id, cast.members["Mia"])


@pytest.fixture
def till(bar: Bar, cast: Cast) -> Counter:
    """Return the counter, ready to sell."""
    return fill(cast, bar)


@pytest.fixture
def happy(till: Counter) -> Callable[[PriceVersion, int], None]:
    """Return a way to give a price a happy hour at noon of every day."""

    def window(price: PriceVersion, minor: int) -> None:
        at = clock.now().astimezone(ZoneInfo("Asia/Dhaka"))
        db.session.add(
            PriceWindow(
                price_id=price.id,
                weekdays=1 << at.weekday(),
                starts=at.time().replace(hour=11),
                ends=at.time().replace(hour=13),
                price_minor=minor,
            )
        )
        db.session.flush()

    return window


def faults() -> list[str]:
    """Return what is wrong with sales, money, shifts and goods."""
    db.session.flush()
    db.session.expire_all()
    return [
        *sales_add_up(),
        *invoices_add_up(),
        *money_is_given_back_once(),
        *shifts_balance(),
        *levels_are_sums(),
    ]
