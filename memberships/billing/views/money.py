"""Views room: who owes what, today's takings, and each document with what became of it."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.core.web import current_actor, require
from memberships.approvals.models import Approval
from memberships.approvals.queries import may_alone, waiting_count
from memberships.approvals.rules import LimitKind
from memberships.billing import debtors as lists
from memberships.billing import statements
from memberships.billing.credits import credit, lines_left, write_off
from memberships.billing.forms import BackForm, CreditForm
from memberships.billing.losses import undo_write_off
from memberships.billing.models import Invoice, InvoiceKind, Payment
from memberships.billing.orders import (
    MONEY_TENDERS,
    CreditOrder,
    RefundOrder,
    Tender,
    WriteOffOrder,
)
from memberships.billing.queries import takings
from memberships.billing.refunds import refund
from memberships.billing.words import kind_words, percent, tender_icon, tender_words
from memberships.billing.write_offs import write_off_for
from memberships.permissions import REFUND_MONEY, SEE_CONTRACTS, SEE_MONEY

money = Blueprint("money", __name__)
WORDS = {
    "tender_words": tender_words,
    "tender_icon": tender_icon,
    "kind_words": kind_words,
    "percent": percent,
}
PER_PAGE = 50


@money.get("/money")
@require(SEE_MONEY)
def index() -> ResponseReturnValue:
    """Who owes what, the oldest debt first, beside what today has brought by tender."""
    club = current_club()
    today = clock.today(club.zone)
    only_overdue = request.args.get("show", "overdue") != "open"
    taken = takings(club.id, today, today)
    return render_template(
        "memberships/billing/money.html",
        club=club,
        today=today,
        only_overdue=only_overdue,
        debtors=lists.debtors(club.id, today, only_overdue=only_overdue),
        ageing=lists.ageing(club.id, today),
        counts=lists.counts(club.id, today),
        taken=sorted(taken.items(), key=lambda one: -one[1]),
        taken_sum=sum(amount for tender, amount in taken.items() if tender in MONEY_TENDERS),
        days=lists.taken_since(club.id, today, 14),
        waiting=waiting_count(current_actor().scope),
        **WORDS,
    )


@money.get("/invoices/<invoice_id>")
@require(SEE_CONTRACTS)
def invoice(invoice_id: str) -> ResponseReturnValue:
    return _invoice_page(_invoice(invoice_id))


@money.post("/invoices/<invoice_id>/credit")
@require(REFUND_MONEY)
def credit_now(invoice_id: str) -> ResponseReturnValue:
    """A credit note takes back what was sold; what was paid for it becomes the payer's credit."""
    found = _invoice(invoice_id)
    form = CreditForm(request.form, prefix="credit-")
    form.amount.currency = found.currency
    if not form.validate():
        return _invoice_page(found, credit_form=form, status=400)
    order = CreditOrder(
        found.id, form.reason.data or "", secrets.token_hex(16), amount_minor=form.amount.minor
    )
    try:
        note = credit(order, by=current_actor().ref)
    except DomainError as error:
        return _invoice_page(
            found, credit_form=form, refusal=form.accept(error), status=error.status
        )
    flash(_("Credit note %(number)s is written.", number=note.number), "success")
    return redirect(url_for("money.invoice", invoice_id=invoice_id), 303)


@money.post("/invoices/<invoice_id>/write-off")
@require(REFUND_MONEY)
def write_off_now(invoice_id: str) -> ResponseReturnValue:
    """What is open is given up, or a colleague is asked."""
    found = _invoice(invoice_id)
    form = CreditForm(request.form, prefix="loss-")
    form.amount.currency = found.currency
    if not form.validate():
        return _invoice_page(found, loss_form=form, status=400)
    order = WriteOffOrder(
        found.id, form.reason.data or "", secrets.token_hex(16), amount_minor=form.amount.minor
    )
    try:
        made = write_off(order, by=current_actor().ref)
    except DomainError as error:
        return _invoice_page(found, loss_form=form, refusal=form.accept(error), status=error.status)
    if isinstance(made, Approval):
        flash(_("This is above your limit. It waits for a colleague."), "success")
    else:
        flash(_("Given up."), "success")
    return redirect(url_for("money.invoice", invoice_id=invoice_id), 303)


