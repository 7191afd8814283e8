"""Queries room: the rows a figure of the profit is made of; their sum is the figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import Row, select

from clubcrm.core.clock import day_bounds, local_day
from clubcrm.core.db import db
from clubcrm.core.months import month_end
from clubcrm.people.models import Person
from memberships.billing.models import (
    Invoice,
    InvoiceLine,
    Payment,
    Refund,
    Voucher,
    VoucherEntry,
    VoucherKind,
    VoucherMove,
    WriteOff,
)
from memberships.billing.orders import LineKind, Tender
from memberships.books.calendar import ClubBooks
from memberships.books.profit import (
    BONUS,
    EARNED,
    GIFTS_LAPSED,
    GIVEN_UP,
    TAX_BILLED,
    TAX_PAID,
    book_rows,
    earned_rows,
)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a row leads: an endpoint with the public id it wants."""

    endpoint: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class DrillRow:
    """One row a figure is made of."""

    day: date
    text: str
    reference: str
    amount_minor: int
    who: str = ""
    link: Link | None = None
    invoice: str = ""  # public id of the document behind the number


def rows_of(books: ClubBooks, month: date, name: str) -> list[DrillRow]:
    """Return what a figure of a month is made of as of now; an unknown name is made of nothing."""
    special: Mapping[str, Callable[[ClubBooks, date], list[DrillRow]]] = {
        GIFTS_LAPSED: _lapsed,
        BONUS: _bonus,
        GIVEN_UP: _given_up,
        TAX_BILLED: _billed_taxes,
    }
    part, _dot, rest = name.partition(".")
    if name in special:
        return special[name](books, month)
    if part == EARNED:
        return _earned(books, month, rest)
    return [
        DrillRow(
            one.shown.line.booked_on,
            one.shown.line.text,
            one.shown.line.reference,
            one.tax_minor if name == TAX_PAID else one.net_minor,
            one.shown.payee.name if one.shown.payee else "",
            Link("books.line", "public_id", one.shown.line.public_id),
        )
        for one in book_rows(books, month, name)
    ]


def names_of(person_ids: set[int]) -> dict[int, tuple[str, str]]:
    """Return public id and name of people by their keys."""
    found: dict[int, tuple[str, str]] = {}
    wanted = sorted(person_ids)
    for piece in (wanted[at : at + 500] for at in range(0, len(wanted), 500)):
        rows = db.session.execute(
            select(Person.id, Person.public_id, Person.given_name, Person.family_name).where(
                Person.id.in_(piece)
            )
        )
        found |= {
            row.id: (row.public_id, f"{row.given_name} {row.family_name}".strip()) for row in rows
        }
    return found


def member_link(names: Mapping[int, tuple[str, str]], person_id: int | None) -> Link | None:
    """Return the way to a member's card."""
    if person_id is None or person_id not in names:
        return None
    return Link("card.show", "person_id", names[person_id][0])


def _earned(books: ClubBooks, month: date, kind: str) -> list[DrillRow]:
    if kind not in set(LineKind):
        return []
    rows = earned_rows(books, month, LineKind(kind))
    names = names_of({row.billed.person_id for row in rows})
    return [
        DrillRow(
            row.billed.line.billed_on,
            row.billed.text,
            row.billed.number,
            row.amount_minor,
            names.get(row.billed.person_id, ("", ""))[1],
            member_link(names, row.billed.person_id),
            row.billed.invoice,
        )
        for row in rows
    ]


def _lapsed(books: ClubBooks, month: date) -> list[DrillRow]:
    return [
        DrillRow(local_day(at, books.zone), _("Gift card lapsed"), code, -delta)
        for code, delta, at in _voucher_moves(books, month, VoucherMove.EXPIRE)
    ]


