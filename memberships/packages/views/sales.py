"""Views room: sell a package, look at its ledger, correct it, give it away, take it back."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.formats import money
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.types import new_public_id
from clubcrm.core.web import current_actor, require, typed
from clubcrm.people.api import person_in
from clubcrm.people.models import Person
from clubcrm.people.queries.search import search_ids
from memberships.packages import offers, selling
from memberships.packages.forms import CorrectForm, SaleForm, TransferForm
from memberships.packages.queries import ledger_of
from memberships.packages.services import correct_lot
from memberships.packages.words import (
    choice_words,
    entry_words,
    missed_words,
    service_words,
    validity_words,
)
from memberships.permissions import CHANGE_UNITS, SEE_CONTRACTS, SELL_PACKAGES

sales = Blueprint("packages", __name__)


@dataclass(frozen=True, slots=True)
class Buyer:
    """The person a page is about, with the club whose clock and currency count."""

    person: Person
    club: ClubChoice


@sales.route("/members/<person_id>/packages/new", methods=["GET", "POST"])
@require(SELL_PACKAGES)
def new(person_id: str) -> ResponseReturnValue:
    """Choose a package and a trainer, see what it gives, sell."""
    buyer = _buyer(person_id)
    on_sale = offers.products_of(Scope((buyer.club.id,)), only_on_sale=True)
    form = SaleForm(typed())
    form.product.choices = [(one.public_id, one.terms.name) for one in on_sale]
    trainers = offers.trainers_of([buyer.club.id])
    form.trainer.choices = [("", _("nobody yet")), *((one[1], one[2]) for one in trainers)]
    if request.method == "GET" and "product" not in request.args:
        return _sale_page(buyer, on_sale, form)
    if not form.validate():
        return _sale_page(buyer, on_sale, form, status=400)
    chosen = next(one for one in on_sale if one.public_id == form.product.data)
    asked = selling.SaleRequest(
        buyer.person.id,
        chosen.product_id,
        trainer_id=next((one[0] for one in trainers if one[1] == form.trainer.data), None),
        seen_price_minor=_seen(),
    )
    try:
        if request.method == "GET":
            offer = selling.sale_preview(asked)
            return _sale_page(buyer, on_sale, form, offer=offer)
        made = selling.sell_package(asked, by=current_actor().ref)
    except DomainError as error:
        return _sale_page(buyer, on_sale, form, refusal=error.text, status=error.status)
    flash(_("%(package)s is sold.", package=made.terms.name), "success")
    return redirect(url_for("packages.show", package_id=made.public_id), 303)


@sales.get("/packages/<package_id>")
@require(SEE_CONTRACTS)
def show(package_id: str) -> ResponseReturnValue:
    """Balance, terms and every line of one package."""
    return _package_page(_row(package_id))


@sales.post("/packages/<package_id>/correct")
@require(CHANGE_UNITS)
def correct(package_id: str) -> ResponseReturnValue:
    row, form = _row(package_id), CorrectForm()
    if not form.validate():
        return _package_page(row, correct_form=form, status=400)
    try:
        correct_lot(
            row.lot_id,
            form.delta.data or 0,
            source_id=new_public_id(),
            by=current_actor().ref,
            reason=form.reason.data or "",
        )
    except DomainError as error:
        return _package_page(
            row, correct_form=form, refusal=form.accept(error), status=error.status
        )
    flash(_("Corrected by a line of the ledger."), "success")
    return redirect(url_for("packages.show", package_id=package_id), 303)


@sales.post("/packages/<package_id>/transfer")
@require(CHANGE_UNITS)
def transfer(package_id: str) -> ResponseReturnValue:
    row, form = _row(package_id), TransferForm()
    if not form.validate():
        return _package_page(row, transfer_form=form, status=400)
    try:
        made = selling.transfer_units(
            row.lot_id,
            _meant(form.member.data or ""),
            form.units.data or 0,
            by=current_actor().ref,
            reason=form.reason.data or "",
        )
    except DomainError as error:
        return _package_page(
            row, transfer_form=form, refusal=form.accept(error), status=error.status
        )
    flash(_("%(name)s has the sessions now.", name=made.person_name), "success")
    return redirect(url_for("packages.show", package_id=package_id), 303)


@sales.post("/packages/<package_id>/take-back")
@require(CHANGE_UNITS)
def take_back(package_id: str) -> ResponseReturnValue:
    row = _row(package_id)
    try:
        value = selling.take_back_units(
            row.lot_id, by=current_actor().ref, reason=request.form.get("reason", "")
        )
    except DomainError as error:
        return _package_page(row, refusal=error.text, status=error.status)
    amount = money(value.amount_minor, value.currency)
    flash(_("The unused sessions are taken back: %(amount)s credited.", amount=amount), "success")
    return redirect(url_for("packages.show", package_id=package_id), 303)


def _meant(typed: str) -> int:
    """Return the one person that the typed phone or name means."""
    found = search_ids(current_actor().scope, typed, 2)
    if len(found) != 1:
        text = _("Several people match. Type the phone.") if found else _("Nobody matches.")
        raise invalid({"member": text})
    return found[0]


def _seen() -> int | None:
    typed = request.form.get("seen_price", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None


def _buyer(person_id: str) -> Buyer:
    person = person_in(current_actor().scope, person_id)
    return Buyer(person, next(club for club in my_clubs() if club.id == person.club_id))


def _row(package_id: str) -> offers.PackageRow:
    row = offers.package_for(current_actor().scope, package_id)
    if row is None:
        raise not_found(_("There is no such package."))
    return row


def _sale_page(
    buyer: Buyer,
    on_sale: list[offers.ProductOnSale],
    form: SaleForm,
    *,
    offer: selling.SaleOffer | None = None,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "memberships/packages/sell.html",
        buyer=buyer,
        products=on_sale,
        form=form,
        offer=offer,
        refusal=refusal,
        service_words=service_words,
        validity_words=validity_words,
        missed_words=missed_words,
        choice_words=choice_words,
    )
    return page, status


def _package_page(
    row: offers.PackageRow,
    *,
    correct_form: CorrectForm | None = None,
    transfer_form: TransferForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    club = next(one for one in my_clubs() if one.id == row.club_id)
    trainers = {one[0]: one[2] for one in offers.trainers_of([row.club_id])}
    page = render_template(
        "memberships/packages/package.html",
        row=row,
        club=club,
        is_open=row.is_open(clock.today(club.zone)),
        trainer=trainers.get(row.trainer_id or 0, ""),
        lines=ledger_of(row.lot_id),
        unused=selling.refund_value(row),
        correct_form=correct_form or CorrectForm(formdata=None),
        transfer_form=transfer_form or TransferForm(formdata=None),
        refusal=refusal,
        service_words=service_words,
        missed_words=missed_words,
        entry_words=entry_words,
    )
    return page, status
