"""Views room: products with their prices and recipes."""

from datetime import date, timedelta

from babel.numbers import get_currency_precision
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.catalogue import queries
from bar_inventory.catalogue.book import recipe_of
from bar_inventory.catalogue.models import Product
from bar_inventory.catalogue.picture_queries import pictures_of
from bar_inventory.catalogue.pictures import drop_picture, save_picture
from bar_inventory.catalogue.services import (
    ModifierDraft,
    RecipeDraft,
    create_product,
    set_active,
    set_price,
    set_recipe,
)
from bar_inventory.catalogue.typed import TypedError, TypedWish, read_parts, read_wishes
from bar_inventory.catalogue.words import kind_words
from bar_inventory.permissions import EDIT_PRODUCTS, SEE_STOCK
from bar_inventory.stock.product_forms import PriceForm, ProductForm, RecipeForm
from bar_inventory.stock.products import change_product
from clubcrm.core import clock, formats
from clubcrm.core.db import end_reading
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import LARGEST_UPLOAD
from memberships.billing.rules import parse_amount

bar_products = Blueprint("bar_products", __name__, url_prefix="/stock/products")
PER_PAGE = 100
MONDAY = date(2024, 1, 1)


@bar_products.get("")
@require(SEE_STOCK)
def index() -> ResponseReturnValue:
    """Every product of the club with its price of today."""
    club = current_club()
    words = request.args.get("q", "")
    found = queries.products_of(
        current_actor().scope,
        words=words,
        active=None,
        after=request.args.get("after", ""),
        limit=PER_PAGE + 1,
    )
    shown = found[:PER_PAGE]
    more = shown[-1].name if len(found) > PER_PAGE else ""
    return render_template(
        "bar_inventory/catalogue/products.html",
        products=shown,
        prices=queries.prices_at(club.id, clock.now(), [one.id for one in shown]),
        club=club,
        words=words,
        kind_words=kind_words,
        next=url_for("bar_products.index", q=words, after=more) if more else "",
        first=url_for("bar_products.index", q=words) if request.args.get("after") else "",
    )


@bar_products.route("/new", methods=["GET", "POST"])
@require(EDIT_PRODUCTS)
def new() -> ResponseReturnValue:
    """A product exists."""
    form = _form()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form, status=400)
    try:
        made = create_product(
            form.draft(current_club().id, _category(form.category.data)), by=current_actor().ref
        )
    except DomainError as error:
        return _page(form, refusal=form.accept(error), status=error.status)
    return redirect(url_for("bar_products.edit", public_id=made.public_id), 303)


@bar_products.route("/<public_id>", methods=["GET", "POST"])
@require(EDIT_PRODUCTS)
def edit(public_id: str) -> ResponseReturnValue:
    """The product is as typed."""
    product, form = _product(public_id), _form()
    if request.method == "GET":
        return _page(_shown(product), product)
    if not form.validate():
        return _page(form, product, status=400)
    seen = request.form.get("seen_version", "")
    draft = form.draft(product.club_id, _category(form.category.data))
    version = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
    try:
        change_product(product.id, draft, seen_version=version, by=current_actor().ref)
    except DomainError as error:
        return _page(form, product, refusal=form.accept(error), status=error.status)
    flash(_("Saved."), "success")
    return redirect(url_for("bar_products.edit", public_id=public_id), 303)


@bar_products.post("/<public_id>/price")
@require(EDIT_PRODUCTS)
def price(public_id: str) -> ResponseReturnValue:
    """The product costs this from now on."""
    product, form = _product(public_id), _price_form()
    if not form.validate():
        return _page(None, product, typed=form, status=400)
    try:
        set_price(form.draft(product.id, current_club().id), by=current_actor().ref)
    except DomainError as error:
        refusal = form.accept(error)
        return _page(None, product, typed=form, refusal=refusal, status=error.status)
    flash(_("The price holds from now on. What was sold keeps its price."), "success")
    return redirect(url_for("bar_products.edit", public_id=public_id), 303)


@bar_products.post("/<public_id>/recipe")
@require(EDIT_PRODUCTS)
def recipe(public_id: str) -> ResponseReturnValue:
    """The product is made like this from now on."""
    product, form = _product(public_id), RecipeForm()
    if not form.validate():
        return _page(None, product, typed=form, status=400)
    try:
        set_recipe(_recipe(product, form), by=current_actor().ref)
    except TypedError as error:
        text = _("This line cannot be read, or names no product: %(line)s", line=error.line)
        return _page(None, product, typed=form, refusal=text, status=400)
    except DomainError as error:
        refusal = form.accept(error)
        return _page(None, product, typed=form, refusal=refusal, status=error.status)
    flash(_("It is made like this from now on."), "success")
    return redirect(url_for("bar_products.edit", public_id=public_id), 303)


@bar_products.post("/<public_id>/active")
@require(EDIT_PRODUCTS)
def active(public_id: str) -> ResponseReturnValue:
    """The product is on lists and the till, or no more."""
    product = _product(public_id)
    set_active(product.id, request.form.get("active") == "1", by=current_actor().ref)
    return redirect(url_for("bar_products.edit", public_id=public_id), 303)


