"""Queries room: what a club owes its members at the end of a day, and the identity of its books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from clubcrm.core.clock import day_bounds
from clubcrm.core.db import db
from memberships.billing.models import (
    Allocation,
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Payment,
    Refund,
    Voucher,
    VoucherEntry,
    VoucherKind,
    VoucherMove,
)
from memberships.billing.orders import MONEY_TENDERS, LineKind, Tender
from memberships.books.billed import Billed, billed_lines
from memberships.books.calendar import ClubBooks
from memberships.books.earning import Balances, Flows, Promise, owed_until

_DAY = timedelta(days=1)


class OwedKind(StrEnum):
    """What a club owes: time, units, gift cards that were paid, money on account."""

    TIME = "time"
    UNITS = "units"
    GIFT_CARDS = "gift_cards"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed: what it is, to whom, and what of it is still to be given."""

    kind: OwedKind
    text: str
    number: str
    invoice: str
    person_id: int | None
    amount_minor: int
    until: date | None = None


def owed_lines(books: ClubBooks, day: date) -> list[tuple[Billed, int]]:
    """Return the billed lines not yet earned at the end of a day, with what is left of each."""
    found = []
    for one in billed_lines(books, day, day):
        left = owed_until(one.line, day) if one.line.promise is not Promise.GIFT else 0
        if left:
            found.append((one, left))
    return found


def owed_rows(
    books: ClubBooks, day: date, lines: Sequence[tuple[Billed, int]] | None = None
) -> list[Owed]:
    """Return everything owed at the end of a day, the largest first; the sum is the liability."""
    rows = [
        Owed(
            OwedKind.UNITS if one.line.promise is Promise.UNITS else OwedKind.TIME,
            one.text,
            one.number,
            one.invoice,
            one.person_id,
            left,
            one.line.last,
        )
        for one, left in (owed_lines(books, day) if lines is None else lines)
    ]
    rows += [*_gift_card_rows(books, day), *_credit_rows(books, day)]
    return sorted(rows, key=lambda row: (-row.amount_minor, row.number))


def owed_by_kind(rows: list[Owed]) -> dict[OwedKind, int]:
    """Return the sums of what is owed by kind."""
    sums = dict.fromkeys(OwedKind, 0)
    for row in rows:
        sums[row.kind] += row.amount_minor
    return sums


def balances(books: ClubBooks, day: date) -> Balances:
    """Return what stands at the end of a day, each figure from its own ledger."""
    sums = owed_by_kind(owed_rows(books, day))
    return Balances(
        unearned=sums[OwedKind.TIME] + sums[OwedKind.UNITS],
        gift_cards=sums[OwedKind.GIFT_CARDS],
        credit=sums[OwedKind.CREDIT],
        receivable=receivable(books, day),
    )


def flows(books: ClubBooks, first: date, last: date) -> Flows:
    """Return what happened in a time, for the identity that `earning.gap` states."""
    earned = billed_net(books, first, last)
    change = _unearned(books, last) - _unearned(books, first - _DAY)
    lapsed, given = gift_cards_moved(books, first, last)
    bonus = tender_sums(books, first, last).get(Tender.BONUS, 0)
    return Flows(
        cash_in=sum(
            amount
            for tender, amount in tender_sums(books, first, last).items()
            if tender in MONEY_TENDERS
        ),
        earned=sum(earned.values()) - change,
        tax=billed_tax(books, first, last),
        bonus_spent=bonus,
        given_up=given_up(books, first, last),
        gifts_lapsed=lapsed,
        gifts_given=given - gift_net(books, first, last),
    )


def billed_net(books: ClubBooks, first: date, last: date) -> dict[LineKind, int]:
    """Return what was billed net of tax by kind, credit notes taken off; gift cards left out."""
    rows = db.session.execute(
        select(InvoiceLine.kind, func.sum(InvoiceLine.net_minor))
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            Invoice.club_id == books.club_id,
            Invoice.issued_on.between(first, last),
            InvoiceLine.kind != LineKind.GIFT,
        )
        .group_by(InvoiceLine.kind)
    )
    return {kind: int(net) for kind, net in rows}


def billed_tax(books: ClubBooks, first: date, last: date) -> int:
    """Return the tax that was billed, credit notes taken off."""
    return int(
        db.session.scalar(
            select(func.sum(Invoice.tax_minor)).where(
                Invoice.club_id == books.club_id, Invoice.issued_on.between(first, last)
            )
        )
        or 0
    )


def tender_sums(books: ClubBooks, first: date, last: date) -> Mapping[Tender, int]:
    """Return payments less refunds by tender, by the day on which they are dated."""
    came = db.session.execute(
        select(Payment.tender, func.sum(Payment.amount_minor))
        .where(Payment.club_id == books.club_id, Payment.taken_on.between(first, last))
        .group_by(Payment.tender)
    )
    went = db.session.execute(
        select(Refund.tender, func.sum(Refund.amount_minor))
        .where(Refund.club_id == books.club_id, Refund.refunded_on.between(first, last))
        .group_by(Refund.tender)
    )
    sums = {tender: int(amount) for tender, amount in came}
    for tender, amount in went:
        sums[tender] = sums.get(tender, 0) - int(amount)
    return sums


