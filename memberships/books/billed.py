"""Queries room: billed lines as earning sees them: their span or lot, freezes and credit notes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import aliased

from clubcrm.core.clock import day_bounds, local_day
from clubcrm.core.db import db
from memberships.billing.models import Invoice, InvoiceKind, InvoiceLine
from memberships.billing.orders import LineKind
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.books.calendar import ClubBooks
from memberships.books.earning import BilledLine, Credit, Promise, Span
from memberships.contracts.freeze_tables import FreezeTaken
from memberships.packages.models import PackageEntry, PackageLot


@dataclass(frozen=True, slots=True)
class Billed:
    """A billed line with what people want to read beside it."""

    line: BilledLine
    kind: LineKind
    text: str
    number: str
    invoice: str  # public id
    person_id: int


@dataclass(frozen=True, slots=True)
class _Lot:
    bought: int
    left: tuple[tuple[date, int], ...]


def billed_lines(books: ClubBooks, first: date, last: date) -> list[Billed]:
    """Return every line billed by the last day that could earn, or be taken back, in the time.

    Lines that had earned everything before the first day and got no credit since are left out.
    """
    frozen = _freezes(books.club_id)
    reach = max((sum((b - a).days + 1 for a, b in spans) for spans in frozen.values()), default=0)
    rows = db.session.execute(
        select(
            InvoiceLine.id,
            InvoiceLine.kind,
            InvoiceLine.text,
            InvoiceLine.net_minor,
            InvoiceLine.earned_from,
            InvoiceLine.earned_until,
            InvoiceLine.contract_id,
            InvoiceLine.lot_id,
            Invoice.issued_on,
            Invoice.number,
            Invoice.public_id,
            Invoice.person_id,
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            Invoice.club_id == books.club_id,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.issued_on <= last,
            (Invoice.issued_on >= first) | _still_moving(books, first, reach),
        )
        .order_by(InvoiceLine.id)
    ).all()
    credits = _credits(books.club_id, [row.id for row in rows])
    lots = _lots([row.lot_id for row in rows if row.lot_id is not None], books.zone)
    return [_billed(row, frozen, credits.get(row.id, ()), lots) for row in rows]


def _still_moving(books: ClubBooks, first: date, reach: int) -> ColumnElement[bool]:
    note, credited = aliased(Invoice), aliased(InvoiceLine)
    taken_back = (
        select(credited.credits_line_id)
        .join(note, note.id == credited.invoice_id)
        .where(note.club_id == books.club_id, note.issued_on >= first)
    )
    frozen = select(Block.contract_id).where(
        Block.club_id == books.club_id, Block.owner == BlockOwner.FREEZE
    )
    since = day_bounds(first, books.zone)[0]
    moved = aliased(PackageEntry)
    lots = (
        select(PackageLot.id)
        .outerjoin(moved, (moved.lot_id == PackageLot.id) & (moved.at >= since))
        .where((PackageLot.remaining > 0) | moved.id.is_not(None))
    )
    return (
        (InvoiceLine.earned_until >= first)
        | (
            (InvoiceLine.earned_until >= first - timedelta(days=reach))
            & InvoiceLine.contract_id.in_(frozen)
        )
        | InvoiceLine.lot_id.in_(lots)
        | InvoiceLine.id.in_(taken_back)
    )


def _billed(
    row: Row[*tuple[Any, ...]],
    frozen: Mapping[int, tuple[Span, ...]],
    credits: Iterable[Credit],
    lots: Mapping[int, _Lot],
) -> Billed:
    lot = lots.get(row.lot_id)
    promise = Promise.NOTHING
    if row.kind is LineKind.GIFT:
        promise = Promise.GIFT
    elif lot is not None:
        promise = Promise.UNITS
    elif row.earned_from is not None:
        promise = Promise.DAYS
    line = BilledLine(
        line_id=row.id,
        billed_on=row.issued_on,
        net_minor=row.net_minor,
        promise=promise,
        first=row.earned_from,
        last=row.earned_until,
        frozen=frozen.get(row.contract_id, ()) if row.contract_id else (),
        bought=lot.bought if lot else 0,
        left=lot.left if lot else (),
        credits=tuple(credits),
    )
    return Billed(line, row.kind, row.text, row.number, row.public_id, row.person_id)


def _freezes(club_id: int) -> dict[int, tuple[Span, ...]]:
    """Return the freezes of each contract that move its end, in order."""
    rows = db.session.execute(
        select(Block.contract_id, Block.from_on, Block.until_on)
        .outerjoin(FreezeTaken, FreezeTaken.block_id == Block.id)
        .where(
            Block.club_id == club_id,
            Block.owner == BlockOwner.FREEZE,
            Block.contract_id.is_not(None),
            Block.lifted_at.is_(None),
            Block.until_on.is_not(None),
            func.coalesce(FreezeTaken.extends_end, True).is_(True),
        )
        .order_by(Block.from_on)
    )
    found: dict[int, tuple[Span, ...]] = {}
    for contract_id, first, last in rows:
        if contract_id is None or last is None:
            continue
        found[contract_id] = (*found.get(contract_id, ()), (first, last))
    return found


def _credits(club_id: int, line_ids: Sequence[int]) -> dict[int, list[Credit]]:
    wanted = set(line_ids)
    rows = db.session.execute(
        select(InvoiceLine.credits_line_id, Invoice.issued_on, -InvoiceLine.net_minor)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            Invoice.club_id == club_id,
            Invoice.kind == InvoiceKind.CREDIT_NOTE,
            InvoiceLine.credits_line_id.is_not(None),
        )
        .order_by(InvoiceLine.id)
    )
    found: dict[int, list[Credit]] = {}
    for line_id, day, net in rows:
        if line_id in wanted:
            found.setdefault(line_id, []).append(Credit(day, net))
    return found


def _lots(lot_ids: Sequence[int], zone: str) -> dict[int, _Lot]:
    found: dict[int, _Lot] = {}
    for piece in (lot_ids[at : at + 500] for at in range(0, len(lot_ids), 500)):
        bought = db.session.execute(
            select(PackageLot.id, PackageLot.bought).where(PackageLot.id.in_(piece))
        )
        entries = db.session.execute(
            select(PackageEntry.lot_id, PackageEntry.delta, PackageEntry.at)
            .where(PackageEntry.lot_id.in_(piece))
            .order_by(PackageEntry.lot_id, PackageEntry.at, PackageEntry.id)
        ).all()
        left = _left_by_day(entries, zone)
        found |= {row.id: _Lot(row.bought, left.get(row.id, ())) for row in bought}
    return found


def _left_by_day(
    entries: Sequence[Row[int, int, datetime]], zone: str
) -> dict[int, tuple[tuple[date, int], ...]]:
    days: dict[int, dict[date, int]] = {}
    sums: dict[int, int] = {}
    for lot_id, delta, at in entries:
        sums[lot_id] = sums.get(lot_id, 0) + delta
        days.setdefault(lot_id, {})[local_day(at, zone)] = sums[lot_id]
    return {lot_id: tuple(told.items()) for lot_id, told in days.items()}
