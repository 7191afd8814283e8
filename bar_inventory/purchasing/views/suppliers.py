"""Views room: suppliers and the packs in which they sell."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.catalogue.queries import product_for, products_of
from bar_inventory.permissions import ORDER_GOODS
from bar_inventory.purchasing import queries
from bar_inventory.purchasing.forms import PackForm, SupplierForm
from bar_inventory.purchasing.models import Supplier
from bar_inventory.purchasing.suppliers import PackDraft, drop_pack, save_pack, save_supplier
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require

suppliers = Blueprint("suppliers", __name__, url_prefix="/stock/suppliers")


@suppliers.get("")
@require(ORDER_GOODS)
def index() -> ResponseReturnValue:
    """Who brings goods to the clubs."""
    return render_template(
        "bar_inventory/purchasing/suppliers.html",
        suppliers=queries.suppliers_of(current_actor().scope),
    )


@suppliers.route("/new", methods=["GET", "POST"])
@require(ORDER_GOODS)
def new() -> ResponseReturnValue:
    """A supplier is known now."""
    form = SupplierForm()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form, status=400)
    try:
        made = save_supplier(None, current_club().id, form.draft(), by=current_actor().ref)
    except DomainError as error:
        return _page(form, refusal=form.accept(error), status=error.status)
    return redirect(url_for("suppliers.edit", public_id=made.public_id), 303)


@suppliers.route("/<public_id>", methods=["GET", "POST"])
@require(ORDER_GOODS)
def edit(public_id: str) -> ResponseReturnValue:
    """What is known of the supplier is as typed."""
    supplier, form = _supplier(public_id), SupplierForm()
    if request.method == "GET":
        form.show(supplier)
        return _page(form, supplier)
    if not form.validate():
        return _page(form, supplier, status=400)
    seen = request.form.get("seen_version", "")
    try:
        save_supplier(
            supplier.id,
            current_club().id,
            form.draft(),
            int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
            by=current_actor().ref,
        )
    except DomainError as error:
        return _page(form, supplier, refusal=form.accept(error), status=error.status)
    flash(_("Saved."), "success")
    return redirect(url_for("suppliers.edit", public_id=public_id), 303)


@suppliers.post("/<public_id>/packs")
@require(ORDER_GOODS)
def add_pack(public_id: str) -> ResponseReturnValue:
    """The supplier sells the product in this pack."""
    supplier, form = _supplier(public_id), _pack_form()
    if not form.validate():
        return _page(None, supplier, form, status=400)
    product = product_for(current_actor().scope, form.product.data)
    if product is None:
        raise not_found(_("There is no such product."))
    draft = PackDraft(
        supplier.id,
        product.id,
        current_club().id,
        form.pack_units.data or 0,
        form.price.minor or 0,
        code=form.code.data or "",
    )
    try:
        save_pack(draft, by=current_actor().ref)
    except DomainError as error:
        return _page(None, supplier, form, refusal=form.accept(error), status=error.status)
    flash(_("The pack can be ordered."), "success")
    return redirect(url_for("suppliers.edit", public_id=public_id), 303)


@suppliers.post("/<public_id>/packs/<pack_id>/drop")
@require(ORDER_GOODS)
def remove_pack(public_id: str, pack_id: str) -> ResponseReturnValue:
    """The pack is on no new order."""
    _supplier(public_id)
    pack = queries.pack_for(current_actor().scope, pack_id)
    if pack is None:
        raise not_found(_("There is no such pack."))
    drop_pack(pack.id, by=current_actor().ref)
    flash(_("The pack is off the list."), "success")
    return redirect(url_for("suppliers.edit", public_id=public_id), 303)


def _pack_form() -> PackForm:
    form = PackForm()
    products = [one for one in products_of(current_actor().scope) if one.stocked]
    form.offer(products, current_club().currency)
    return form


def _page(
    form: SupplierForm | None,
    supplier: Supplier | None = None,
    pack: PackForm | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    if form is None:
        form = SupplierForm(formdata=None)
        if supplier is not None:
            form.show(supplier)
    page = render_template(
        "bar_inventory/purchasing/supplier.html",
        form=form,
        supplier=supplier,
        pack=pack or _pack_form(),
        packs=queries.packs_of(supplier.id, current_actor().scope) if supplier else [],
        refusal=refusal,
    )
    return page, status


def _supplier(public_id: str) -> Supplier:
    supplier = queries.supplier_for(current_actor().scope, public_id)
    if supplier is None:
        raise not_found(_("There is no such supplier."))
    return supplier
