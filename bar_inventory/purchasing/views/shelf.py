"""Views room: what lies where, and one product's story with what may be done about it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.catalogue.book import recipe_of
from bar_inventory.catalogue.models import Product
from bar_inventory.catalogue.queries import names_of, product_for
from bar_inventory.catalogue.rules import ProductFacts
from bar_inventory.catalogue.words import allergen_words, quantity, unit_words
from bar_inventory.permissions import (
    BOOK_COUNTS,
    EDIT_PRODUCTS,
    MOVE_STOCK,
    SEE_COSTS,
    SEE_STOCK,
)
from bar_inventory.purchasing import board
from bar_inventory.stock.forms import BatchForm, PlaceForm, TargetForm, TransferForm, WriteOffForm
from bar_inventory.stock.handling import (
    BatchOrder,
    TransferOrder,
    WriteOffOrder,
    make_batch,
    reverse_move,
    transfer,
    write_off,
)
from bar_inventory.stock.models import MoveKind, Place, WasteReason
from bar_inventory.stock.products import set_target
from bar_inventory.stock.queries import move_for, place_for, places_of
from bar_inventory.stock.rules import to_minor
from bar_inventory.stock.words import count_words, move_icon, move_words, waste_words
from clubcrm.core import clock
from clubcrm.core.api import page_key
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.formats import money
from clubcrm.core.shell import current_club
from clubcrm.core.types import new_public_id
from clubcrm.core.web import current_actor, require

stock = Blueprint("stock", __name__, url_prefix="/stock")
PER_PAGE = 50


@stock.app_context_processor
def words() -> dict[str, Any]:
    """Pages of the bar name quantities, moves and reasons by these words."""
    return {
        "quantity": quantity,
        "unit_words": unit_words,
        "move_words": move_words,
        "move_icon": move_icon,
        "waste_words": waste_words,
        "count_words": count_words,
        "allergen_words": allergen_words,
        "to_minor": to_minor,
    }


@stock.get("")
@require(SEE_STOCK)
def index() -> ResponseReturnValue:
    """What lies in the club's places: what is low or expires stands first."""
    club = current_club()
    today = clock.today(club.zone)
    place = _asked_place()
    rows = board.shelf_rows(club.id, today, place.id if place else None)
    show = request.args.get("show", "all")
    soon = board.soon(today)
    kinds = {
        "all": rows,
        "low": [row for row in rows if row.is_low],
        "expiring": [row for row in rows if row.expires_by(soon)],
        "below": [row for row in rows if row.units < 0],
    }
    shown = kinds.get(show, rows)
    return render_template(
        "bar_inventory/stock/index.html",
        rows=sorted(shown, key=lambda row: (not row.is_low, not row.expires_by(soon))),
        counts={name: len(found) for name, found in kinds.items()},
        show=show if show in kinds else "all",
        place=place,
        places=_places(),
        where=_place_chips(show, place),
        club=club,
        today=today,
        soon=soon,
        worth=to_minor(sum(row.value_micro for row in rows)),
    )


@stock.get("/moves")
@require(SEE_STOCK)
def moves() -> ResponseReturnValue:
    """The ledger of goods, the newest line first."""
    wish = request.args.get("kind", "")
    kind = MoveKind(wish) if wish in set(MoveKind) else None
    rows = board.moves_page(
        current_club().id,
        kind=kind,
        before_id=page_key(request.args.get("after", "")),
        limit=PER_PAGE + 1,
    )
    more = str(rows[PER_PAGE - 1].move.id) if len(rows) > PER_PAGE else ""
    return render_template(
        "bar_inventory/stock/moves.html",
        rows=rows[:PER_PAGE],
        kind=kind,
        chips=_kind_chips(kind),
        club=current_club(),
        next=url_for("stock.moves", after=more, kind=wish) if more else "",
        first=url_for("stock.moves", kind=wish) if request.args.get("after") else "",
    )


@stock.get("/items/<public_id>")
@require(SEE_STOCK)
def item(public_id: str) -> ResponseReturnValue:
    """One product: where it lies, how long it lasts, what it cost, what moved."""
    return _item(_product(public_id))


@stock.post("/items/<public_id>/write-off")
@require(MOVE_STOCK)
def write_off_now(public_id: str) -> ResponseReturnValue:
    """So much is gone, with its value and the reason."""
    product, form = _product(public_id), WriteOffForm()
    form.offer(_places())
    if not form.validate():
        return _item(product, typed=form, status=400)
    order = WriteOffOrder(
        _place_id(form.place.data),
        product.id,
        form.units.data or 0,
        WasteReason(form.waste.data),
        form.reason.data or "",
    )
    try:
        moved = write_off(order, source_id=new_public_id(), by=current_actor().ref)
    except DomainError as error:
        return _item(product, typed=form, refusal=form.accept(error), status=error.status)
    worth = money(-to_minor(sum(one.value_micro for one in moved)), current_club().currency)
    amount = quantity(order.units, product.unit)
    if current_actor().may(SEE_COSTS):
        amount = f"{amount} ({worth})"
    flash(
        _("Written off: %(amount)s of %(product)s.", amount=amount, product=product.name), "success"
    )
    return redirect(url_for("stock.item", public_id=public_id), 303)


