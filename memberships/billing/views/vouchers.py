"""Views room: vouchers and bonuses: the list, one with its ledger, a new one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.billing.forms import VoucherForm
from memberships.billing.models import VoucherKind
from memberships.billing.statements import voucher_for, voucher_lines, vouchers_page
from memberships.billing.vouchers import VoucherOrder, sell_voucher
from memberships.permissions import SEE_MONEY, TAKE_MONEY

vouchers = Blueprint("vouchers", __name__)
PER_PAGE = 50
NEW = "memberships/billing/voucher_new.html"


@vouchers.get("/money/vouchers")
@require(SEE_MONEY)
def index() -> ResponseReturnValue:
    club = current_club()
    everything = request.args.get("show") == "all"
    rows = vouchers_page(
        club.id, with_money=not everything, before_id=asked_key(), limit=PER_PAGE + 1
    )
    return render_template(
        "memberships/billing/vouchers.html",
        page=page_of(rows, PER_PAGE, lambda row: row[0].id),
        everything=everything,
        today=clock.today(club.zone),
        is_bonus=lambda one: one.kind is VoucherKind.BONUS,
    )


@vouchers.get("/money/vouchers/<voucher_id>")
@require(SEE_MONEY)
def show(voucher_id: str) -> ResponseReturnValue:
    """What the voucher holds and the lines that make it."""
    found = voucher_for(current_actor().scope, voucher_id)
    if found is None:
        raise not_found(_("There is no such voucher in your clubs."))
    club = current_club()
    return render_template(
        "memberships/billing/voucher.html",
        voucher=found,
        lines=voucher_lines(found.id),
        zone=club.zone,
        today=clock.today(club.zone),
    )


@vouchers.route("/money/vouchers/new", methods=["GET", "POST"])
@require(TAKE_MONEY)
def new() -> ResponseReturnValue:
    """Sell a voucher, which is invoiced to its buyer, or give a member a bonus."""
    club = current_club()
    form = VoucherForm(request.form if request.method == "POST" else None)
    form.offer(club.currency)
    form.member.data = form.member.data or request.args.get("member", "")
    if request.method == "GET":
        return render_template(NEW, form=form, refusal="")
    if not form.validate():
        return render_template(NEW, form=form, refusal=""), 400
    try:
        order = _order(form, club.id)
        made = sell_voucher(order, by=current_actor().ref)
    except DomainError as error:
        return render_template(NEW, form=form, refusal=form.accept(error)), error.status
    flash(_("The code is %(code)s.", code=made.code), "success")
    if order.kind is VoucherKind.VOUCHER and form.member.data:
        return redirect(url_for("account.pay", person_id=form.member.data), 303)
    if current_actor().may(SEE_MONEY):
        return redirect(url_for("vouchers.show", voucher_id=made.public_id), 303)
    return redirect(url_for("account.show", person_id=form.member.data), 303)


def _order(form: VoucherForm, club_id: int) -> VoucherOrder:
    person = person_in(current_actor().scope, (form.member.data or "").strip())
    return VoucherOrder(
        club_id=club_id,
        kind=VoucherKind(form.kind.data),
        amount_minor=form.amount.minor or 0,
        person_id=person.id,
        valid_until=form.valid_until.data,
        reason=form.reason.data or "",
        code=form.code.data or "",
    )
