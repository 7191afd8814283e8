"""Services room: products, opening stock and past sales come in from a table.

A row that cannot be read is told with its number and changes nothing; a second run of the same
table writes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bar_inventory.catalogue.models import Barcode, BaseUnit, Product, ProductKind
from bar_inventory.catalogue.services import (
    PriceDraft,
    ProductDraft,
    create_product,
    set_price,
)
from bar_inventory.purchasing.models import PastSale
from bar_inventory.stock.models import MoveKind, Place
from bar_inventory.stock.queries import moves_of
from bar_inventory.stock.rules import MICRO
from bar_inventory.stock.services import MoveOrder, Posting, post
from clubcrm.core import clock, failpoints
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.sheets import Row, read_rows
from clubcrm.core.text import ascii_digits, fold
from memberships.billing.rules import parse_amount

CHUNK = 500
MOST_FAULTS = 100
VOID = frozenset({"", "none", "void", "adjustment"})
# Headings by which a column is found, folded.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "product", "item", "article"),
    "kind": ("kind", "type"),
    "unit": ("unit",),
    "sku": ("sku", "number", "code"),
    "barcode": ("barcode", "ean", "gtin"),
    "price": ("price",),
    "member_price": ("member price", "member_price"),
    "place": ("place", "location", "store"),
    "units": ("units", "quantity", "qty", "count"),
    "cost": ("cost", "value", "purchase price"),
    "expires": ("expires", "expiry", "best before", "good until"),
    "day": ("date", "day", "datetime", "date_time"),
    "time": ("time",),
    "ticket": ("ticket", "transaction", "receipt", "order"),
    "amount": ("amount", "total", "turnover"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was not taken, and why."""

    number: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of the rows."""

    taken: int = 0
    known: int = 0
    skipped: int = 0
    created: int = 0
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, row: Row, reason: str) -> None:
        """The row is told with its cause."""
        self.faults.append(Fault(row.number, reason))


@dataclass(frozen=True, slots=True)
class TableOrder:
    """Which table to bring in for which club; a dry run writes nothing."""

    path: Path
    club_id: int
    is_dry: bool = False
    source: str = "import"
    by: str = "system"
    # Our columns with the headings chosen for them; empty looks for the usual headings.
    columns: Mapping[str, str] = field(default_factory=dict)


class _TriedError(Exception):
    """Undoes what a dry run has tried."""


def import_products(order: TableOrder) -> Report:
    """Each named product exists, with its code and its price."""
    return _each(order, _product_row)


def import_stock(order: TableOrder) -> Report:
    """What is named lies in its place at its cost; a product and place are brought in once."""
    return _each(order, _stock_row)


def import_sales(order: TableOrder) -> Report:
    """Lines of another till make the demand; products it names and nobody knows are created."""
    report, club = Report(), _club(order.club_id)
    positions: dict[str, int] = {}
    chunk: list[dict[str, object]] = []
    with unit_of_work():
        known = _products(order.club_id)
    for row in read_rows(order.path):
        try:
            line = _sale(row, club, order, known, positions, report)
        except ValueError as error:
            report.refuse(row, str(error))
            continue
        if line is None:
            report.skipped += 1
            continue
        chunk.append(line)
        if len(chunk) == CHUNK:
            _keep_sales(order, chunk, report)
            chunk = []
    _keep_sales(order, chunk, report)
    return report


def _each(
    order: TableOrder, take: Callable[[Mapping[str, str], Club, TableOrder, Report], None]
) -> Report:
    report, club = Report(), _club(order.club_id)
    for row in read_rows(order.path):
        try:
            with unit_of_work():
                take(_cells(row, order.columns), club, order, report)
                if order.is_dry:
                    raise _TriedError
        except _TriedError:
            continue
        except DomainError as error:
            report.refuse(row, error.text)
        except ValueError as error:
            report.refuse(row, str(error))
    return report


def _product_row(cells: Mapping[str, str], club: Club, order: TableOrder, report: Report) -> None:
    name = cells.get("name", "")
    if fold(name) in _products(order.club_id):
        report.known += 1
        return
    kinds = {one.value for one in ProductKind}
    units = {one.value for one in BaseUnit}
    codes = tuple(cells.get("barcode", "").split())
    product = create_product(
        ProductDraft(
            name=name,
            kind=ProductKind(cells["kind"]) if cells.get("kind") in kinds else ProductKind.SOLD,
            unit=BaseUnit(cells["unit"]) if cells.get("unit") in units else BaseUnit.PIECE,
            club_id=order.club_id,
            sku=cells.get("sku", ""),
            barcodes=codes,
        ),
        by=order.by,
    )
    if cells.get("price"):
        member = cells.get("member_price", "")
        price = PriceDraft(
            product.id,
            order.club_id,
            _amount(cells["price"], club),
            _amount(member, club) if member else None,
        )
        set_price(price, by=order.by)
    report.taken += 1


def _stock_row(cells: Mapping[str, str], club: Club, order: TableOrder, report: Report) -> None:
    product_id = _find(cells, _products(order.club_id), _codes(order.club_id))
    place = _place(order.club_id, cells.get("place", ""))
    source = f"{order.club_id}:{place.id}:{product_id}"
    if moves_of("opening", [source]):
        report.known += 1
        return
    units = _whole(cells.get("units", ""))
    if units <= 0:
        report.skipped += 1
        return
    cost = _amount(cells.get("cost") or "0", club)
    expires = date.fromisoformat(cells["expires"]) if cells.get("expires") else None
    line = MoveOrder(product_id, units, MoveKind.OPENING, cost * MICRO, expires_on=expires)
    post(Posting(place.id, "opening", source, (line,)), by=order.by)
    report.taken += 1


def _sale(
    row: Row,
    club: Club,
    order: TableOrder,
    known: dict[str, int],
    positions: dict[str, int],
    report: Report,
) -> dict[str, object] | None:
    cells = _cells(row, order.columns)
    name = cells.get("name", "")
    if fold(name) in VOID:
        return None
    moment = _moment(cells, club)
    ticket = cells.get("ticket") or f"row {row.number}"
    position = positions.get(ticket, 0)
    positions[ticket] = position + 1
    if fold(name) not in known:
        known[fold(name)] = 0 if order.is_dry else _new_product(name, order)
        report.created += 1
    amount = cells.get("amount", "")
    return {
        "club_id": order.club_id,
        "product_id": known[fold(name)],
        "source": order.source,
        "ticket": ticket[:60],
        "position": position,
        "units": _whole(cells.get("units") or "1"),
        "amount_minor": _amount(amount, club) if amount else None,
        "at": moment,
        "on_day": clock.local_day(moment, club.zone),
    }


def _new_product(name: str, order: TableOrder) -> int:
    with unit_of_work():
        draft = ProductDraft(name, ProductKind.SOLD, club_id=order.club_id, stocked=False)
        return create_product(draft, by=order.by).id


def _keep_sales(order: TableOrder, chunk: list[dict[str, object]], report: Report) -> None:
    if not chunk or order.is_dry:
        report.taken += len(chunk)
        return
    with unit_of_work() as session:
        counted = select(func.count()).select_from(PastSale)
        counted = counted.where(PastSale.club_id == order.club_id)
        before = session.scalar(counted) or 0
        make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
        session.execute(make(PastSale).on_conflict_do_nothing(), chunk)
        written = (session.scalar(counted) or 0) - before
    report.taken += written
    report.known += len(chunk) - written
    failpoints.hit("import.after_chunk")


def _cells(row: Row, chosen: Mapping[str, str]) -> dict[str, str]:
    columns = chosen or guess_columns(row.cells)
    return {ours: row.cells.get(theirs, "") for ours, theirs in columns.items()}


def guess_columns(headings: Iterable[str]) -> dict[str, str]:
    """Return by our columns the headings of a table that mean them, as far as they are known."""
    plain = {fold(name): name for name in headings}
    found = {}
    for column, names in HEADINGS.items():
        heading = next((name for name in names if name in plain), None)
        if heading is not None:
            found[column] = plain[heading]
    return found


def _find(cells: Mapping[str, str], names: Mapping[str, int], codes: Mapping[str, int]) -> int:
    for key in (cells.get("barcode", ""), cells.get("sku", "")):
        if key and key in codes:
            return codes[key]
    found = names.get(fold(cells.get("name", "")))
    if found is None:
        raise ValueError(_("There is no such product."))
    return found


def _products(club_id: int) -> dict[str, int]:
    rows = db.session.execute(select(Product.name, Product.id).where(_of(club_id)))
    return {fold(row.name): row.id for row in rows}


def _codes(club_id: int) -> dict[str, int]:
    codes = db.session.execute(
        select(Barcode.code, Barcode.product_id).where(Barcode.scope.in_((0, club_id)))
    )
    skus = db.session.execute(
        select(Product.sku, Product.id).where(_of(club_id), Product.sku != "")
    )
    return {row[0]: row[1] for row in [*skus, *codes]}


def _of(club_id: int) -> ColumnElement[bool]:
    return (Product.club_id == club_id) | Product.club_id.is_(None)


def _place(club_id: int, name: str) -> Place:
    statement = select(Place).where(Place.club_id == club_id, Place.active)
    if name:
        statement = statement.where(Place.name == name)
    found = db.session.scalars(statement.order_by(Place.sells.desc(), Place.id)).first()
    if found is None:
        raise ValueError(_("There is no such place."))
    return found


def _club(club_id: int) -> Club:
    with unit_of_work(write=False) as session:
        club = session.get(Club, club_id)
        if club is None:
            raise not_found(_("There is no such club."))
        session.expunge(club)
        return club


def _moment(cells: Mapping[str, str], club: Club) -> datetime:
    text = f"{cells.get('day', '')} {cells.get('time', '')}".strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_("The day cannot be read: write it as 2026-11-26.")) from error
    if moment.tzinfo is None:
        if moment.time() == time(0):
            moment = datetime.combine(moment.date(), time(12))
        return clock.instant_of(moment, club.zone)
    return moment.astimezone(UTC)


def _amount(text: str, club: Club) -> int:
    return parse_amount(ascii_digits(text), get_currency_precision(club.currency))


def _whole(text: str) -> int:
    digits = ascii_digits(text.strip())
    if not digits.isdecimal() or len(digits) > 9:
        raise ValueError(_("The quantity is not a whole number."))
    return int(digits)


def faults_told(report: Report) -> Iterable[str]:
    """Return the first rows that were not taken, a sentence each."""
    for fault in report.faults[:MOST_FAULTS]:
        yield _("Row %(number)s: %(reason)s", number=fault.number, reason=fault.reason)
