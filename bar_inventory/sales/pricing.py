"""Services room: what a cart comes to now: prices, taxes, discount, rounding of cash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from bar_inventory.sales.queries import OnSale, WishOnSale, on_sale
from bar_inventory.sales.rules import MOST_OF_ONE, CartLine, Price, discounted, price_at
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from memberships.api import LineKind, LineOrder, Status, cash_asked, quote, standing_on
from memberships.billing.writing import Quote

MEMBERS = frozenset({Status.ACTIVE, Status.ACTIVE_IN_DEBT, Status.FROZEN})


@dataclass(frozen=True, slots=True)
class WantedLine:
    """One product of a cart with wishes; `key` tells lines of one cart apart."""

    product_id: int
    quantity: int = 1
    wish_ids: tuple[int, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its price of this moment, and why it is that one."""

    wanted: WantedLine
    item: OnSale
    wishes: tuple[WishOnSale, ...]
    price: Price
    money: CartLine
    total_minor: int
    tax_minor: int

    @property
    def words(self) -> str:
        """Return what the line is called on receipts."""
        wishes = ", ".join(wish.name for wish in self.wishes)
        return f"{self.item.product.name} ({wishes})" if wishes else self.item.product.name


@dataclass(frozen=True, slots=True)
class Priced:
    """What a cart comes to, with the tip; `cash_minor` is asked when all of it is paid in cash."""

    lines: tuple[PricedLine, ...]
    orders: tuple[LineOrder, ...]
    quote: Quote
    tip_minor: int
    cash_minor: int
    is_member: bool

    @property
    def gross_minor(self) -> int:
        """Return the prices before the discount."""
        return sum(line.money.gross_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        """Return the discount of all lines."""
        return sum(line.money.discount_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """Return what has to be paid by any tender but cash alone."""
        return self.quote.total_minor


@dataclass(frozen=True, slots=True)
class CartOrder:
    """What shall be priced: lines, for whom, at which discount, with which tip."""

    club_id: int
    lines: tuple[WantedLine, ...]
    person_id: int | None = None
    discount_bp: int = 0
    tip_minor: int = 0


def price_cart(order: CartOrder) -> Priced:
    """Return what the cart comes to now.

    Raises NOT_ON_SALE for a product that is no longer sold, INVALID_INPUT for a wild quantity.
    """
    club = db.session.get(Club, order.club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    at = clock.now()
    member = order.person_id is not None and is_member(order.person_id, clock.today(club.zone))
    items = on_sale(club.id, (line.product_id for line in order.lines), at)
    local = at.astimezone(ZoneInfo(club.zone))
    found = [_line(line, items, local, is_member=member) for line in order.lines]
    money = discounted([line for _item, _wishes, _price, line in found], order.discount_bp)
    orders = [
        _sold(item, wishes, line)
        for (item, wishes, _price, _line), line in zip(found, money, strict=True)
    ]
    goods = quote(club.id, orders)
    if order.tip_minor:
        orders.append(LineOrder(_("Tip"), LineKind.OTHER, order.tip_minor, tax_bp=0))
    whole = quote(club.id, orders) if order.tip_minor else goods
    lines = tuple(
        PricedLine(wanted, item, wishes, price, line, totals.total_minor, totals.tax_minor)
        for wanted, (item, wishes, price, _usual), line, totals in zip(
            order.lines, found, money, goods.lines, strict=True
        )
    )
    asked = cash_asked(club.id, whole.total_minor)
    return Priced(lines, tuple(orders), whole, order.tip_minor, asked, member)


def is_member(person_id: int, today: date) -> bool:
    """Tell whether member prices hold for a person on a day."""
    return standing_on(person_id, today).status in MEMBERS


def _line(
    wanted: WantedLine, items: dict[int, OnSale], local: datetime, *, is_member: bool
) -> tuple[OnSale, tuple[WishOnSale, ...], Price, CartLine]:
    item = items.get(wanted.product_id)
    if item is None:
        raise DomainError("NOT_ON_SALE", _("This is no longer on sale. Take it out of the cart."))
    if not 0 < wanted.quantity <= MOST_OF_ONE:
        raise invalid({"quantity": _("Expected 1 to %(most)s.", most=MOST_OF_ONE)})
    known = {wish.wish_id: wish for wish in item.wishes}
    if any(wish not in known for wish in wanted.wish_ids):
        raise DomainError("NOT_ON_SALE", _("This wish is no longer offered with it."))
    wishes = tuple(known[wish] for wish in dict.fromkeys(wanted.wish_ids))
    price = price_at(item.prices, local, is_member=is_member)
    unit = max(0, price.minor + sum(wish.delta_minor for wish in wishes))
    return item, wishes, price, CartLine(unit, wanted.quantity)


def _sold(item: OnSale, wishes: Sequence[WishOnSale], line: CartLine) -> LineOrder:
    words = ", ".join(wish.name for wish in wishes)
    return LineOrder(
        text=f"{item.product.name} ({words})" if words else item.product.name,
        kind=item.product.line_kind,
        unit_price_minor=line.unit_minor,
        quantity=line.quantity,
        discount_minor=line.discount_minor,
        tax_bp=item.prices.tax_bp,
    )
