"""The invoices, payments and credit notes of what a demo bar rang up."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from clubcrm.core.clubs import Club
from clubcrm.seed.larder_goods import Goods
from clubcrm.seed.order import public_id
from clubcrm.seed.slate import Row, Slate
from memberships.billing.models import (
    Allocation,
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    NumberSeries,
    Payment,
    Refund,
    SeriesKind,
)
from memberships.billing.numbers import number_text
from memberships.billing.orders import LineKind, LineOrder, Tender
from memberships.billing.totals import LineTotals

ACCOUNT_DAYS = 14
TIP = "Tip"


@dataclass(slots=True)
class TicketLine:
    """One product of a ticket with what it comes to."""

    key: str
    goods: Goods
    wish: str
    sold: LineOrder
    totals: LineTotals
    invoice_line_id: int = 0


@dataclass(slots=True)
class TakenBack:
    """The first line of a ticket that came back, by this credit note."""

    public_id: str
    credit_note_id: int
    reason: str
    at: datetime


@dataclass(slots=True)
class Ticket:
    """What one buyer took at once, how it was paid, and the papers of it."""

    public_id: str
    cart_id: str
    person_id: int | None
    day: date
    at: datetime
    by: str
    lines: list[TicketLine]
    note: str
    discount_bp: int
    tip_minor: int = 0
    tenders: list[tuple[Tender, int]] = field(default_factory=list)
    payment_ids: list[int | None] = field(default_factory=list)
    invoice_id: int = 0
    number: str = ""
    back: TakenBack | None = None

    @property
    def source(self) -> str:
        """The cause that its papers name."""
        return f"cart:{self.cart_id}"

    @property
    def total_minor(self) -> int:
        """What had to be paid, with the tip."""
        return sum(line.totals.total_minor for line in self.lines) + self.tip_minor

    @property
    def owed_minor(self) -> int:
        """What was put on the account."""
        return sum(amount for tender, amount in self.tenders if tender is Tender.ACCOUNT)


class BarPapers:
    """Writes the papers of one club's bar in the order of time."""

    def __init__(self, session: Session, club: Club, chance: Random, walk_in_id: int) -> None:
        self.session, self.club, self.chance = session, club, chance
        self.walk_in_id = walk_in_id
        self.slate = Slate(session)
        self.parts: dict[int, int] = {}
        self.payments: dict[int, Row] = {}
        self.series: dict[tuple[SeriesKind, int], NumberSeries] = {}
        self.last: dict[tuple[SeriesKind, int], int] = {}

    def write(self, ticket: Ticket) -> None:
        """The ticket has its invoice, and its money is in."""
        totals = [line.totals for line in ticket.lines]
        if ticket.tip_minor:
            totals.append(LineTotals(ticket.tip_minor, 0, ticket.tip_minor, 0))
        source = ("bar", ticket.source)
        paper = self._paper(ticket, InvoiceKind.INVOICE, totals, source, ticket.at)
        ticket.invoice_id, ticket.number = paper["id"], paper["number"]
        for position, line in enumerate(ticket.lines, 1):
            row = self._line(ticket.invoice_id, position, line.sold, line.totals)
            line.invoice_line_id = row["id"]
        if ticket.tip_minor:
            tip = LineOrder(TIP, LineKind.OTHER, ticket.tip_minor)
            self._line(ticket.invoice_id, len(ticket.lines) + 1, tip, totals[-1])
        self._take(ticket)

    def give_back(self, ticket: Ticket, reason: str) -> None:
        """The first line is credited, and its money went back out of the drawer."""
        at, line = ticket.at + timedelta(minutes=10), ticket.lines[0]
        back_id, amount = public_id(self.chance), line.totals.total_minor
        totals = LineTotals(
            -line.totals.net_minor, -line.totals.tax_minor, -amount, line.totals.tax_bp
        )
        source = ("credit", f"{ticket.public_id}:{back_id}")
        note = self._paper(ticket, InvoiceKind.CREDIT_NOTE, [totals], source, at)
        sold = LineOrder(line.sold.text, line.sold.kind, -amount)
        self._line(note["id"], 1, sold, totals, line.invoice_line_id)
        payment = self.payments[ticket.payment_ids[0] or 0]
        payment["refunded_minor"] = amount
        self._allocate(ticket, -amount, at, payment_id=payment["id"])
        self._allocate(ticket, amount, at, credit_note_id=note["id"])
        self.slate.add(
            Refund,
            public_id=public_id(self.chance),
            club_id=self.club.id,
            payment_id=payment["id"],
            amount_minor=amount,
            currency=self.club.currency,
            tender=payment["tender"],
            reason=reason,
            source_id=f"{ticket.public_id}:{back_id}:{payment['id']}",
            refunded_on=ticket.day,
            at=at,
            by=ticket.by,
        )
        ticket.back = TakenBack(back_id, note["id"], reason, at)

    def close(self) -> None:
        """All papers stand in the store, and the last number of every series is kept."""
        self.slate.write()
        for key, series in self.series.items():
            series.last_number = self.last[key]
        self.session.flush()

    def _next(self, kind: SeriesKind, year: int) -> int:
        if (kind, year) not in self.series:
            series = self.session.get(NumberSeries, (self.club.id, kind, year))
            if series is None:
                series = NumberSeries(club_id=self.club.id, kind=kind, year=year, last_number=0)
                self.session.add(series)
            self.series[kind, year], self.last[kind, year] = series, series.last_number
        self.last[kind, year] += 1
        return self.last[kind, year]

    def _paper(
        self,
        ticket: Ticket,
        kind: InvoiceKind,
        totals: list[LineTotals],
        source: tuple[str, str],
        at: datetime,
    ) -> Row:
        year = ticket.day.year
        sequence = self._next(SeriesKind(kind.value), year)
        payer_id = ticket.person_id or self.walk_in_id
        return self.slate.add(
            Invoice,
            public_id=public_id(self.chance),
            club_id=self.club.id,
            kind=kind,
            year=year,
            sequence=sequence,
            number=number_text(self.club.id, SeriesKind(kind.value), year, sequence),
            payer_id=payer_id,
            person_id=payer_id,
            credits_id=ticket.invoice_id if kind is InvoiceKind.CREDIT_NOTE else None,
            currency=self.club.currency,
            tax_included=True,
            net_minor=sum(one.net_minor for one in totals),
            tax_minor=sum(one.tax_minor for one in totals),
            total_minor=sum(one.total_minor for one in totals),
            source_kind=source[0],
            source_id=source[1],
            note=ticket.note,
            issued_on=ticket.day,
            issued_at=at,
            issued_by=ticket.by,
        )

    def _line(
        self,
        invoice_id: int,
        position: int,
        sold: LineOrder,
        totals: LineTotals,
        credits_line_id: int | None = None,
    ) -> Row:
        return self.slate.add(
            InvoiceLine,
            invoice_id=invoice_id,
            position=position,
            kind=sold.kind,
            text=sold.text,
            quantity=sold.quantity,
            unit_price_minor=sold.unit_price_minor,
            discount_minor=sold.discount_minor,
            tax_bp=totals.tax_bp,
            net_minor=totals.net_minor,
            tax_minor=totals.tax_minor,
            total_minor=totals.total_minor,
            credits_line_id=credits_line_id,
        )

    def _take(self, ticket: Ticket) -> None:
        owed = ticket.owed_minor
        dues = [(ticket.day, ticket.total_minor - owed, 0)]
        dues += [(ticket.day + timedelta(days=ACCOUNT_DAYS), owed, owed)]
        parts = [
            self.slate.add(
                Instalment,
                invoice_id=ticket.invoice_id,
                position=position,
                due_on=on,
                amount_minor=amount,
                open_minor=left,
            )
            for position, (on, amount, left) in enumerate((due for due in dues if due[1]), 1)
        ]
        self.parts[ticket.invoice_id] = parts[0]["id"]
        ticket.payment_ids = [
            None if tender is Tender.ACCOUNT else self._payment(ticket, place)
            for place, (tender, _amount) in enumerate(ticket.tenders)
        ]

    def _payment(self, ticket: Ticket, place: int) -> int:
        tender, amount = ticket.tenders[place]
        year = ticket.day.year
        sequence = self._next(SeriesKind.RECEIPT, year)
        payment = self.slate.add(
            Payment,
            public_id=public_id(self.chance),
            club_id=self.club.id,
            payer_id=ticket.person_id or self.walk_in_id,
            year=year,
            sequence=sequence,
            number=number_text(self.club.id, SeriesKind.RECEIPT, year, sequence),
            tender=tender,
            amount_minor=amount,
            free_minor=0,
            refunded_minor=0,
            currency=self.club.currency,
            source_kind="bar",
            source_id=f"{ticket.source}:{place}",
            taken_on=ticket.day,
            taken_at=ticket.at,
            taken_by=ticket.by,
        )
        key: int = payment["id"]
        self.payments[key] = payment
        self._allocate(ticket, amount, ticket.at, payment_id=key)
        return key

    def _allocate(
        self,
        ticket: Ticket,
        amount: int,
        at: datetime,
        payment_id: int | None = None,
        credit_note_id: int | None = None,
    ) -> None:
        self.slate.add(
            Allocation,
            instalment_id=self.parts[ticket.invoice_id],
            payment_id=payment_id,
            credit_note_id=credit_note_id,
            amount_minor=amount,
            at=at,
            by=ticket.by,
        )
