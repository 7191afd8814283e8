"""Views room: what was sold: the list, one sale with its receipt, and taking it back."""

import secrets
from io import BytesIO

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.sales.models import Sale
from bar_inventory.sales.papers import is_shift_open, person_of
from bar_inventory.sales.queries import (
    lines_of,
    returned_of,
    returns_of,
    sale_for,
    sales_page,
    tenders_of,
)
from bar_inventory.sales.returning import ReturnOrder, take_back
from bar_inventory.sales.slips import ask_for_copy, copies_printed, slip_pdf
from clubcrm.core import formats
from clubcrm.core.api import page_key
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from memberships.api import print_after
from memberships.approvals.queries import names_of
from memberships.billing.words import tender_icon, tender_words
from memberships.permissions import REFUND_MONEY, USE_TILL

sale_pages = Blueprint("sales", __name__, url_prefix="/till/sales")
PER_PAGE = 50


@sale_pages.get("")
@require(USE_TILL)
def index() -> ResponseReturnValue:
    """What was sold in one's clubs, the newest first."""
    before = page_key(request.args.get("after", ""))
    rows = sales_page(current_actor().scope, limit=PER_PAGE + 1, before_id=before)
    shown = rows[:PER_PAGE]
    return render_template(
        "bar_inventory/sales/sales.html",
        rows=[(sale, person_of(sale.person_id)) for sale in shown],
        clubs={club.id: club for club in my_clubs()},
        names=names_of(sale.sold_by for sale in shown),
        more=shown[-1].id if len(rows) > PER_PAGE else None,
        first=before is not None,
    )


@sale_pages.get("/<public_id>")
@require(USE_TILL)
def show(public_id: str) -> ResponseReturnValue:
    return _page(_sale(public_id))


@sale_pages.post("/<public_id>/back")
@require(REFUND_MONEY)
def back(public_id: str) -> ResponseReturnValue:
    """Lines, or all of it, are taken back; money above the limit waits for a colleague."""
    sale = _sale(public_id)
    counts, shelf = {}, set()
    for line in lines_of(sale.id):
        typed = ascii_digits(request.form.get(f"count-{line.position}", "").strip())
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 5):
            return _page(sale, refusal=_("Say how many come back."), status=400)
        if typed and int(typed):
            counts[line.id] = int(typed)
        if request.form.get(f"shelf-{line.position}"):
            shelf.add(line.id)
    is_void = request.form.get("void") == "yes"
    if not counts and not is_void:
        return _page(sale, refusal=_("Say how many come back."), status=400)
    order = ReturnOrder(
        sale_id=sale.id,
        reason=request.form.get("reason", ""),
        source_id=secrets.token_hex(8),
        quantities={} if is_void else counts,
        on_shelf=frozenset(shelf),
        is_void=is_void,
    )
    try:
        made = take_back(order, by=current_actor().ref)
    except DomainError as error:
        words = " ".join([error.text, *(one.message for one in error.fields)]).strip()
        return _page(sale, refusal=words, status=error.status)
    sums = formats.money(made.amount_minor, sale.currency)
    if made.waiting:
        flash(
            _("%(sum)s is credited. Giving the money waits for a colleague.", sum=sums), "success"
        )
    else:
        flash(_("%(sum)s is given back.", sum=sums), "success")
    return redirect(url_for("sales.show", public_id=public_id), 303)


@sale_pages.post("/<public_id>/print")
@require(USE_TILL)
def print_again(public_id: str) -> ResponseReturnValue:
    """One more receipt comes out, marked and counted as a copy."""
    sale = _sale(public_id)
    number = ask_for_copy(sale, by=current_actor().ref)
    if number:
        flash(_("Copy %(number)s is on its way.", number=number), "success")
    else:
        flash(_("The receipt is on its way."), "success")
    answer = make_response(redirect(url_for("sales.show", public_id=public_id), 303))
    return print_after(answer, sale.club_id)


@sale_pages.get("/<public_id>/slip.pdf")
@require(USE_TILL)
def slip(public_id: str) -> ResponseReturnValue:
    """The receipt as a PDF of 80 mm."""
    sale = _sale(public_id)
    name = f"{sale.number}.pdf"
    return send_file(BytesIO(slip_pdf(sale)), "application/pdf", download_name=name)


def _sale(public_id: str) -> Sale:
    found = sale_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such sale in your clubs."))
    return found


def _page(sale: Sale, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    tenders = tenders_of(sale.id)
    page = render_template(
        "bar_inventory/sales/sale.html",
        sale=sale,
        lines=lines_of(sale.id),
        tenders=tenders,
        change=sum(one.given_minor - one.amount_minor for one in tenders),
        returned=returned_of(sale.id),
        returns=returns_of(sale.id),
        person=person_of(sale.person_id),
        club=next(club for club in my_clubs() if club.id == sale.club_id),
        names=names_of([sale.sold_by]),
        may_void=is_shift_open(sale.shift_id),
        refusal=refusal,
        printed=copies_printed(sale),
        tender_words=tender_words,
        tender_icon=tender_icon,
    )
    return page, status