def given_up(books: ClubBooks, first: date, last: date) -> int:
    """Return what was written off in a time, what was taken back of it left out."""
    begin, end = day_bounds(first, books.zone)[0], day_bounds(last, books.zone)[1]
    return int(
        db.session.scalar(
            select(func.sum(Allocation.amount_minor))
            .join(Instalment, Instalment.id == Allocation.instalment_id)
            .join(Invoice, Invoice.id == Instalment.invoice_id)
            .where(
                Invoice.club_id == books.club_id,
                Allocation.write_off_id.is_not(None),
                Allocation.at >= begin,
                Allocation.at < end,
            )
        )
        or 0
    )


def receivable(books: ClubBooks, day: date) -> int:
    """Return what members still had to pay at the end of a day, due or not."""
    end = day_bounds(day, books.zone)[1]
    asked = db.session.scalar(
        select(func.sum(Invoice.total_minor)).where(
            Invoice.club_id == books.club_id,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.issued_on <= day,
        )
    )
    settled = db.session.scalar(
        select(func.sum(Allocation.amount_minor))
        .join(Instalment, Instalment.id == Allocation.instalment_id)
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(Invoice.club_id == books.club_id, Allocation.at < end)
    )
    return int(asked or 0) - int(settled or 0)


def gift_cards_moved(books: ClubBooks, first: date, last: date) -> tuple[int, int]:
    """Return how much of gift cards lapsed, and how much was put onto cards, in a time."""
    begin, end = day_bounds(first, books.zone)[0], day_bounds(last, books.zone)[1]
    rows = db.session.execute(
        select(VoucherEntry.kind, func.sum(VoucherEntry.delta_minor))
        .join(Voucher, Voucher.id == VoucherEntry.voucher_id)
        .where(
            Voucher.club_id == books.club_id,
            Voucher.kind == VoucherKind.VOUCHER,
            VoucherEntry.at >= begin,
            VoucherEntry.at < end,
        )
        .group_by(VoucherEntry.kind)
    )
    sums = {kind: int(delta) for kind, delta in rows}
    return -sums.get(VoucherMove.EXPIRE, 0), sums.get(VoucherMove.ISSUE, 0)


def gift_net(books: ClubBooks, first: date, last: date) -> int:
    """Return what was billed for gift cards in a time."""
    return int(
        db.session.scalar(
            select(func.sum(InvoiceLine.net_minor))
            .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
            .where(
                Invoice.club_id == books.club_id,
                Invoice.issued_on.between(first, last),
                InvoiceLine.kind == LineKind.GIFT,
            )
        )
        or 0
    )


def _unearned(books: ClubBooks, day: date) -> int:
    return sum(left for _one, left in owed_lines(books, day))


def _gift_card_rows(books: ClubBooks, day: date) -> list[Owed]:
    end = day_bounds(day, books.zone)[1]
    rows = db.session.execute(
        select(
            Voucher.code, Voucher.person_id, Voucher.valid_until, func.sum(VoucherEntry.delta_minor)
        )
        .join(VoucherEntry, VoucherEntry.voucher_id == Voucher.id)
        .where(
            Voucher.club_id == books.club_id,
            Voucher.kind == VoucherKind.VOUCHER,
            VoucherEntry.at < end,
        )
        .group_by(Voucher.id, Voucher.code, Voucher.person_id, Voucher.valid_until)
        .having(func.sum(VoucherEntry.delta_minor) != 0)
    )
    return [
        Owed(OwedKind.GIFT_CARDS, code, code, "", person, int(left), until)
        for code, person, until, left in rows
    ]


def _credit_rows(books: ClubBooks, day: date) -> list[Owed]:
    end = day_bounds(day, books.zone)[1]
    spent = (
        select(Allocation.payment_id, func.sum(Allocation.amount_minor).label("used"))
        .where(Allocation.payment_id.is_not(None), Allocation.at < end)
        .group_by(Allocation.payment_id)
        .subquery()
    )
    back = (
        select(Refund.payment_id, func.sum(Refund.amount_minor).label("back"))
        .where(Refund.club_id == books.club_id, Refund.refunded_on <= day)
        .group_by(Refund.payment_id)
        .subquery()
    )
    free = Payment.amount_minor - func.coalesce(spent.c.used, 0) - func.coalesce(back.c.back, 0)
    rows = db.session.execute(
        select(Payment.number, Payment.public_id, Payment.payer_id, free)
        .outerjoin(spent, spent.c.payment_id == Payment.id)
        .outerjoin(back, back.c.payment_id == Payment.id)
        .where(Payment.club_id == books.club_id, Payment.taken_on <= day, free != 0)
    )
    return [
        Owed(OwedKind.CREDIT, number, number, "", payer, int(left))
        for number, _public, payer, left in rows
    ]