def _bonus(books: ClubBooks, month: date) -> list[DrillRow]:
    last = month_end(month)
    spent = db.session.execute(
        select(Payment.taken_on, Payment.number, Payment.amount_minor, Payment.payer_id).where(
            Payment.club_id == books.club_id,
            Payment.tender == Tender.BONUS,
            Payment.taken_on.between(month, last),
        )
    ).all()
    back = db.session.execute(
        select(Refund.refunded_on, Payment.number, -Refund.amount_minor, Payment.payer_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(
            Refund.club_id == books.club_id,
            Refund.tender == Tender.BONUS,
            Refund.refunded_on.between(month, last),
        )
    ).all()
    names = names_of({payer for *_rest, payer in [*spent, *back]})
    rows = [
        DrillRow(day, _("Paid with bonus"), number, -amount, names[payer][1],
                 member_link(names, payer))
        for day, number, amount, payer in [*spent, *back]
    ]  # fmt: skip
    return rows + _given_cards(books, month)


def _given_cards(books: ClubBooks, month: date) -> list[DrillRow]:
    """Gift cards put into the world, less what was billed for them."""
    issued = [
        DrillRow(local_day(at, books.zone), _("Gift card issued"), code, -delta)
        for code, delta, at in _voucher_moves(books, month, VoucherMove.ISSUE)
    ]
    billed = [
        DrillRow(day, text, number, net)
        for day, text, number, net in db.session.execute(
            select(Invoice.issued_on, InvoiceLine.text, Invoice.number, InvoiceLine.net_minor)
            .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
            .where(
                Invoice.club_id == books.club_id,
                Invoice.issued_on.between(month, month_end(month)),
                InvoiceLine.kind == LineKind.GIFT,
            )
        )
    ]
    return issued + billed if sum(row.amount_minor for row in issued + billed) else []


def _given_up(books: ClubBooks, month: date) -> list[DrillRow]:
    rows = db.session.execute(
        select(WriteOff.written_on, WriteOff.reason, Invoice.number, WriteOff.amount_minor,
               Invoice.payer_id)
        .join(Invoice, Invoice.id == WriteOff.invoice_id)
        .where(
            Invoice.club_id == books.club_id,
            WriteOff.written_on.between(month, month_end(month)),
        )
        .order_by(WriteOff.written_on)
    ).all()  # fmt: skip
    names = names_of({row.payer_id for row in rows})
    return [
        DrillRow(day, reason, number, -amount, names[payer][1], member_link(names, payer))
        for day, reason, number, amount, payer in rows
    ]


def _billed_taxes(books: ClubBooks, month: date) -> list[DrillRow]:
    rows = db.session.execute(
        select(
            Invoice.issued_on,
            Invoice.number,
            Invoice.tax_minor,
            Invoice.person_id,
            Invoice.public_id,
        )
        .where(
            Invoice.club_id == books.club_id,
            Invoice.issued_on.between(month, month_end(month)),
            Invoice.tax_minor != 0,
        )
        .order_by(Invoice.issued_on, Invoice.id)
    ).all()
    names = names_of({row.person_id for row in rows})
    return [
        DrillRow(
            day,
            _("Tax on an invoice") if tax > 0 else _("Tax of a credit note"),
            number,
            tax,
            names[person][1],
            member_link(names, person),
            public_id,
        )
        for day, number, tax, person, public_id in rows
    ]


def _voucher_moves(
    books: ClubBooks, month: date, kind: VoucherMove
) -> Sequence[Row[str, int, datetime]]:
    begin, end = day_bounds(month, books.zone)[0], day_bounds(month_end(month), books.zone)[1]
    return db.session.execute(
        select(Voucher.code, VoucherEntry.delta_minor, VoucherEntry.at)
        .join(Voucher, Voucher.id == VoucherEntry.voucher_id)
        .where(
            Voucher.club_id == books.club_id,
            Voucher.kind == VoucherKind.VOUCHER,
            VoucherEntry.kind == kind,
            VoucherEntry.at >= begin,
            VoucherEntry.at < end,
        )
        .order_by(VoucherEntry.at)
    ).all()
