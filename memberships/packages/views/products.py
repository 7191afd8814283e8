"""Views room: the packages a club sells, in the settings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.core.web import current_actor, require
from memberships.packages import offers
from memberships.packages.forms import ProductForm
from memberships.packages.models import ProductState
from memberships.packages.products import (
    create_product,
    edit_product,
    offer_product,
    withdraw_product,
)
from memberships.packages.words import missed_words, service_words, validity_words
from memberships.permissions import EDIT_PACKAGES, SEE_PLANS

products = Blueprint("products", __name__, url_prefix="/settings/packages")


@products.get("")
@require(SEE_PLANS)
def index() -> ResponseReturnValue:
    found = offers.products_of(current_actor().scope)
    return render_template(
        "memberships/packages/products.html",
        products=found,
        sold=offers.sold_counts([one.product_id for one in found]),
        clubs={club.id: club for club in my_clubs()},
        service_words=service_words,
        validity_words=validity_words,
        missed_words=missed_words,
        on_sale=ProductState.ON_SALE,
    )


@products.route("/new", methods=["GET", "POST"])
@require(EDIT_PACKAGES)
def new() -> ResponseReturnValue:
    club = current_club()
    form = _form(club)
    if request.method == "GET":
        return _page(form, club)
    if not form.validate():
        return _page(form, club, status=400)
    try:
        create_product(club.id, form.terms(), by=current_actor().ref)
    except DomainError as error:
        return _page(form, club, refusal=form.accept(error), status=error.status)
    flash(_("%(package)s is on sale.", package=form.name.data), "success")
    return redirect(url_for("products.index"), 303)


@products.route("/<product_id>", methods=["GET", "POST"])
@require(EDIT_PACKAGES)
def edit(product_id: str) -> ResponseReturnValue:
    product = _product(product_id)
    club = next(one for one in my_clubs() if one.id == product.club_id)
    form = _form(club)
    if request.method == "GET":
        form.show(product.terms, product.version)
        return _page(form, club, product)
    if not form.validate():
        return _page(form, club, product, status=400)
    seen = form.seen_version.data or ""
    try:
        edit_product(
            product.product_id,
            form.terms(),
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
            by=current_actor().ref,
        )
    except DomainError as error:
        return _page(form, club, product, refusal=form.accept(error), status=error.status)
    flash(_("New sales of %(package)s use these terms.", package=form.name.data), "success")
    return redirect(url_for("products.index"), 303)


@products.post("/<product_id>/withdraw")
@require(EDIT_PACKAGES)
def withdraw(product_id: str) -> ResponseReturnValue:
    product = _product(product_id)
    withdraw_product(product.product_id, by=current_actor().ref)
    name = product.terms.name
    flash(_("%(package)s is no longer on sale. What was sold stays.", package=name), "success")
    return redirect(url_for("products.index"), 303)


@products.post("/<product_id>/offer")
@require(EDIT_PACKAGES)
def offer(product_id: str) -> ResponseReturnValue:
    product = _product(product_id)
    offer_product(product.product_id, by=current_actor().ref)
    flash(_("%(package)s is on sale again.", package=product.terms.name), "success")
    return redirect(url_for("products.index"), 303)


def _product(product_id: str) -> offers.ProductOnSale:
    found = offers.product_for(current_actor().scope, product_id)
    if found is None:
        raise not_found(_("There is no such package."))
    return found


def _form(club: ClubChoice) -> ProductForm:
    form = ProductForm()
    form.offer(club.currency)
    return form


def _page(
    form: ProductForm,
    club: ClubChoice,
    product: offers.ProductOnSale | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    sold = offers.sold_counts([product.product_id]) if product else {}
    page = render_template(
        "memberships/packages/product.html",
        form=form,
        club=club,
        product=product,
        sold=sum(sold.values()),
        refusal=refusal,
        service_words=service_words,
    )
    return page, status
