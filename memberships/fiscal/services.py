"""Verbs of documents for the tax office: note a bill, note what takes it back, try again.

Noting writes rows of our own and never asks the office, so that no sale waits for it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from memberships.fiscal.drivers import Buyer, Content, Driver
from memberships.fiscal.models import FiscalDocument, FiscalSeries
from memberships.fiscal.queries import document_of
from memberships.fiscal.registry import chosen, driver_named
from memberships.fiscal.rules import DocumentKind, FiscalState, Sums, adds_up, document_number


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is about: one source has one document."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class BillOrder:
    """A bill, or with `refers_to` a credit note about an earlier one; all amounts are positive."""

    club_id: int
    source: Source
    issued_at: datetime
    currency: str
    sums: Sums
    buyer: Buyer = field(default_factory=Buyer)
    refers_to: Source | None = None
    reason: str = ""


def note_bill(order: BillOrder) -> FiscalDocument | None:
    """The office will hear of it; None when the club tells no office, or not of the first bill.

    The same source twice is the same document.
    """
    driver = driver_named(chosen(order.club_id).driver)
    if driver is None or order.currency not in driver.currencies:
        return None
    known = document_of(order.source.kind, order.source.id)
    if known is not None:
        return known
    first = None
    if order.refers_to is not None:
        first = document_of(order.refers_to.kind, order.refers_to.id)
        if first is None:
            return None
    document = _write(order, driver, first)
    whole = 10 ** get_currency_precision(order.currency)
    if not adds_up(order.sums, whole):
        document.state, document.words = FiscalState.REFUSED, "parts and total differ"
    db.session.add(document)
    db.session.flush()
    return document


def try_again(document: FiscalDocument, *, by: str) -> None:
    """The document is tried at the next turn, whatever was answered before."""
    changed = db.session.execute(
        update(FiscalDocument)
        .where(FiscalDocument.id == document.id, FiscalDocument.state != FiscalState.ACCEPTED)
        .values(state=FiscalState.WAITING, next_try_at=None, settled_at=None)
        .returning(FiscalDocument.id)
    ).first()
    if changed is None:
        raise not_found(_("There is no such bill to tell."))
    audit.note("fiscal.again", "fiscal_document", document.id, by=by)


def _write(order: BillOrder, driver: Driver, first: FiscalDocument | None) -> FiscalDocument:
    club = db.session.get_one(Club, order.club_id)
    day = clock.local_day(order.issued_at, club.zone)
    kind = DocumentKind.BILL if order.refers_to is None else DocumentKind.RETURN
    year = driver.year_of(day)
    sequence = _next_number(order.club_id, year, kind)
    number = document_number(year, kind, order.club_id, sequence)
    content = Content(
        kind,
        number,
        year,
        day,
        order.sums,
        order.currency,
        order.buyer,
        refers_to=first.number if first else "",
        reason=order.reason,
    )
    return FiscalDocument(
        club_id=order.club_id,
        driver=driver.name,
        kind=kind,
        refers_id=first.id if first else None,
        source_kind=order.source.kind,
        source_id=order.source.id,
        fiscal_year=year,
        sequence=sequence,
        number=number,
        content=driver.written(content),
        currency=order.currency,
        total_minor=order.sums.total_minor,
        issued_on=day,
        issued_at=order.issued_at,
    )


def _next_number(club_id: int, year: str, kind: DocumentKind) -> int:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fresh = make(FiscalSeries).values(club_id=club_id, fiscal_year=year, kind=kind, last_number=1)
    return db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["club_id", "fiscal_year", "kind"],
            set_={"last_number": FiscalSeries.last_number + 1},
        ).returning(FiscalSeries.last_number)
    ).scalar_one()
