"""Views room: orders from a draft to goods on the shelf."""

from dataclasses import dataclass
from datetime import date

from babel.numbers import get_currency_precision
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.permissions import MOVE_STOCK, ORDER_GOODS, SEE_STOCK
from bar_inventory.purchasing import queries, services
from bar_inventory.purchasing.models import OrderState, PurchaseOrder, Supplier
from bar_inventory.purchasing.papers import letter_text, print_order
from bar_inventory.purchasing.words import order_tone, order_words
from bar_inventory.stock.models import Place
from bar_inventory.stock.queries import selling_place
from clubcrm.core.api import page_key
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db, end_reading, unit_of_work
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.types import new_public_id
from clubcrm.core.web import current_actor, require
from memberships.billing.fields import typed_amount
from memberships.billing.rules import parse_amount

orders = Blueprint("orders", __name__, url_prefix="/stock/orders")
PER_PAGE = 50
LETTERS = "purchase_order"
OPEN = tuple(one for one in OrderState if one not in (OrderState.RECEIVED, OrderState.CANCELLED))


@orders.get("")
@require(SEE_STOCK)
def index() -> ResponseReturnValue:
    """What should be ordered today, and every order, the newest first."""
    club = current_club()
    rows = queries.orders_of(
        Scope((club.id,)),
        before_id=page_key(request.args.get("after", "")),
        limit=PER_PAGE + 1,
    )
    more = str(rows[PER_PAGE - 1].order.id) if len(rows) > PER_PAGE else ""
    return render_template(
        "bar_inventory/purchasing/orders.html",
        rows=rows[:PER_PAGE],
        proposals=queries.proposals_for(club.id),
        club=club,
        order_words=order_words,
        order_tone=order_tone,
        next=url_for("orders.index", after=more) if more else "",
        first=url_for("orders.index") if request.args.get("after") else "",
    )


@orders.post("")
@require(ORDER_GOODS)
def draft() -> ResponseReturnValue:
    """The proposals of one supplier are a draft now."""
    club = current_club()
    supplier = queries.supplier_for(current_actor().scope, request.form.get("supplier", ""))
    place = selling_place(club.id)
    if supplier is None or place is None:
        raise not_found(_("There is no such supplier."))
    lines = tuple(
        services.LineDraft(row.pack.item.id, row.proposal.packs)
        for row in queries.proposals_for(club.id)
        if row.pack.supplier.id == supplier.id
    )
    if not lines:
        flash(_("Nothing of this supplier is needed today."), "info")
        return redirect(url_for("orders.index"), 303)
    made = services.draft_order(
        services.OrderDraft(supplier.id, place.id, lines), by=current_actor().ref
    )
    return redirect(url_for("orders.show", public_id=made.public_id), 303)


@orders.get("/<public_id>")
@require(SEE_STOCK)
def show(public_id: str) -> ResponseReturnValue:
    """One order with its lines, and what has come of it."""
    return _show(_order(public_id))


@orders.post("/<public_id>")
@require(ORDER_GOODS)
def change(public_id: str) -> ResponseReturnValue:
    """The draft has the typed numbers of packs."""
    order = _order(public_id)
    packs = {row.item.id: row.item for row in queries.packs_of(order.supplier_id, _club_of(order))}
    try:
        lines = [
            services.LineDraft(item_id, _count(request.form.get(item.public_id, "")))
            for item_id, item in packs.items()
        ]
        services.change_order(order.id, lines, request.form.get("note", ""), by=current_actor().ref)
    except DomainError as error:
        return _show(order, refusal=error.text, status=error.status)
    flash(_("The draft is saved."), "success")
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.post("/<public_id>/ask")
@require(ORDER_GOODS)
def ask(public_id: str) -> ResponseReturnValue:
    """Somebody else has to agree."""
    services.ask_approval(_order(public_id).id, "", by=current_actor().ref)
    flash(_("The order waits for somebody else to approve it."), "success")
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.post("/<public_id>/sent")
@require(ORDER_GOODS)
def sent(public_id: str) -> ResponseReturnValue:
    """The supplier has it."""
    how = request.form.get("how", "")
    services.mark_sent(
        _order(public_id).id,
        how if how in ("mail", "paper", "phone") else "mail",
        by=current_actor().ref,
    )
    flash(_("Marked as sent."), "success")
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.post("/<public_id>/mail")
@require(ORDER_GOODS, own_units=True)
def mail(public_id: str) -> ResponseReturnValue:
    """The order is with the post, as PDF, and counts as sent; what becomes of the mail is shown."""
    order, by = _order(public_id), current_actor().ref
    supplier = db.session.get_one(Supplier, order.supplier_id)
    if not supplier.email:
        return _show(order, refusal=_("This supplier has no mail address."), status=409)
    # Printed before anything is written: nobody waits for a page to be drawn.
    paper = (f"{order.number}.pdf", "application/pdf", print_order(order))
    words = (f"{order.number} · {current_club().name}", letter_text(order))
    order_id, club_id, address = order.id, order.club_id, supplier.email
    end_reading()
    with unit_of_work():
        services.mark_sent(order_id, "mail", by=by)
        post = current_app.extensions["club_post_paper"]
        post(club_id, address, words, paper, (LETTERS, public_id), by)
    flash(_("The order goes to %(address)s with its PDF.", address=address), "success")
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.post("/<public_id>/cancel")
@require(ORDER_GOODS)
def cancel(public_id: str) -> ResponseReturnValue:
    """Nobody waits for it any more."""
    services.cancel_order(
        _order(public_id).id, request.form.get("reason", ""), by=current_actor().ref
    )
    flash(_("The order is cancelled."), "success")
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.post("/<public_id>/receive")
@require(MOVE_STOCK)
def receive(public_id: str) -> ResponseReturnValue:
    """What came lies on the shelf; lines left empty have not come."""
    order = _order(public_id)
    try:
        goods = services.ReceiptDraft(
            order.place_id, _came_in(order), order.id, paper=request.form.get("paper", "")
        )
        services.receive(goods, source_id=new_public_id(), by=current_actor().ref)
    except DomainError as error:
        return _show(order, refusal=error.text, status=error.status)
    flash(_("The goods are on the shelf."), "success")
    return redirect(url_for("orders.show", public_id=public_id), 303)


