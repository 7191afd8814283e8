"""Services room: carts that live in the store: fill, change, park, take up again, pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from bar_inventory.sales.models import Cart, CartState, Sale
from bar_inventory.sales.pricing import CartOrder, WantedLine
from bar_inventory.sales.queries import on_sale, open_cart
from bar_inventory.sales.rules import MOST_OF_ONE
from bar_inventory.sales.selling import SaleOrder, TenderOrder, sell
from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject, new_public_id
from memberships.api import Approval, ApprovalRequest, request_approval

CART_MOVES: Moves = {
    CartState.OPEN: frozenset({CartState.PARKED, CartState.PAID, CartState.DROPPED}),
    CartState.PARKED: frozenset({CartState.OPEN, CartState.DROPPED}),
}
MOST_LINES = 100
DISCOUNT = "bar_discount"


@dataclass(frozen=True, slots=True)
class Paying:
    """How a cart is paid and what its buyer was told."""

    tenders: tuple[TenderOrder, ...]
    shown_minor: int | None = None
    tip_minor: int = 0
    shift_id: int | None = None


def current_cart(club_id: int, *, by: str) -> Cart:
    """Return the cart this person is filling; an empty one when there is none."""
    found = open_cart(club_id, by)
    if found is None:
        found = Cart(club_id=club_id, owner=by, lines=[])
        db.session.add(found)
        db.session.flush()
    return found


def add_to_cart(
    cart: Cart, product_id: int, quantity: int = 1, wish_ids: Sequence[int] = ()
) -> Cart:
    """So many more of a product with these wishes are in the cart."""
    _check_open(cart)
    if product_id not in on_sale(cart.club_id, [product_id], clock.now()):
        raise DomainError("NOT_ON_SALE", _("This is not on sale."))
    lines = [dict(line) for line in cart.lines]
    wishes = sorted(set(wish_ids))
    same = next(
        (line for line in lines if (line["product"], line["wishes"]) == (product_id, wishes)), None
    )
    if same is None and len(lines) >= MOST_LINES:
        raise invalid({"lines": _("The cart is full. Pay it first.")})
    if same is None:
        same = {"key": new_public_id(), "product": product_id, "quantity": 0, "wishes": wishes}
        lines.append(same)
    same["quantity"] = min(MOST_OF_ONE, same["quantity"] + quantity)
    return _set(cart, lines)


def set_quantity(cart: Cart, key: str, quantity: int) -> Cart:
    """A line has this quantity; none takes it out."""
    _check_open(cart)
    if not 0 <= quantity <= MOST_OF_ONE:
        raise invalid({"quantity": _("Expected 0 to %(most)s.", most=MOST_OF_ONE)})
    lines = [dict(line) for line in cart.lines]
    for line in lines:
        if line["key"] == key:
            line["quantity"] = quantity
    return _set(cart, [line for line in lines if line["quantity"]])


def set_wishes(cart: Cart, key: str, wish_ids: Sequence[int]) -> Cart:
    """A line has exactly these wishes."""
    _check_open(cart)
    lines = [dict(line) for line in cart.lines]
    for line in lines:
        if line["key"] == key:
            line["wishes"] = sorted(set(wish_ids))
    return _set(cart, lines)


def set_member(cart: Cart, person_id: int | None) -> Cart:
    """The cart is for this member, or for nobody in particular."""
    _check_open(cart)
    cart.person_id = person_id
    return _touch(cart)


def set_discount(cart: Cart, discount_bp: int, note: str) -> Cart:
    """The cart has this discount, for a reason; whether one may give it is asked at paying."""
    _check_open(cart)
    if not 0 <= discount_bp <= 10_000:
        raise invalid({"discount": _("Expected 0 to 100 percent.")})
    words = clean(note, "note", longest=300)
    if discount_bp and not words:
        raise invalid({"note": _("Say why the price is lower.")})
    cart.discount_bp, cart.note = discount_bp, words
    return _touch(cart)


def ask_discount(cart: Cart, *, by: str) -> Approval:
    """Another person is asked to agree to the discount; the cart waits, and may be taken up."""
    request = ApprovalRequest(
        club_id=cart.club_id,
        kind=DISCOUNT,
        subject_kind="cart",
        subject_id=cart.public_id,
        payload={"cart_id": cart.id, "discount_bp": cart.discount_bp, "person_id": cart.person_id},
        reason=cart.note,
    )
    return request_approval(request, by=by)


def discount_approved(approval: Approval, by: str) -> JsonObject:
    """The cart may be sold at the discount another person has agreed to."""
    cart = db.session.get_one(Cart, int(approval.payload["cart_id"]))
    cart.approved_bp = max(cart.approved_bp, int(approval.payload["discount_bp"]))
    db.session.flush()
    return {"cart": cart.public_id, "by": by}


def park(cart: Cart, name: str, *, by: str) -> Cart:
    """The cart waits under a name, and this person may begin another one."""
    if not cart.lines:
        raise invalid({"lines": _("The cart is empty.")})
    cart.name = clean(name, "name", longest=60)
    _touch(cart)
    move(cart, CartState.PARKED, moves=CART_MOVES, by=by)
    return cart


def take_up(cart: Cart, *, by: str) -> Cart:
    """The parked cart is this person's; one he was filling is parked instead, if it holds anything.

    Raises STATE when a colleague has just taken it.
    """
    current = open_cart(cart.club_id, by)
    if current is not None and current.id != cart.id:
        drop(current, by=by) if not current.lines else park(current, "", by=by)
    move(cart, CartState.OPEN, moves=CART_MOVES, by=by)
    cart.owner = by
    return _touch(cart)


def drop(cart: Cart, *, by: str) -> None:
    """The cart is given up; nothing was sold."""
    held = [[line["product"], line["quantity"]] for line in cart.lines]
    move(cart, CartState.DROPPED, moves=CART_MOVES, by=by)
    if held:
        audit.note("cart.dropped", "bar_cart", cart.id, after={"lines": held}, by=by)


def pay_cart(cart: Cart, paying: Paying, *, by: str) -> Sale:
    """The cart is sold, once however often it is pressed; raises what `sell` raises."""
    order = SaleOrder(
        cart=cart_order(cart, paying.tip_minor),
        tenders=paying.tenders,
        source_id=f"cart:{cart.public_id}",
        shown_minor=paying.shown_minor,
        shift_id=paying.shift_id,
        note=cart.note,
        approved_bp=cart.approved_bp,
    )
    sale = sell(order, by=by)
    if cart.state is not CartState.PAID:
        move(cart, CartState.PAID, moves=CART_MOVES, by=by)
        cart.sale_id = sale.id
        _touch(cart)
    return sale


def cart_order(cart: Cart, tip_minor: int = 0) -> CartOrder:
    """Return what the cart holds, to be priced."""
    return CartOrder(
        club_id=cart.club_id,
        lines=tuple(_wanted(line) for line in cart.lines),
        person_id=cart.person_id,
        discount_bp=cart.discount_bp,
        tip_minor=tip_minor,
    )


def _wanted(line: JsonObject) -> WantedLine:
    return WantedLine(
        int(line["product"]), int(line["quantity"]), tuple(line["wishes"]), str(line["key"])
    )


def _check_open(cart: Cart) -> None:
    if cart.state is not CartState.OPEN:
        raise DomainError("STATE", _("This cart is no longer being filled."))


def _set(cart: Cart, lines: list[dict[str, Any]]) -> Cart:
    cart.lines = lines
    return _touch(cart)


def _touch(cart: Cart) -> Cart:
    cart.changed_at = clock.now()
    db.session.flush()
    return cart