@money.post("/invoices/<invoice_id>/write-off/<loss_id>/undo")
@require(REFUND_MONEY)
def ask_again(invoice_id: str, loss_id: str) -> ResponseReturnValue:
    """What was given up by mistake is asked for again."""
    found = _invoice(invoice_id)
    lost = write_off_for(current_actor().scope, loss_id)
    if lost is None or lost.invoice_id != found.id:
        raise not_found(_("There is no such document."))
    try:
        undo_write_off(lost, request.form.get("reason", ""), by=current_actor().ref)
    except DomainError as error:
        return _invoice_page(found, refusal=error.text, status=error.status)
    flash(_("The invoice asks for it again."), "success")
    return redirect(url_for("money.invoice", invoice_id=invoice_id), 303)


@money.get("/payments/<payment_id>")
@require(SEE_CONTRACTS)
def payment(payment_id: str) -> ResponseReturnValue:
    """What came in, what it paid, and what went back of it."""
    return _payment_page(_payment(payment_id))


@money.post("/payments/<payment_id>/refund")
@require(REFUND_MONEY)
def refund_now(payment_id: str) -> ResponseReturnValue:
    """The money goes back, or a colleague is asked."""
    found = _payment(payment_id)
    form = _back_form(found)
    if not form.validate() or form.amount.minor is None:
        return _payment_page(found, form=form, status=400)
    order = RefundOrder(
        found.id, form.amount.minor, form.reason.data or "", Tender(form.tender.data)
    )
    try:
        made = refund(order, by=current_actor().ref)
    except DomainError as error:
        return _payment_page(found, form=form, refusal=form.accept(error), status=error.status)
    sums = formats.money(order.amount_minor, found.currency)
    if isinstance(made, Approval):
        flash(_("%(sum)s is above your limit. It waits for a colleague.", sum=sums), "success")
    else:
        flash(_("%(sum)s went back.", sum=sums), "success")
    return redirect(url_for("money.payment", payment_id=payment_id), 303)


def _invoice(public_id: str) -> Invoice:
    found = statements.invoice_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such invoice in your clubs."))
    return found


def _payment(public_id: str) -> Payment:
    found = statements.payment_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such payment in your clubs."))
    return found


def _club(club_id: int) -> ClubChoice:
    return next(club for club in my_clubs() if club.id == club_id)


def _invoice_page(
    found: Invoice,
    *,
    credit_form: CreditForm | None = None,
    loss_form: CreditForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    club = _club(found.club_id)
    lines = statements.lines_of(found.id)
    rates: dict[int, list[int]] = {}
    for line in lines:
        sums = rates.setdefault(line.tax_bp, [0, 0])
        sums[0] += line.net_minor
        sums[1] += line.tax_minor
    parts = statements.instalments_of(found.id)
    still_open = sum(part.open_minor for part in parts)
    left = sum(line.total_minor for line in lines_left(found.id))
    original = statements.document_by_id(found.credits_id) if found.credits_id else None
    page = render_template(
        "memberships/billing/invoice.html",
        invoice=found,
        is_credit=found.kind is InvoiceKind.CREDIT_NOTE,
        original=original,
        lines=lines,
        rates=sorted(rates.items()),
        parts=parts,
        still_open=still_open,
        creditable=left,
        settlements=statements.settlements_of(found.id),
        payer=statements.person_by_id(found.payer_id),
        member=statements.person_by_id(found.person_id),
        club=club,
        today=clock.today(club.zone),
        credit_form=credit_form or _credit_form("credit-", found.currency, left),
        loss_form=loss_form or _credit_form("loss-", found.currency, still_open),
        refusal=refusal,
        **WORDS,
    )
    return page, status


def _credit_form(prefix: str, currency: str, amount_minor: int) -> CreditForm:
    form = CreditForm(None, prefix=prefix)
    form.amount.currency = currency
    form.amount.show(amount_minor)
    return form


def _back_form(found: Payment) -> BackForm:
    form = BackForm(request.form if request.method == "POST" else None)
    form.offer(found.currency, found.tender)
    if request.method == "GET":
        form.amount.show(found.amount_minor - found.refunded_minor)
    return form


def _payment_page(
    found: Payment, *, form: BackForm | None = None, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    left = found.amount_minor - found.refunded_minor
    by = current_actor().ref
    page = render_template(
        "memberships/billing/payment.html",
        payment=found,
        payer=statements.person_by_id(found.payer_id),
        paid=statements.paid_for(found.id),
        refunds=statements.refunds_of(found.id),
        left=left,
        alone=may_alone(by, found.club_id, LimitKind.REFUND, left),
        club=_club(found.club_id),
        form=form or _back_form(found),
        refusal=refusal,
        **WORDS,
    )
    return page, status
