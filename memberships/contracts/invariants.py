"""Queries room: what must always hold of units and contracts; each check returns offending rows."""

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from memberships.contracts.terms import FrozenSpan, Term, moved_end, term_end
from memberships.packages.models import EntryKind, PackageEntry, PackageLot

COUNTED = (ContractState.SIGNED, ContractState.ENDED)


def unit_balances() -> list[str]:
    """I1: return lots whose balance is below zero or not the sum of their lines."""
    total = func.coalesce(func.sum(PackageEntry.delta), 0)
    rows = db.session.execute(
        select(PackageLot.id, PackageLot.remaining, total)
        .outerjoin(PackageEntry, PackageEntry.lot_id == PackageLot.id)
        .group_by(PackageLot.id, PackageLot.remaining)
        .having((PackageLot.remaining != total) | (PackageLot.remaining < 0))
        .order_by(PackageLot.id)
    )
    return [f"lot {lot}: balance {left}, sum of lines {lines}" for lot, left, lines in rows]


def unit_sources() -> list[str]:
    """I2: return used units without a source, and sources that used more than one unit."""
    unnamed = db.session.scalars(
        select(PackageEntry.id)
        .where(
            PackageEntry.kind == EntryKind.USE,
            (PackageEntry.source_id == "") | (PackageEntry.delta != -1),
        )
        .order_by(PackageEntry.id)
    )
    doubled = db.session.execute(
        select(PackageEntry.source_kind, PackageEntry.source_id, func.count())
        .where(PackageEntry.kind == EntryKind.USE)
        .group_by(PackageEntry.source_kind, PackageEntry.source_id)
        .having(func.count() > 1)
    )
    used = aliased(PackageEntry)
    astray = db.session.scalars(
        select(PackageEntry.id)
        .join(used, used.id == PackageEntry.reverses_id)
        .where(
            (PackageEntry.lot_id != used.lot_id)
            | (PackageEntry.source_kind != used.source_kind)
            | (PackageEntry.source_id != used.source_id)
            | (PackageEntry.delta != -used.delta)
        )
    )
    return [
        *(f"line {line}: a used unit must be one unit of one source" for line in unnamed),
        *(f"{kind} {source}: used {count} units" for kind, source, count in doubled),
        *(f"line {line}: does not mirror the line it reverses" for line in astray),
    ]


def contract_periods() -> list[str]:
    """I8: return contracts that overlap on one plan, or whose end is not start + term + freezes.

    Visit plans may run side by side, because a new pack may start when the old one is used up.
    """
    return [*_overlaps(), *_wrong_ends()]


def _overlaps() -> list[str]:
    later, other = aliased(Contract), aliased(PlanVersion)
    rows = db.session.execute(
        select(Contract.id, later.id)
        .join(later, (later.person_id == Contract.person_id) & (later.id != Contract.id))
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(other, (other.id == later.plan_version_id) & (other.plan_id == PlanVersion.plan_id))
        .where(
            PlanVersion.visits.is_(None),
            Contract.state.in_(COUNTED),
            later.state.in_(COUNTED),
            (Contract.starts_on < later.starts_on)
            | ((Contract.starts_on == later.starts_on) & (Contract.id < later.id)),
            Contract.ends_on.is_(None) | (Contract.ends_on >= later.starts_on),
        )
        .order_by(Contract.id)
    )
    return [f"contract {first}: overlaps contract {second}" for first, second in rows]


def _wrong_ends() -> list[str]:
    frozen: dict[int | None, int] = {}
    for contract_id, from_on, until_on in db.session.execute(
        select(Block.contract_id, Block.from_on, Block.until_on).where(
            Block.owner == BlockOwner.FREEZE, Block.lifted_at.is_(None), Block.until_on.is_not(None)
        )
    ):
        days = FrozenSpan(from_on, until_on or from_on).days
        frozen[contract_id] = frozen.get(contract_id, 0) + days
    rows = db.session.execute(
        select(
            Contract.id,
            Contract.starts_on,
            Contract.ends_on,
            Contract.term_ends_on,
            Plan.kind,
            PlanVersion.term_months,
            PlanVersion.term_days,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(Contract.state.in_(COUNTED), Plan.kind != PlanKind.RECURRING)
        .order_by(Contract.id)
        .execution_options(yield_per=1000)
    )
    wrong = []
    for row in rows:
        sold = term_end(row.starts_on, Term(row.kind, row.term_months, row.term_days))
        expected = moved_end(sold, frozen.get(row.id, 0))
        if (row.term_ends_on, row.ends_on) != (sold, expected):
            wrong.append(f"contract {row.id}: ends {row.ends_on}, expected {expected}")
    return wrong


def freezes() -> list[str]:
    """I9: return freezes that overlap or do not start within their contract."""
    later = aliased(Block)
    both = (Block.owner == BlockOwner.FREEZE) & Block.lifted_at.is_(None)
    overlapping = db.session.execute(
        select(Block.id, later.id)
        .join(later, (later.contract_id == Block.contract_id) & (later.id > Block.id))
        .where(
            both,
            later.owner == BlockOwner.FREEZE,
            later.lifted_at.is_(None),
            Block.until_on >= later.from_on,
            later.until_on >= Block.from_on,
        )
        .order_by(Block.id)
    )
    outside = db.session.execute(
        select(Block.id, Block.contract_id)
        .outerjoin(Contract, Contract.id == Block.contract_id)
        .where(
            both,
            Contract.id.is_(None)
            | (Block.from_on < Contract.starts_on)
            | (Block.from_on > Contract.ends_on),
        )
        .order_by(Block.id)
    )
    return [
        *(f"freeze {first}: overlaps freeze {second}" for first, second in overlapping),
        *(f"freeze {one}: starts outside contract {contract}" for one, contract in outside),
    ]
