"""Reads of units: open lots, the statement of a member, lots whose time is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

from clubcrm.core.db import db
from memberships.packages.models import (
    VISIT_SERVICE,
    EntryKind,
    PackageEntry,
    PackageLot,
    PackageSale,
    PackageVersion,
)
from memberships.packages.rules import EXPIRY_GRACE_DAYS, LotFact


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a member's units with the balance of its lot after it."""

    entry_id: int
    lot_id: int
    kind: EntryKind
    delta: int
    balance: int
    at: datetime
    by: str
    source_kind: str
    source_id: str
    reason: str
    reverses_id: int | None = None


def open_lots(person_id: int, service: str, day: date) -> list[LotFact]:
    """Return the person's lots of a service that hold units valid on the day."""
    rows = db.session.execute(
        select(PackageLot.id, PackageLot.remaining, PackageLot.expires_on).where(
            PackageLot.person_id == person_id,
            PackageLot.service == service,
            PackageLot.remaining > 0,
            (PackageLot.expires_on.is_(None)) | (PackageLot.expires_on >= day),
        )
    )
    return [LotFact(row.id, row.remaining, row.expires_on) for row in rows]


def statement(person_id: int, limit: int = 200) -> list[StatementLine]:
    """Return the newest lines of all lots of a person, each with its running balance."""
    return _lines(_running().where(PackageLot.person_id == person_id).limit(limit))


def ledger_of(lot_id: int) -> list[StatementLine]:
    """Return every line of one lot, the newest first, each with its running balance."""
    return _lines(_running().where(PackageLot.id == lot_id))


def _running() -> Select[PackageEntry, int]:
    balance = func.sum(PackageEntry.delta).over(
        partition_by=PackageEntry.lot_id, order_by=PackageEntry.id
    )
    return (
        select(PackageEntry, balance.label("balance"))
        .join(PackageLot, PackageLot.id == PackageEntry.lot_id)
        .order_by(PackageEntry.id.desc())
    )


def _lines(chosen: Select[PackageEntry, int]) -> list[StatementLine]:
    return [
        StatementLine(
            entry.id,
            entry.lot_id,
            entry.kind,
            entry.delta,
            int(running),
            entry.at,
            entry.by,
            entry.source_kind,
            entry.source_id,
            entry.reason,
            entry.reverses_id,
        )
        for entry, running in db.session.execute(chosen)
    ]


def lots_to_expire(club_id: int, day: date) -> Sequence[int]:
    """Return the club's lots that still hold units a grace time after their last day."""
    return db.session.scalars(
        select(PackageLot.id)
        .where(
            PackageLot.club_id == club_id,
            PackageLot.remaining > 0,
            PackageLot.expires_on < day - timedelta(days=EXPIRY_GRACE_DAYS),
        )
        .order_by(PackageLot.id)
    ).all()


def lots_with_units(contract_id: int) -> list[tuple[int, int]]:
    """Return the lots of a contract that hold visits, the one that ends first in front."""
    rows = db.session.execute(
        select(PackageLot.id, PackageLot.remaining)
        .where(
            PackageLot.contract_id == contract_id,
            PackageLot.service == VISIT_SERVICE,
            PackageLot.remaining > 0,
        )
        .order_by(PackageLot.expires_on, PackageLot.id)
    )
    return [(row.id, row.remaining) for row in rows]


def visit_lots_of(contract_id: int) -> Sequence[int]:
    """Return the lots of visits that were opened with a contract."""
    return db.session.scalars(
        select(PackageLot.id)
        .where(PackageLot.contract_id == contract_id, PackageLot.service == VISIT_SERVICE)
        .order_by(PackageLot.id)
    ).all()


def lots_of_contract(contract_id: int) -> Sequence[int]:
    """Return the lots that were opened with a contract, of visits and of packages."""
    return db.session.scalars(
        select(PackageLot.id).where(PackageLot.contract_id == contract_id).order_by(PackageLot.id)
    ).all()


def lots_that_freeze(person_id: int, sold_before: datetime) -> Sequence[PackageLot]:
    """Return the person's lots with units, sold until then, that move with a frozen membership.

    Those that came with a contract move with its last day.
    """
    return db.session.scalars(
        select(PackageLot)
        .join(PackageSale, PackageSale.lot_id == PackageLot.id)
        .join(PackageVersion, PackageVersion.id == PackageSale.version_id)
        .where(
            PackageLot.person_id == person_id,
            PackageLot.contract_id.is_(None),
            PackageLot.remaining > 0,
            PackageLot.opened_at <= sold_before,
            PackageVersion.moves_with_freeze,
        )
        .order_by(PackageLot.id)
    ).all()
