"""Views room: where goods lie, and the groups in which they stand on the till."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bar_inventory.catalogue.groups import (
    GroupDraft,
    products_in_groups,
    retire_group,
    save_group,
)
from bar_inventory.catalogue.models import Category
from bar_inventory.catalogue.queries import categories_of
from bar_inventory.permissions import EDIT_PRODUCTS
from bar_inventory.stock.models import Place
from bar_inventory.stock.places import close_place, open_place, rename_place, sell_from
from bar_inventory.stock.queries import lying_in, place_for, places_of
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require

bar_places = Blueprint("bar_places", __name__, url_prefix="/stock/places")
MOST_POSITIONS = 999


@bar_places.get("")
@require(EDIT_PRODUCTS)
def index() -> ResponseReturnValue:
    """Every place with what lies there, and every group with its products."""
    return _page()


@bar_places.post("")
@require(EDIT_PRODUCTS)
def add() -> ResponseReturnValue:
    """Goods may lie in one more place."""
    try:
        place = open_place(current_club().id, request.form.get("name", ""), by=current_actor().ref)
    except DomainError as error:
        return _page(wrong="new-place", said=_words(error), status=error.status)
    flash(_("%(place)s is open for goods.", place=place.name), "success")
    return redirect(url_for("bar_places.index"), 303)


@bar_places.post("/<public_id>/name")
@require(EDIT_PRODUCTS)
def rename(public_id: str) -> ResponseReturnValue:
    """The place has another name."""
    place = _place(public_id)
    try:
        rename_place(place, request.form.get("name", ""), by=current_actor().ref)
    except DomainError as error:
        return _page(wrong=public_id, said=_words(error), status=error.status)
    flash(_("Saved."), "success")
    return redirect(url_for("bar_places.index"), 303)


@bar_places.post("/<public_id>/sell")
@require(EDIT_PRODUCTS)
def sell_here(public_id: str) -> ResponseReturnValue:
    """The till sells from this place from now on."""
    place = _place(public_id)
    sell_from(place, by=current_actor().ref)
    flash(_("The till sells from %(place)s now.", place=place.name), "success")
    return redirect(url_for("bar_places.index"), 303)


@bar_places.post("/<public_id>/close")
@require(EDIT_PRODUCTS)
def close(public_id: str) -> ResponseReturnValue:
    """Nothing is put there any more."""
    place = _place(public_id)
    try:
        close_place(place, by=current_actor().ref)
    except DomainError as error:
        return _page(wrong=public_id, said=_words(error), status=error.status)
    flash(_("%(place)s is closed. Its lines stay in the ledger.", place=place.name), "success")
    return redirect(url_for("bar_places.index"), 303)


@bar_places.post("/groups")
@require(EDIT_PRODUCTS)
def add_group() -> ResponseReturnValue:
    """There is one more group."""
    return _save_group(None, "new-group")


@bar_places.post("/groups/<public_id>")
@require(EDIT_PRODUCTS)
def change_group(public_id: str) -> ResponseReturnValue:
    """The group is as typed."""
    return _save_group(_group(public_id), public_id)


@bar_places.post("/groups/<public_id>/retire")
@require(EDIT_PRODUCTS)
def drop_group(public_id: str) -> ResponseReturnValue:
    """The group is on no list any more; its products stay on sale."""
    count = retire_group(_group(public_id), by=current_actor().ref)
    flash(
        ngettext(
            "The group is gone; %(num)s product stands in none now.",
            "The group is gone; %(num)s products stand in none now.",
            count,
        ),
        "success",
    )
    return redirect(url_for("bar_places.index"), 303)


def _save_group(group: Category | None, key: str) -> ResponseReturnValue:
    typed = ascii_digits(request.form.get("position", "").strip()) or "0"
    position = int(typed) if typed.isdecimal() and len(typed) < 4 else MOST_POSITIONS
    draft = GroupDraft(request.form.get("name", ""), position)
    try:
        save_group(group, current_club().id, draft, by=current_actor().ref)
    except DomainError as error:
        return _page(wrong=key, said=_words(error), status=error.status)
    flash(_("Saved."), "success")
    return redirect(url_for("bar_places.index"), 303)


def _page(*, wrong: str = "", said: str = "", status: int = 200) -> ResponseReturnValue:
    club = current_club()
    scope = Scope((club.id,))
    page = render_template(
        "bar_inventory/stock/places.html",
        places=places_of(scope),
        lying=lying_in(club.id),
        groups=categories_of(scope),
        members=products_in_groups(scope),
        wrong=wrong,
        said=said,
        typed=request.form.get("name", ""),
        club=club,
    )
    return page, status


def _words(error: DomainError) -> str:
    return " ".join(one.message for one in error.fields) or error.text


def _place(public_id: str) -> Place:
    place = place_for(current_actor().scope, public_id)
    if place is None or place.club_id != current_club().id:
        raise not_found(_("There is no such place."))
    return place


def _group(public_id: str) -> Category:
    groups = categories_of(Scope((current_club().id,)))
    group = next((one for one in groups if one.public_id == public_id), None)
    if group is None:
        raise not_found(_("There is no such group."))
    return group