@orders.get("/<public_id>/order.pdf")
@require(ORDER_GOODS)
def paper(public_id: str) -> Response:
    """The order on paper, in the supplier's language."""
    order = _order(public_id)
    answer = Response(print_order(order), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{order.number}.pdf"'
    return answer


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form said of one line of a delivery."""

    units: str
    cost: str
    expires: str


def _came_in(order: PurchaseOrder) -> tuple[services.CameIn, ...]:
    found = []
    for row in queries.lines_of(order.id):
        typed = Typed(
            *(request.form.get(f"{row.line.id}-{name}", "") for name in ("units", "cost", "until"))
        )
        units = _count(typed.units)
        if units:
            found.append(
                services.CameIn(
                    row.product.id,
                    units,
                    _amount(typed.cost, order.currency),
                    row.line.id,
                    _day(typed.expires),
                )
            )
    return tuple(found)


def _count(typed: str) -> int:
    digits = ascii_digits(typed.strip())
    if not digits:
        return 0
    if not digits.isdecimal() or len(digits) > 9:
        raise invalid({"units": _("Type whole numbers.")})
    return int(digits)


def _amount(typed: str, currency: str) -> int:
    try:
        return parse_amount(ascii_digits(typed), get_currency_precision(currency))
    except ValueError as error:
        text = _("Expected an amount in %(currency)s, such as 1500.", currency=currency)
        raise invalid({"cost": text}) from error


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise invalid({"until": _("This is not a day.")}) from error


def _show(order: PurchaseOrder, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    supplier = db.session.get_one(Supplier, order.supplier_id)
    rows = queries.lines_of(order.id)
    page = render_template(
        "bar_inventory/purchasing/order.html",
        order=order,
        supplier=supplier,
        place=db.session.get_one(Place, order.place_id),
        rows=rows,
        total=sum(row.total_minor for row in rows),
        packs=queries.packs_of(order.supplier_id, _club_of(order)),
        wanted={row.line.item_id: row.line.packs for row in rows},
        receipts=queries.receipts_of(order.id),
        letter=letter_text(order),
        typed_amount=typed_amount,
        agreed={row.line.id: _agreed(row) for row in rows},
        states=OrderState,
        coming=services.ON_ITS_WAY,
        order_words=order_words,
        order_tone=order_tone,
        club=current_club(),
        form=request.form,
        refusal=refusal,
        letter_state=current_app.extensions["club_paper_state"](LETTERS, order.public_id),
    )
    return page, status


def _agreed(row: queries.LineRow) -> int:
    """What the missing units of a line cost at the price of the order."""
    return round(row.line.price_minor * row.missing_units / row.line.pack_units)


def _club_of(order: PurchaseOrder) -> Scope:
    return Scope((order.club_id,))


def _order(public_id: str) -> PurchaseOrder:
    order = queries.order_for(current_actor().scope, public_id)
    if order is None:
        raise not_found(_("There is no such order in your clubs."))
    return order
