"""Services room: the invoices of a night, many in one unit of work by few statements.

What `issue` does for one sale, for sales of one club that are due later: same numbers, lines,
parts, audit lines and facts. Who has credit has it used by the usual way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject, new_public_id
from clubcrm.people.queries.locks import lock_people
from memberships.billing.models import (
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    NumberSeries,
    SeriesKind,
)
from memberships.billing.numbers import number_text
from memberships.billing.office import tell_office_of_many
from memberships.billing.orders import LineOrder
from memberships.billing.settings import money_settings
from memberships.billing.totals import LineTotals, TaxTable, line_totals
from memberships.events import InvoiceIssued


@dataclass(frozen=True, slots=True)
class PeriodSale:
    """One line sold to one payer, to be paid by one day; the source is sold once."""

    payer_id: int
    person_id: int
    line: LineOrder
    source_id: str
    due_on: date


@dataclass(frozen=True, slots=True)
class _Paper:
    """A sale with what it comes to and the number it gets."""

    sale: PeriodSale
    totals: LineTotals
    sequence: int
    number: str


def issue_many(
    club_id: int, source_kind: str, sales: Sequence[PeriodSale], *, by: str
) -> dict[str, int]:
    """Every sale has its invoice; returns invoice ids by source.

    A sale that was invoiced before keeps its invoice. All parts must be due today or later.
    """
    club = db.session.get_one(Club, club_id)
    lock_people({sale.payer_id for sale in sales})
    found = _known(source_kind, [sale.source_id for sale in sales])
    fresh = [sale for sale in sales if sale.source_id not in found]
    if not fresh:
        return found
    today, taxes = clock.today(club.zone), money_settings(club_id).taxes
    papers = _numbered(club_id, today.year, fresh, taxes)
    ids = _write(club, source_kind, papers, today, taxes, by)
    _tell(club, papers, ids, by=by)
    return found | {
        paper.sale.source_id: invoice_id for paper, invoice_id in zip(papers, ids, strict=True)
    }


def _known(source_kind: str, source_ids: Sequence[str]) -> dict[str, int]:
    rows = db.session.execute(
        select(Invoice.source_id, Invoice.id).where(
            Invoice.source_kind == source_kind, Invoice.source_id.in_(source_ids)
        )
    )
    return {source: invoice_id for source, invoice_id in rows}  # noqa: C416 - rows are no pairs


def _numbered(
    club_id: int, year: int, sales: Sequence[PeriodSale], taxes: TaxTable
) -> list[_Paper]:
    """So many numbers of the series are taken at once, without a gap."""
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    count, kind = len(sales), SeriesKind.INVOICE
    taken = make(NumberSeries).values(club_id=club_id, kind=kind, year=year, last_number=count)
    last = db.session.execute(
        taken.on_conflict_do_update(
            index_elements=["club_id", "kind", "year"],
            set_={"last_number": NumberSeries.last_number + count},
        ).returning(NumberSeries.last_number)
    ).scalar_one()
    return [
        _Paper(
            sale,
            line_totals(sale.line, taxes),
            sequence,
            number_text(club_id, kind, year, sequence),
        )
        for sequence, sale in enumerate(sales, last - count + 1)
    ]


def _write(
    club: Club,
    source_kind: str,
    papers: Sequence[_Paper],
    today: date,
    taxes: TaxTable,
    by: str,
) -> list[int]:
    moment = clock.now()
    common: JsonObject = {
        "club_id": club.id,
        "kind": InvoiceKind.INVOICE,
        "year": today.year,
        "currency": club.currency,
        "tax_included": taxes.prices_include_tax,
        "source_kind": source_kind,
        "note": "",
        "issued_on": today,
        "issued_at": moment,
        "issued_by": by,
    }
    ids = list(
        db.session.scalars(
            insert(Invoice).returning(Invoice.id, sort_by_parameter_order=True),
            [common | _head(paper) for paper in papers],
        )
    )
    pairs = list(zip(papers, ids, strict=True))
    db.session.execute(insert(InvoiceLine), [_line(paper, one) for paper, one in pairs])
    parts = [_part(paper, one) for paper, one in pairs if paper.totals.total_minor]
    if parts:
        db.session.execute(insert(Instalment), parts)
    return ids


def _head(paper: _Paper) -> JsonObject:
    return {
        "public_id": new_public_id(),
        "sequence": paper.sequence,
        "number": paper.number,
        "payer_id": paper.sale.payer_id,
        "person_id": paper.sale.person_id,
        "net_minor": paper.totals.net_minor,
        "tax_minor": paper.totals.tax_minor,
        "total_minor": paper.totals.total_minor,
        "source_id": paper.sale.source_id,
    }


def _line(paper: _Paper, invoice_id: int) -> JsonObject:
    line, totals = paper.sale.line, paper.totals
    return {
        "invoice_id": invoice_id,
        "position": 1,
        "kind": line.kind,
        "text": clean(line.text, "text", longest=300),
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price_minor,
        "discount_minor": line.discount_minor,
        "tax_bp": totals.tax_bp,
        "net_minor": totals.net_minor,
        "tax_minor": totals.tax_minor,
        "total_minor": totals.total_minor,
        "earned_from": line.earned_from,
        "earned_until": line.earned_until,
        "contract_id": line.contract_id,
    }


def _part(paper: _Paper, invoice_id: int) -> JsonObject:
    return {
        "invoice_id": invoice_id,
        "position": 1,
        "due_on": paper.sale.due_on,
        "amount_minor": paper.totals.total_minor,
        "open_minor": paper.totals.total_minor,
    }


def _tell(club: Club, papers: Sequence[_Paper], ids: Sequence[int], *, by: str) -> None:
    pairs = list(zip(papers, ids, strict=True))
    things: list[tuple[object, JsonObject]] = [
        (one, {"number": paper.number, "total_minor": paper.totals.total_minor})
        for paper, one in pairs
    ]
    audit.note_many("invoice.issued", "invoice", things, by=by)
    for paper, one in pairs:
        events.record(
            InvoiceIssued(
                club.id,
                clock.now(),
                one,
                paper.sale.payer_id,
                paper.sale.person_id,
                InvoiceKind.INVOICE.value,
                paper.totals.total_minor,
                club.currency,
            )
        )
    tell_office_of_many(club.id, ids)