@stock.post("/items/<public_id>/move")
@require(MOVE_STOCK)
def move_now(public_id: str) -> ResponseReturnValue:
    """So much lies in another place, with its lots and its value."""
    product, form = _product(public_id), TransferForm()
    form.offer(_places())
    if not form.validate():
        return _item(product, typed=form, status=400)
    order = TransferOrder(
        _place_id(form.place.data), _place_id(form.to.data), product.id, form.units.data or 0
    )
    try:
        transfer(order, source_id=new_public_id(), by=current_actor().ref)
    except DomainError as error:
        return _item(product, typed=form, refusal=form.accept(error), status=error.status)
    amount = quantity(order.units, product.unit)
    flash(_("Moved: %(amount)s of %(product)s.", amount=amount, product=product.name), "success")
    return redirect(url_for("stock.item", public_id=public_id), 303)


@stock.post("/items/<public_id>/batch")
@require(MOVE_STOCK)
def batch_now(public_id: str) -> ResponseReturnValue:
    """So much was made in the house; what went into it has left the shelf."""
    product, form = _product(public_id), BatchForm()
    form.offer(_places())
    recipe = recipe_of(product.id, clock.now())
    if recipe is None or not product.stocked:
        raise not_found(_("This is not made in the house: it has no recipe."))
    if not form.validate():
        return _item(product, typed=form, status=400)
    order = BatchOrder(_place_id(form.place.data), product.id, form.units.data or 0)
    try:
        worth = make_batch(order, recipe, source_id=new_public_id(), by=current_actor().ref)
    except DomainError as error:
        return _item(product, typed=form, refusal=form.accept(error), status=error.status)
    amount = quantity(order.units, product.unit)
    if current_actor().may(SEE_COSTS):
        amount = f"{amount} ({money(to_minor(worth), current_club().currency)})"
    flash(_("Made: %(amount)s of %(product)s.", amount=amount, product=product.name), "success")
    return redirect(url_for("stock.item", public_id=public_id), 303)


@stock.post("/items/<public_id>/mark")
@require(EDIT_PRODUCTS)
def mark(public_id: str) -> ResponseReturnValue:
    """Somebody has to act below this quantity in this place."""
    product, form = _product(public_id), TargetForm()
    form.offer(_places())
    if not form.validate():
        return _item(product, typed=form, status=400)
    try:
        set_target(
            product.id,
            _place_id(form.place.data),
            form.min_units.data,
            form.max_units.data,
            by=current_actor().ref,
        )
    except DomainError as error:
        return _item(product, typed=form, refusal=form.accept(error), status=error.status)
    flash(_("The mark is set."), "success")
    return redirect(url_for("stock.item", public_id=public_id), 303)


@stock.post("/moves/<public_id>/reverse")
@require(BOOK_COUNTS)
def reverse(public_id: str) -> ResponseReturnValue:
    """Today's line undoes this one."""
    move = move_for(current_actor().scope, public_id)
    if move is None:
        raise not_found(_("There is no such line in your clubs."))
    try:
        reverse_move(move.id, request.form.get("reason", ""), by=current_actor().ref)
        flash(_("The line is taken back by one of today."), "success")
    except DomainError as error:
        flash(error.text, "danger")
    return redirect(url_for("stock.moves"), 303)


def _item(
    product: Product,
    *,
    typed: PlaceForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    club = current_club()
    today = clock.today(club.zone)
    places = _places()
    ids = [place.id for place in places]
    kinds = (WriteOffForm, TransferForm, TargetForm, BatchForm)
    forms = [typed if isinstance(typed, kind) else kind() for kind in kinds]
    recipe = recipe_of(product.id, clock.now()) if product.stocked else None
    for form in forms:
        form.offer(places)
    rows = board.shelf_rows(club.id, today, product_id=product.id)
    page = render_template(
        "bar_inventory/stock/item.html",
        product=product,
        rows=rows,
        lots=board.lots_of(product.id, ids),
        costs=board.costs_of(product.id, ids),
        moves=board.moves_page(club.id, product_id=product.id, limit=20),
        by_place={place.id: place for place in places},
        places=places,
        gone=forms[0],
        moved=forms[1],
        marked=forms[2],
        batch=forms[3],
        takes=_takes(recipe) if recipe else [],
        yields=recipe.yield_units if recipe else 0,
        refusal=refusal,
        club=club,
        today=today,
        soon=board.soon(today),
    )
    return page, status


def _takes(recipe: ProductFacts) -> list[tuple[str, str]]:
    """What one batch of the recipe takes, by name."""
    names = names_of(part.product_id for part in recipe.parts)
    return [
        (names[part.product_id].name, quantity(part.units, names[part.product_id].unit))
        for part in recipe.parts
    ]


def _places() -> list[Place]:
    return list(places_of(Scope((current_club().id,))))


def _kind_chips(chosen: MoveKind | None) -> list[tuple[str, str, bool, None]]:
    chips = [(_("All"), url_for("stock.moves"), chosen is None, None)]
    for kind in MoveKind:
        if kind is not MoveKind.REVALUATION:
            address = url_for("stock.moves", kind=kind.value)
            chips.append((move_words(kind), address, kind is chosen, None))
    return chips


def _place_chips(show: str, chosen: Place | None) -> list[tuple[str, str, bool, None]]:
    chips = [(_("All places"), url_for("stock.index", show=show), chosen is None, None)]
    for place in _places():
        address = url_for("stock.index", show=show, place=place.public_id)
        is_chosen = chosen is not None and chosen.id == place.id
        chips.append((place.name, address, is_chosen, None))
    return chips


def _asked_place() -> Place | None:
    wish = request.args.get("place", "")
    return next((place for place in _places() if place.public_id == wish), None)


def _place_id(public_id: str | None) -> int:
    place = place_for(current_actor().scope, public_id or "")
    if place is None:
        raise not_found(_("There is no such place."))
    return place.id


def _product(public_id: str) -> Product:
    product = product_for(current_actor().scope, public_id)
    if product is None:
        raise not_found(_("There is no such product."))
    return product
