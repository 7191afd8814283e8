"""Services room: a sale is one step: invoice, money, goods and shift, or nothing of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert

from bar_inventory.events import SaleRung
from bar_inventory.sales.models import Sale, SaleLine, SaleTender
from bar_inventory.sales.papers import line_ids
from bar_inventory.sales.point_money import money_for_points
from bar_inventory.sales.pricing import CartOrder, Priced, PricedLine, price_cart
from bar_inventory.sales.queries import sale_of_source
from bar_inventory.sales.rules import Part, Settled, settle
from bar_inventory.sales.slips import ask_for_slip
from bar_inventory.stock.queries import selling_place
from bar_inventory.stock.selling import SoldGoods, SoldLine, sell_goods
from clubcrm.core import audit, clock, events, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from clubcrm.people.api import walk_in
from clubcrm.people.queries.locks import lock_person
from memberships.api import (
    Due,
    InvoiceOrder,
    LineKind,
    LineOrder,
    PaymentOrder,
    Tender,
    account_limit_of,
    account_of,
    issue,
    take_payment,
    till_settings,
)
from memberships.approvals.queries import may_alone
from memberships.approvals.rules import LimitKind
from memberships.billing.models import Invoice, Payment
from memberships.tills.queries import shift_at

SOURCE = "bar"
TENDERS = frozenset(
    {Tender.CASH, Tender.CARD_TERMINAL, Tender.VOUCHER, Tender.BONUS, Tender.ACCOUNT}
)


@dataclass(frozen=True, slots=True)
class TenderOrder:
    """How much by which tender; `reference` is a voucher's code or a terminal's slip.

    Bonus money `by_points` is made of the member's points in the same step.
    """

    tender: Tender
    amount_minor: int
    reference: str = ""
    by_points: bool = False


@dataclass(frozen=True, slots=True)
class SaleOrder:
    """A cart with its tenders; `shown_minor` is the sum the buyer was told.

    `approved_bp` is the discount another person has agreed to.
    """

    cart: CartOrder
    tenders: tuple[TenderOrder, ...]
    source_id: str
    shown_minor: int | None = None
    shift_id: int | None = None
    note: str = ""
    approved_bp: int = 0


def sell(order: SaleOrder, *, by: str) -> Sale:
    """The goods have left, the money is in the shift, and the invoice says so.

    The same source is sold once. Raises NO_SHIFT, SHIFT_CLOSED, PRICE_CHANGED, DISCOUNT_LIMIT,
    CREDIT_LIMIT, OUT_OF_STOCK, NOT_ON_SALE, NO_POINTS, or INVALID_INPUT; then nothing has happened.
    """
    cart = order.cart
    shift_id = order.shift_id or _shift(cart.club_id, by)
    payer_id = cart.person_id or walk_in(cart.club_id)
    lock_person(payer_id)
    found = sale_of_source(order.source_id)
    if found is not None:
        return found
    if not cart.lines:
        raise invalid({"lines": _("The cart is empty.")})
    priced = price_cart(cart)
    _check_discount(order, by)
    total, rounding = _asked(priced, order.tenders)
    _check_shown(order.shown_minor, total, priced.quote.currency)
    settled = _settled(total, _with_points(order, by))
    on_account = sum(part.amount_minor for part in settled.parts if part.tender == Tender.ACCOUNT)
    if on_account:
        _check_account(cart, on_account)
    invoice = _invoice(order, priced, (payer_id, rounding, on_account), by=by)
    payments = _take(order, settled, (invoice, shift_id), by=by)
    public_id = new_public_id()
    goods = _hand_over(cart.club_id, public_id, priced.lines, by=by)
    sale = _keep(order, priced, (invoice, shift_id, public_id, rounding), goods, by=by)
    _keep_tenders(sale.id, settled, payments)
    after = {"number": sale.number, "total_minor": sale.total_minor}
    audit.note("sale.rung", "bar_sale", sale.id, after=after, by=by)
    events.record(
        SaleRung(
            sale.club_id, clock.now(), sale.id, sale.person_id, sale.total_minor, sale.currency
        )
    )
    ask_for_slip(sale, by=by)
    return sale


def _shift(club_id: int, by: str) -> int:
    shift = shift_at(club_id, by)
    if shift is None:
        raise DomainError("NO_SHIFT", _("Open a shift first, then sell."))
    return shift.id


def _check_discount(order: SaleOrder, by: str) -> None:
    depth = order.cart.discount_bp
    if not 0 <= depth <= 10_000:
        raise invalid({"discount": _("Expected 0 to 100 percent.")})
    if not depth or depth <= order.approved_bp:
        return
    if not order.note.strip():
        raise invalid({"note": _("Say why the price is lower.")})
    if not may_alone(by, order.cart.club_id, LimitKind.DISCOUNT, depth):
        text = _("This discount is above your limit. Ask a colleague to approve it.")
        raise DomainError("DISCOUNT_LIMIT", text, status=403)


def _asked(priced: Priced, tenders: Sequence[TenderOrder]) -> tuple[int, int]:
    """Return the total and the rounding in it: only a sum paid in cash alone is rounded."""
    if tenders and all(one.tender is Tender.CASH for one in tenders):
        return priced.cash_minor, priced.cash_minor - priced.total_minor
    return priced.total_minor, 0


def _check_shown(shown_minor: int | None, total_minor: int, currency: str) -> None:
    if shown_minor is None or shown_minor == total_minor:
        return
    price = {"amount_minor": total_minor, "currency": currency}
    sums = formats.money(total_minor, currency)
    text = _("The price has changed: it is %(price)s now. Ask the buyer again.", price=sums)
    raise DomainError("PRICE_CHANGED", text, extra={"price": price})


def _with_points(order: SaleOrder, by: str) -> list[TenderOrder]:
    """Return the tenders with bonus money, under its own code, for those by points."""
    cart, tenders = order.cart, []
    for one in order.tenders:
        if not one.by_points or not one.amount_minor:
            tenders.append(one)
            continue
        if one.tender is not Tender.BONUS:
            raise invalid({"tenders": _("Points pay as bonus money.")})
        code = money_for_points(cart.person_id, cart.club_id, one.amount_minor, by=by)
        tenders.append(replace(one, reference=code))
    return tenders


def _settled(total_minor: int, tenders: Sequence[TenderOrder]) -> Settled:
    if any(one.tender not in TENDERS or one.amount_minor < 0 for one in tenders):
        raise invalid({"tenders": _("This cannot be paid with at the till.")})
    offered = [Part(one.tender, one.amount_minor, reference=one.reference) for one in tenders]
    settled = settle(total_minor, offered, Tender.CASH)
    if settled.missing_minor > 0:
        raise invalid({"tenders": _("The tenders do not make the sum yet.")})
    if settled.missing_minor < 0:
        raise invalid({"tenders": _("Only cash may be more than the sum; the rest is change.")})
    return settled


def _check_account(cart: CartOrder, amount_minor: int) -> None:
    if cart.person_id is None:
        raise invalid({"member": _("Say whose account it is.")})
    account = account_of(cart.person_id, cart.club_id)
    limit = account_limit_of(cart.person_id, cart.club_id)
    owed = account.owed_minor - account.credit_minor + amount_minor
    if owed > limit:
        room = max(0, limit - account.owed_minor + account.credit_minor)
        text = _(
            "The account has room for %(sum)s. Take the rest another way.",
            sum=formats.money(room, account.currency),
        )
        raise DomainError("CREDIT_LIMIT", text)


def _invoice(order: SaleOrder, priced: Priced, payer: tuple[int, int, int], *, by: str) -> Invoice:
    payer_id, rounding, on_account = payer
    club = db.session.get_one(Club, order.cart.club_id)
    lines = list(priced.orders)
    if rounding:
        lines.append(LineOrder(_("Rounding of cash"), LineKind.ROUNDING, rounding))
    total = priced.total_minor + rounding
    today = clock.today(club.zone)
    later = today + timedelta(days=till_settings(club.id).account_days)
    due = [Due(today, total - on_account)] if total > on_account else []
    due += [Due(later, on_account)] if on_account else []
    document = InvoiceOrder(
        club_id=club.id,
        payer_id=payer_id,
        person_id=payer_id,
        lines=lines,
        source_kind=SOURCE,
        source_id=order.source_id,
        due=tuple(due),
        note=order.note,
        uses_credit=False,
    )
    return issue(document, by=by)


def _take(
    order: SaleOrder, settled: Settled, target: tuple[Invoice, int], *, by: str
) -> list[Payment | None]:
    """Every tender is taken; an account pays by credit that is there, the rest stays owed."""
    invoice, shift_id = target
    taken: list[Payment | None] = []
    for place, part in enumerate(settled.parts):
        tender = Tender(part.tender)
        payment = PaymentOrder(
            club_id=invoice.club_id,
            payer_id=invoice.payer_id,
            amount_minor=part.amount_minor,
            tender=tender,
            source_kind=SOURCE,
            source_id=f"{order.source_id}:{place}",
            invoice_ids=(invoice.id,),
            reference=part.reference,
            shift_id=shift_id,
        )
        if tender is not Tender.ACCOUNT:
            taken.append(take_payment(payment, by=by))
            continue
        credit = min(account_of(invoice.payer_id, invoice.club_id).credit_minor, part.amount_minor)
        if credit:
            take_payment(replace(payment, amount_minor=credit), by=by)
        taken.append(None)
    return taken


def _hand_over(
    club_id: int, public_id: str, lines: Sequence[PricedLine], *, by: str
) -> list[SoldGoods]:
    place = selling_place(club_id)
    if place is None:
        raise DomainError(
            "NO_PLACE", _("No stock place of this club sells. Mark one in the stock.")
        )
    sold = tuple(
        SoldLine(
            line.wanted.product_id,
            line.wanted.quantity,
            f"{public_id}:{position}",
            line.wanted.wish_ids,
        )
        for position, line in enumerate(lines, 1)
    )
    return sell_goods(place.id, sold, by=by)


def _keep(
    order: SaleOrder,
    priced: Priced,
    papers: tuple[Invoice, int, str, int],
    goods: Sequence[SoldGoods],
    *,
    by: str,
) -> Sale:
    invoice, shift_id, public_id, rounding = papers
    on_account = sum(one.amount_minor for one in order.tenders if one.tender is Tender.ACCOUNT)
    shown = priced.gross_minor - priced.discount_minor + priced.tip_minor
    sale = Sale(
        public_id=public_id,
        club_id=invoice.club_id,
        shift_id=shift_id,
        person_id=order.cart.person_id,
        invoice_id=invoice.id,
        number=invoice.number,
        currency=invoice.currency,
        gross_minor=priced.gross_minor,
        discount_minor=priced.discount_minor,
        added_tax_minor=priced.total_minor - shown,
        rounding_minor=rounding,
        tip_minor=priced.tip_minor,
        total_minor=invoice.total_minor,
        on_account_minor=on_account,
        cost_micro=sum(one.cost_micro for one in goods),
        note=clean(order.note, "note", longest=300),
        source_id=order.source_id,
        sold_on=invoice.issued_on,
        sold_by=by,
    )
    db.session.add(sale)
    db.session.flush()
    written = line_ids(invoice.id)
    sold = enumerate(zip(priced.lines, goods, strict=True))
    db.session.execute(
        insert(SaleLine),
        [_line(sale.id, place, (line, cost, written[place])) for place, (line, cost) in sold],
    )
    return sale


def _line(sale_id: int, place: int, sold: tuple[PricedLine, SoldGoods, int]) -> dict[str, Any]:
    line, cost, invoice_line_id = sold
    return {
        "sale_id": sale_id,
        "position": place + 1,
        "product_id": line.wanted.product_id,
        "invoice_line_id": invoice_line_id,
        "name": line.item.product.name,
        "wishes": ", ".join(wish.name for wish in line.wishes)[:300],
        "wish_ids": list(line.wanted.wish_ids),
        "quantity": line.wanted.quantity,
        "unit_price_minor": line.money.unit_minor,
        "discount_minor": line.money.discount_minor,
        "tax_minor": line.tax_minor,
        "total_minor": line.total_minor,
        "cost_micro": cost.cost_micro,
    }


def _keep_tenders(sale_id: int, settled: Settled, payments: Sequence[Payment | None]) -> None:
    for part, payment in zip(settled.parts, payments, strict=True):
        db.session.add(
            SaleTender(
                sale_id=sale_id,
                tender=Tender(part.tender),
                amount_minor=part.amount_minor,
                given_minor=part.given_minor or part.amount_minor,
                payment_id=payment.id if payment else None,
            )
        )
    db.session.flush()
