"""Views room: counting a place on a phone, without seeing what should be there."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.catalogue.queries import product_for
from bar_inventory.permissions import BOOK_COUNTS, COUNT_STOCK, SEE_STOCK
from bar_inventory.stock.counts import (
    book_count,
    drop_count,
    forget_found,
    note_found,
    start_count,
)
from bar_inventory.stock.forms import FoundForm, StartForm
from bar_inventory.stock.models import CountState, StockCount
from bar_inventory.stock.queries import (
    count_for,
    count_lines,
    counts_of,
    place_for,
    places_of,
)
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import current_actor, require

counts = Blueprint("counts", __name__, url_prefix="/stock/counts")


@counts.get("")
@require(SEE_STOCK)
def index() -> ResponseReturnValue:
    """Every count of the club, the newest first."""
    return _index(StartForm())


@counts.post("")
@require(COUNT_STOCK)
def start() -> ResponseReturnValue:
    """The count of a place is open."""
    form = StartForm()
    form.offer(places_of(Scope((current_club().id,))))
    if not form.validate():
        return _index(form, status=400)
    place = place_for(current_actor().scope, form.place.data)
    if place is None:
        raise not_found(_("There is no such place."))
    try:
        count = start_count(place.id, [], form.note.data or "", by=current_actor().ref)
    except DomainError as error:
        return _index(form, refusal=form.accept(error), status=error.status)
    return redirect(url_for("counts.show", public_id=count.public_id), 303)


@counts.get("/<public_id>")
@require(SEE_STOCK)
def show(public_id: str) -> ResponseReturnValue:
    """The list to count by; once booked, what differed."""
    return _show(_count(public_id))


@counts.post("/<public_id>/found/<product_id>")
@require(COUNT_STOCK)
def found(public_id: str, product_id: str) -> ResponseReturnValue:
    """So many were found; without a number the line is not counted yet."""
    count = _count(public_id)
    product = product_for(current_actor().scope, product_id)
    if product is None:
        raise not_found(_("There is no such product."))
    by = current_actor().ref
    if not request.form.get("counted", "").strip():
        forget_found(count.id, product.id, by=by)
        return redirect(url_for("counts.show", public_id=public_id, _anchor=product_id), 303)
    form = FoundForm()
    if not form.validate():
        return _show(count, wrong=product_id, status=400)
    note_found(count.id, product.id, form.counted.data or 0, by=by)
    return redirect(url_for("counts.show", public_id=public_id, _anchor=product_id), 303)


@counts.post("/<public_id>/book")
@require(BOOK_COUNTS)
def book(public_id: str) -> ResponseReturnValue:
    """What differs stands in the ledger, and the count is closed."""
    count = _count(public_id)
    try:
        book_count(count.id, by=current_actor().ref)
    except DomainError as error:
        return _show(count, refusal=error.text, status=error.status)
    flash(_("The count is booked. What was not counted stays as it is."), "success")
    return redirect(url_for("counts.show", public_id=public_id), 303)


@counts.post("/<public_id>/drop")
@require(BOOK_COUNTS)
def drop(public_id: str) -> ResponseReturnValue:
    """The count is closed, and nothing of it is booked."""
    drop_count(_count(public_id).id, by=current_actor().ref)
    flash(_("The count is dropped. Nothing was booked."), "success")
    return redirect(url_for("counts.index"), 303)


def _index(form: StartForm, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    club = current_club()
    places = places_of(Scope((club.id,)))
    form.offer(places)
    page = render_template(
        "bar_inventory/stock/counts.html",
        rows=counts_of(Scope((club.id,))),
        form=form,
        places=places,
        refusal=refusal,
        open=CountState.OPEN,
        booked=CountState.BOOKED,
        club=club,
    )
    return page, status


def _show(
    count: StockCount, *, wrong: str = "", refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    lines = count_lines(count.id)
    club = next(one for one in my_clubs() if one.id == count.club_id)
    page = render_template(
        "bar_inventory/stock/count.html",
        count=count,
        lines=lines,
        counted=sum(line.counted is not None for line, _product in lines),
        differing=[pair for pair in lines if pair[0].difference],
        open=CountState.OPEN,
        booked=CountState.BOOKED,
        club=club,
        wrong=wrong,
        refusal=refusal,
    )
    return page, status


def _count(public_id: str) -> StockCount:
    count = count_for(current_actor().scope, public_id)
    if count is None:
        raise not_found(_("There is no such count in your clubs."))
    return count
