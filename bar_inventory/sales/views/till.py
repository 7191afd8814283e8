"""Views room: the page of the till: a grid of products, a cart that stays, and the money."""

from typing import Any

from babel.numbers import get_currency_precision
from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.catalogue.picture_queries import pictures_of
from bar_inventory.catalogue.words import PICTURES
from bar_inventory.sales import carts
from bar_inventory.sales.models import Cart, Sale
from bar_inventory.sales.papers import person_of
from bar_inventory.sales.point_money import purse_of
from bar_inventory.sales.pricing import Priced, price_cart
from bar_inventory.sales.queries import (
    cart_for,
    open_cart,
    parked_carts,
    product_by_public,
    product_of_code,
    products_on_sale,
    sale_for,
    tenders_of,
)
from bar_inventory.sales.selling import TenderOrder
from bar_inventory.stock.queries import selling_place
from bar_inventory.stock.selling import availability
from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.text import ascii_digits, fold
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from clubcrm.people.queries.search import search as search_people
from memberships.api import Tender, account_limit_of, account_of, print_after
from memberships.billing.fields import typed_amount
from memberships.billing.rules import parse_amount
from memberships.permissions import USE_TILL
from memberships.tills.queries import shift_at

till = Blueprint("till", __name__, url_prefix="/till")
SPLIT = (Tender.CASH, Tender.CARD_TERMINAL, Tender.VOUCHER, Tender.BONUS, Tender.ACCOUNT)
POINTS = "points"
SHORTEST = 2


@till.get("")
@require(USE_TILL)
def show() -> ResponseReturnValue:
    """The grid and the cart; without an open shift, the way to open one."""
    club = current_club()
    if shift_at(club.id, current_actor().ref) is None:
        return redirect(url_for("shifts.mine", next="/till"))
    return _page(club)


@till.post("/add")
@require(USE_TILL)
def add() -> ResponseReturnValue:
    """One more of a product is in the cart."""
    club = current_club()
    product = product_by_public(club.id, request.form.get("product", ""))
    if product is None:
        raise not_found(_("This is not on sale."))
    return _after(lambda cart: carts.add_to_cart(cart, product.id))


@till.post("/scan")
@require(USE_TILL)
def scan() -> ResponseReturnValue:
    """A barcode puts its product into the cart; a member's card says whose cart it is."""
    club = current_club()
    code = request.form.get("value", "").strip()[:64]
    coded = product_of_code(club.id, code)
    if coded is not None:
        return _after(lambda cart: carts.add_to_cart(cart, coded[0], coded[1]))
    holder = current_app.extensions["club_holder_of_card"](club.id, code)
    if holder is not None:
        return _after(lambda cart: carts.set_member(cart, holder))
    return _answer(club, said=_("Nothing here and nobody has the code %(code)s.", code=code))


@till.post("/line")
@require(USE_TILL)
def line() -> ResponseReturnValue:
    """A line has another quantity; none takes it out, and what is no number changes nothing."""
    key, typed = request.form.get("key", ""), ascii_digits(request.form.get("quantity", ""))
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else -1
    return _after(lambda cart: carts.set_quantity(cart, key, count))


@till.post("/wishes")
@require(USE_TILL)
def wishes() -> ResponseReturnValue:
    """The wishes of a line are those that are ticked."""
    key = request.form.get("key", "")
    ticked = [int(one) for one in request.form.getlist("wish") if one.isascii() and one.isdigit()]
    return _after(lambda cart: carts.set_wishes(cart, key, ticked))


@till.get("/members")
@require(USE_TILL)
def members() -> str:
    """Members that match what is being typed, to be put on the cart."""
    typed = request.args.get("who", "").strip()[:80]
    scope = Scope((current_club().id,))
    hits = search_people(scope, typed, 6) if len(typed) >= SHORTEST else []
    return render_template("bar_inventory/sales/_members.html", hits=hits, typed=typed)


@till.post("/member")
@require(USE_TILL)
def member() -> ResponseReturnValue:
    wanted = request.form.get("member", "")
    person = person_in(Scope((current_club().id,)), wanted) if wanted else None
    return _after(lambda cart: carts.set_member(cart, person.id if person else None))


@till.post("/discount")
@require(USE_TILL)
def discount() -> ResponseReturnValue:
    typed = ascii_digits(request.form.get("percent", "").strip() or "0")
    try:
        share = parse_amount(typed, 2)
    except ValueError:
        return _answer(current_club(), said=_("Expected 0 to 100 percent."))
    return _after(lambda cart: carts.set_discount(cart, share, request.form.get("note", "")))


@till.post("/ask")
@require(USE_TILL)
def ask() -> ResponseReturnValue:
    """A colleague is asked to agree to the discount; the cart waits among the parked ones."""
    by = current_actor().ref

    def ask_and_park(cart: Cart) -> None:
        carts.ask_discount(cart, by=by)
        carts.park(cart, cart.name, by=by)
        flash(_("A colleague is asked. The cart waits; take it up when he has agreed."), "success")

    return _after(ask_and_park)


@till.post("/park")
@require(USE_TILL)
def park() -> ResponseReturnValue:
    by = current_actor().ref
    return _after(lambda cart: carts.park(cart, request.form.get("name", ""), by=by))


@till.post("/carts/<public_id>/take")
@require(USE_TILL)
def take(public_id: str) -> ResponseReturnValue:
    """A parked cart is taken up; one that was being filled is parked instead."""
    club = current_club()
    cart = cart_for(Scope((club.id,)), public_id)
    if cart is None:
        raise not_found(_("There is no such cart."))
    carts.take_up(cart, by=current_actor().ref)
    return redirect(url_for("till.show"), 303)