@bar_products.post("/<public_id>/picture")
@require(EDIT_PRODUCTS, own_units=True)
def picture(public_id: str) -> ResponseReturnValue:
    """The product has this photograph on its tile, or none of its own any more."""
    product_id, by = _product(public_id).id, current_actor().ref
    content = b""
    if sent := request.files.get("photo"):
        content = sent.read(LARGEST_UPLOAD + 1)
        sent.close()
    dropped = request.form.get("drop") == "1"
    end_reading()
    try:
        drop_picture(product_id, by=by) if dropped else save_picture(product_id, content, by=by)
    except DomainError as error:
        words = " ".join(one.message for one in error.fields) or error.text
        return _page(None, _product(public_id), photo_fault=words, status=error.status)
    flash(_("The picture is gone.") if dropped else _("The picture is saved."), "success")
    return redirect(url_for("bar_products.edit", public_id=public_id), 303)


def _recipe(product: Product, form: RecipeForm) -> RecipeDraft:
    ids = {
        " ".join(one.name.casefold().split()): one.id
        for one in queries.products_of(current_actor().scope, active=None, limit=5000)
    }
    club = current_club()
    digits = get_currency_precision(club.currency)
    wishes = tuple(
        ModifierDraft(
            wish.name,
            wish.replaces_id,
            wish.ingredient_id,
            wish.units,
            ((club.id, _more_or_less(wish, digits)),) if wish.price else (),
        )
        for wish in read_wishes(form.wishes.data or "", ids)
    )
    return RecipeDraft(
        product.id,
        read_parts(form.parts.data or "", ids),
        form.yield_units.data or 1,
        form.note.data or "",
        wishes,
    )


def _more_or_less(wish: TypedWish, digits: int) -> int:
    """What a wish adds to the price or takes off, in minor units."""
    sign = -1 if wish.price.startswith("-") else 1
    try:
        return sign * parse_amount(ascii_digits(wish.price[1:]), digits)
    except ValueError:
        raise TypedError(f"{wish.name} {wish.price}") from None


def _form() -> ProductForm:
    form = ProductForm()
    form.offer(queries.categories_of(current_actor().scope))
    return form


def _shown(product: Product) -> ProductForm:
    form = ProductForm(formdata=None)
    categories = queries.categories_of(current_actor().scope)
    form.offer(categories)
    chosen = next((one.public_id for one in categories if one.id == product.category_id), "")
    form.show(product, queries.barcodes_of([product.id]).get(product.id, []), chosen)
    return form


def _price_form() -> PriceForm:
    form = PriceForm()
    days = [formats.weekday_short(MONDAY + timedelta(n)) for n in range(7)]
    form.offer(current_club().currency, days)
    return form


def _page(
    form: ProductForm | None,
    product: Product | None = None,
    *,
    typed: PriceForm | RecipeForm | None = None,
    refusal: str = "",
    photo_fault: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    if form is None:
        form = _shown(product) if product else _form()
    club = current_club()
    prices = queries.prices_of(product.id, [club.id]) if product else []
    page = render_template(
        "bar_inventory/catalogue/product.html",
        form=form,
        product=product,
        price_form=typed if isinstance(typed, PriceForm) else _price_form(),
        recipe_form=typed if isinstance(typed, RecipeForm) else _recipe_shown(product),
        prices=prices,
        windows=queries.windows_of([one.id for one in prices]),
        recipes=queries.recipes_of(product.id) if product else [],
        days=[formats.weekday_short(MONDAY + timedelta(n)) for n in range(7)],
        club=club,
        refusal=refusal,
        photo=pictures_of([product.id]).get(product.id) if product else None,
        photo_fault=photo_fault,
    )
    return page, status


def _recipe_shown(product: Product | None) -> RecipeForm:
    """The form with the recipe of today, as somebody would type it."""
    form = RecipeForm(formdata=None)
    facts = recipe_of(product.id, clock.now()) if product else None
    if product is None or facts is None:
        return form
    named = [one for part in facts.parts for one in (part.product_id, *dict(part.substitutes))]
    names = queries.names_of(named)
    lines = []
    for part in facts.parts:
        text = f"{part.units} {names[part.product_id].name}"
        if part.waste_bp:
            text += f" -{part.waste_bp // 100}%"
        text += "".join(f" / {units} {names[one].name}" for one, units in part.substitutes)
        lines.append(text)
    form.parts.data = "\n".join(lines)
    form.yield_units.data = facts.yield_units
    newest = queries.recipes_of(product.id)
    form.note.data = newest[0].note if newest else ""
    form.wishes.data = "\n".join(queries.wishes_typed(product.id, current_club().id))
    return form


def _category(public_id: str | None) -> int | None:
    found = queries.categories_of(current_actor().scope)
    return next((one.id for one in found if one.public_id == public_id), None)


def _product(public_id: str) -> Product:
    product = queries.product_for(current_actor().scope, public_id)
    if product is None:
        raise not_found(_("There is no such product."))
    return product
