"""Views room: the account of a person: statement, take a payment, sell something."""

import secrets
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.errors import DomainError
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from clubcrm.people.models import Person
from memberships.approvals.models import Approval
from memberships.billing.forms import ChargeForm, PayForm
from memberships.billing.orders import (
    InvoiceOrder,
    LineKind,
    LineOrder,
    PaymentOrder,
    Tender,
)
from memberships.billing.payments import take_payment
from memberships.billing.queries import Account, account_of
from memberships.billing.rounding import cash_asked
from memberships.billing.sales import sell_or_ask
from memberships.billing.statements import PartRow, parts_of, statement_of
from memberships.billing.totals import spread
from memberships.billing.vouchers import bonuses_of
from memberships.billing.words import tender_icon, tender_words
from memberships.permissions import SEE_CONTRACTS, TAKE_MONEY

account = Blueprint("account", __name__)
PAY = "memberships/billing/pay.html"
CHARGE = "memberships/billing/charge.html"


@dataclass(frozen=True, slots=True)
class Whom:
    """The person a page is about, with the club whose account and clock count."""

    person: Person
    club: ClubChoice

    @property
    def address(self) -> str:
        """Return the address of the person's card."""
        return url_for("card.show", person_id=self.person.public_id)

    @property
    def account(self) -> Account:
        """Return how the person stands with the club."""
        return account_of(self.person.id, self.club.id)

    @property
    def today(self) -> date:
        """Return the club's day."""
        return clock.today(self.club.zone)


def whom(person_id: str) -> Whom:
    """Return the person of the address, if he belongs to one's clubs."""
    person = person_in(current_actor().scope, person_id)
    return Whom(person, next(club for club in my_clubs() if club.id == person.club_id))


@account.get("/members/<person_id>/account")
@require(SEE_CONTRACTS)
def show(person_id: str) -> ResponseReturnValue:
    """Balance first, then what is open, then every movement with the balance after it."""
    found = whom(person_id)
    return render_template(
        "memberships/billing/account.html",
        whom=found,
        account=found.account,
        parts=parts_of(found.person.id, found.club.id),
        lines=statement_of(found.person.id, found.club.id),
        bonuses=bonuses_of(found.person.id, found.club.id),
        today=found.today,
        tender_words=tender_words,
        tender_icon=tender_icon,
    )


@account.get("/members/<person_id>/account/pay")
@require(TAKE_MONEY)
def pay(person_id: str) -> ResponseReturnValue:
    """The sum that is due stands there already; one button takes it."""
    found = whom(person_id)
    return _pay_page(found, _pay_form(found))


@account.post("/members/<person_id>/account/pay")
@require(TAKE_MONEY)
def pay_now(person_id: str) -> ResponseReturnValue:
    """The money is taken and the debt block follows at once."""
    found = whom(person_id)
    form = _pay_form(found)
    if not form.validate() or form.amount.minor is None:
        return _pay_page(found, form, status=400)
    order = PaymentOrder(
        club_id=found.club.id,
        payer_id=found.person.id,
        amount_minor=form.amount.minor,
        tender=Tender(form.tender.data),
        source_kind="desk",
        source_id=secrets.token_hex(16),
        invoice_ids=_named(found),
        reference=form.reference.data or "",
    )
    try:
        payment = take_payment(order, by=current_actor().ref)
    except DomainError as error:
        return _pay_page(found, form, refusal=form.accept(error), status=error.status)
    left = found.account
    sums = formats.money(order.amount_minor, payment.currency)
    if left.owed_minor:
        owed = formats.money(left.owed_minor, payment.currency)
        flash(_("%(sum)s taken. %(owed)s is still open.", sum=sums, owed=owed), "success")
    else:
        flash(_("%(sum)s taken. Nothing is open any more.", sum=sums), "success")
    if order.tender is Tender.ACCOUNT:
        return redirect(url_for("account.show", person_id=person_id), 303)
    return redirect(url_for("money.payment", payment_id=payment.public_id), 303)


@account.route("/members/<person_id>/account/charge", methods=["GET", "POST"])
@require(TAKE_MONEY)
def charge(person_id: str) -> ResponseReturnValue:
    """Sell one thing; the next page takes the money for it."""
    found = whom(person_id)
    form = ChargeForm(request.form)
    form.offer(found.club.currency)
    if request.method == "GET":
        return render_template(CHARGE, whom=found, form=form, refusal="")
    if not form.validate():
        return render_template(CHARGE, whom=found, form=form, refusal=""), 400
    try:
        made = sell_or_ask(_sale(found, form), by=current_actor().ref)
    except DomainError as error:
        text = form.accept(error)
        return render_template(CHARGE, whom=found, form=form, refusal=text), error.status
    if isinstance(made, Approval):
        flash(_("The discount is above your limit. It waits for a colleague."), "success")
        return redirect(url_for("account.show", person_id=person_id), 303)
    flash(_("Invoice %(number)s is written.", number=made.number), "success")
    return redirect(url_for("account.pay", person_id=person_id, invoice=made.public_id), 303)


def _sale(found: Whom, form: ChargeForm) -> InvoiceOrder:
    line = LineOrder(
        text=form.text.data or "",
        kind=LineKind(form.kind.data),
        unit_price_minor=form.price.minor or 0,
        quantity=form.quantity.data or 1,
        discount_minor=form.discount.minor or 0,
    )
    return InvoiceOrder(
        club_id=found.club.id,
        payer_id=found.person.id,
        person_id=found.person.id,
        lines=[line],
        source_kind="desk",
        source_id=secrets.token_hex(16),
        note=form.note.data or "",
    )


def _named(found: Whom) -> tuple[int, ...]:
    asked = request.values.get("invoice", "")
    parts = parts_of(found.person.id, found.club.id)
    return tuple({part.invoice_id for part in parts if asked and part.public_id == asked})


def _wanted(found: Whom) -> list[PartRow]:
    """Return the parts a payment is proposed for: a named invoice, what is due, or all."""
    parts = parts_of(found.person.id, found.club.id)
    named = set(_named(found))
    chosen = [part for part in parts if part.invoice_id in named] if named else parts
    due = [part for part in chosen if part.due_on <= found.today]
    return due or chosen


def _pay_form(found: Whom) -> PayForm:
    form = PayForm(request.form)
    bonus = sum(one.remaining_minor for one in bonuses_of(found.person.id, found.club.id))
    form.offer(
        found.club.currency,
        credit=found.account.credit_minor > 0,
        bonus=bonus > 0,
        voucher=True,
    )
    if request.method == "GET":
        owed = sum(part.open_minor for part in _wanted(found))
        form.tender.data = Tender.CASH.value
        if owed:
            form.amount.show(cash_asked(found.club.id, owed))
    return form


def _pay_page(
    found: Whom, form: PayForm, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    parts = _wanted(found)
    named = set(_named(found))
    every = parts_of(found.person.id, found.club.id)
    rows = [part for part in every if part.invoice_id in named] if named else every
    amount = form.amount.minor if form.amount.minor is not None else _sum(parts)
    page = render_template(
        PAY,
        whom=found,
        account=found.account,
        form=form,
        rows=list(zip(rows, spread(amount, [row.open_minor for row in rows]), strict=True)),
        asked=request.values.get("invoice", ""),
        bonuses=bonuses_of(found.person.id, found.club.id),
        today=found.today,
        refusal=refusal,
        tender_icon=tender_icon,
    )
    return page, status


def _sum(parts: list[PartRow]) -> int:
    return sum(part.open_minor for part in parts)
