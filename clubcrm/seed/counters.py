"""What came out of the printers lately, and bills that the tax office of Nepal was told of."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import Unit
from clubcrm.people.models import Person
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from memberships.billing.models import Invoice, InvoiceKind
from memberships.fiscal.drivers import Buyer, Content
from memberships.fiscal.models import FiscalAttempt, FiscalDocument, FiscalSeries
from memberships.fiscal.nepal import Cbms
from memberships.fiscal.rules import DocumentKind, FiscalState, Meaning, Sums, document_number
from memberships.printing.models import Printer, PrintJob
from memberships.printing.rules import Look, PrintState, Row, Slip, kept

SLIPS, BILLS = 12, 40
OFFICE = Cbms(("", ""), "301234567")


def keep_counters(ground: Ground, unit: Unit) -> None:
    """Each club has printed slips; the one in Nepal has told the office of its newest bills."""
    for place, club_id in enumerate(ground.club_ids):
        with unit() as session:
            club = session.get_one(Club, club_id)
            newest = session.scalars(
                select(Invoice)
                .where(Invoice.club_id == club_id, Invoice.kind == InvoiceKind.INVOICE)
                .order_by(Invoice.id.desc())
                .limit(BILLS)
            ).all()
            _slips(session, ground, place, list(newest[:SLIPS]))
            if club.currency in OFFICE.currencies:
                _bills(session, ground, club, list(reversed(newest)))


def _slips(session: Session, ground: Ground, place: int, invoices: list[Invoice]) -> None:
    # Out of use, so that no sale of the demo looks for a printer that is not there.
    printer = Printer(
        public_id=public_id(ground.order.chance("printer", place)),
        club_id=ground.club_ids[place],
        name="Desk, before the move",
        host="192.168.1.50",
        drawer_pin=2,
        is_active=False,
        created_at=ground.order.moment - timedelta(days=400),
    )
    session.add(printer)
    session.flush()
    for number, invoice in enumerate(invoices):
        is_dropped = number == len(invoices) - 1
        slip = Slip((Row(invoice.number, look=Look.TITLE),))
        session.add(
            PrintJob(
                public_id=public_id(ground.order.chance("slip", place, number)),
                printer_id=printer.id,
                source_kind="invoice",
                source_id=str(invoice.id),
                title=invoice.number,
                content=kept(slip),
                state=PrintState.DROPPED if is_dropped else PrintState.PRINTED,
                attempts=1,
                trouble="no paper" if is_dropped else "",
                asked_at=invoice.issued_at,
                asked_by=ground.actor("desk"),
                settled_at=invoice.issued_at + timedelta(seconds=2),
            )
        )


def _bills(session: Session, ground: Ground, club: Club, invoices: list[Invoice]) -> None:
    sequence: dict[str, int] = {}
    for invoice in invoices:
        day = clock.local_day(invoice.issued_at, club.zone)
        year = OFFICE.year_of(day)
        sequence[year] = number = sequence.get(year, 0) + 1
        is_refused = invoice is invoices[-1]
        payer = session.get_one(Person, invoice.payer_id).full_name
        document = _bill(ground, club, invoice, payer, (year, number))
        document.state = FiscalState.REFUSED if is_refused else FiscalState.ACCEPTED
        document.code = "104" if is_refused else "200"
        session.add(document)
        session.flush()
        session.add(
            FiscalAttempt(
                document_id=document.id,
                at=invoice.issued_at + timedelta(seconds=9),
                code=document.code,
                words=document.code,
                meaning=(Meaning.REFUSED if is_refused else Meaning.ACCEPTED).value,
            )
        )
    session.add_all(
        FiscalSeries(club_id=club.id, fiscal_year=year, kind=DocumentKind.BILL, last_number=number)
        for year, number in sequence.items()
    )


def _bill(
    ground: Ground, club: Club, invoice: Invoice, payer: str, place: tuple[str, int]
) -> FiscalDocument:
    year, sequence = place
    day = clock.local_day(invoice.issued_at, club.zone)
    taxed = invoice.net_minor if invoice.tax_minor else 0
    sums = Sums(taxed, invoice.tax_minor, invoice.net_minor - taxed, invoice.total_minor)
    number = document_number(year, DocumentKind.BILL, club.id, sequence)
    content = Content(DocumentKind.BILL, number, year, day, sums, club.currency, Buyer(payer))
    return FiscalDocument(
        public_id=public_id(ground.order.chance("bill", club.id, year, sequence)),
        club_id=club.id,
        driver=OFFICE.name,
        kind=DocumentKind.BILL,
        source_kind="invoice",
        source_id=str(invoice.id),
        fiscal_year=year,
        sequence=sequence,
        number=number,
        content=OFFICE.written(content),
        currency=club.currency,
        total_minor=invoice.total_minor,
        issued_on=day,
        issued_at=invoice.issued_at,
        attempts=1,
        settled_at=invoice.issued_at + timedelta(seconds=9),
    )