@till.post("/drop")
@require(USE_TILL)
def drop() -> ResponseReturnValue:
    by = current_actor().ref
    return _after(lambda cart: carts.drop(cart, by=by))


@till.post("/pay")
@require(USE_TILL)
def pay() -> ResponseReturnValue:
    """The cart is sold by the tender pressed, or by several; a changed price is asked about."""
    club, by = current_club(), current_actor().ref
    cart = open_cart(club.id, by)
    if cart is None or not cart.lines:
        return _page(club, said=_("The cart is empty."), status=400)
    try:
        paying = _paying(club, cart)
        sale = carts.pay_cart(cart, paying, by=by)
    except DomainError as error:
        words = " ".join([error.text, *(one.message for one in error.fields)]).strip()
        changed = error.extra.get("price") if error.code == "PRICE_CHANGED" else None
        return _page(club, said=words, code=error.code, changed=changed, status=error.status)
    answer = make_response(redirect(url_for("till.show", sold=sale.public_id), 303))
    return print_after(answer, club.id)


def _paying(club: ClubChoice, cart: Cart) -> carts.Paying:
    tip = _amount("tip", club) or 0
    priced = price_cart(carts.cart_order(cart, tip))
    shown = request.form.get("shown", "")
    told = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 15 else None
    pressed = request.form.get("tender", "")
    if pressed == POINTS:
        points = TenderOrder(Tender.BONUS, priced.total_minor, by_points=True)
        return carts.Paying((points,), told, tip)
    if pressed in {one.value for one in SPLIT}:
        return carts.Paying((_whole(Tender(pressed), priced, club),), told, tip)
    amounts = [(one, _amount(f"amount-{one.value}", club)) for one in SPLIT]
    tenders = tuple(
        TenderOrder(one, amount, request.form.get(f"reference-{one.value}", ""))
        for one, amount in amounts
        if amount
    )
    by_points = _amount(f"amount-{POINTS}", club)
    if by_points:
        tenders += (TenderOrder(Tender.BONUS, by_points, by_points=True),)
    return carts.Paying(tenders, told, tip)


def _whole(tender: Tender, priced: Priced, club: ClubChoice) -> TenderOrder:
    """All of it by one tender; cash may be handed over in larger notes."""
    if tender is Tender.CASH:
        given = _amount("given", club)
        return TenderOrder(tender, priced.cash_minor if given is None else given)
    return TenderOrder(tender, priced.total_minor, request.form.get("reference", ""))


def _amount(name: str, club: ClubChoice) -> int | None:
    typed = ascii_digits(request.form.get(name, "").strip())
    if not typed:
        return None
    digits = len(typed_amount(1, club.currency).partition(".")[2])
    try:
        return parse_amount(typed, digits)
    except ValueError:
        text = _("Expected an amount in %(currency)s, such as 1500.", currency=club.currency)
        raise DomainError("INVALID_INPUT", text, status=400) from None


def _after(change: Any) -> ResponseReturnValue:
    """The cart after a change, as a part of the page or as the whole page."""
    club = current_club()
    try:
        change(carts.current_cart(club.id, by=current_actor().ref))
    except DomainError as error:
        words = " ".join([error.text, *(one.message for one in error.fields)]).strip()
        return _answer(club, said=words)
    return _answer(club)


def _answer(club: ClubChoice, said: str = "") -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return render_template("bar_inventory/sales/_cart.html", **_cart_values(club), said=said)
    if said:
        flash(said, "danger")
    return redirect(url_for("till.show"), 303)


def _page(
    club: ClubChoice,
    *,
    said: str = "",
    code: str = "",
    changed: Any = None,
    status: int = 200,
) -> ResponseReturnValue:
    at, place = clock.now(), selling_place(club.id)
    left = availability(club.id, place.id, at) if place else {}
    items = products_on_sale(club.id, at)
    wanted = request.args.get("q", "").strip()[:80]
    chosen = request.args.get("c", "")
    names = sorted({one.category for one in items if one.category})
    shown = [one for one in items if not chosen or one.category == chosen]
    if wanted:
        words = fold(wanted).split()
        shown = [one for one in items if all(word in fold(one.product.name) for word in words)]
    page = render_template(
        "bar_inventory/sales/till.html",
        items=shown,
        left=left,
        categories=names,
        chosen=chosen,
        wanted=wanted,
        has_place=place is not None,
        parked=parked_carts(club.id),
        sold=_sold(club),
        said=said,
        code=code,
        changed=changed,
        pressed=request.form.get("tender", ""),
        pictures=PICTURES,
        photos=pictures_of([one.product.id for one in shown if one.product.picture_id]),
        **_cart_values(club),
    )
    return page, status


def _cart_values(club: ClubChoice) -> dict[str, Any]:
    cart = open_cart(club.id, current_actor().ref)
    priced, fault = None, ""
    if cart is not None and cart.lines:
        try:
            priced = price_cart(carts.cart_order(cart))
        except DomainError as error:
            fault = error.text
    person = person_of(cart.person_id) if cart else None
    room = purse = None
    if person is not None:
        account = account_of(person.id, club.id)
        limit = account_limit_of(person.id, club.id)
        room = max(0, limit - account.owed_minor + account.credit_minor)
        purse = purse_of(person.id, club.id)
    return {
        "cart": cart,
        "priced": priced,
        "fault": fault,
        "person": person,
        "room": room,
        "purse": purse,
        "digits": get_currency_precision(club.currency),
        "club": club,
    }


def _sold(club: ClubChoice) -> tuple[Sale, int] | None:
    sale = sale_for(Scope((club.id,)), request.args.get("sold", ""))
    if sale is None:
        return None
    change = sum(one.given_minor - one.amount_minor for one in tenders_of(sale.id))
    return sale, change
