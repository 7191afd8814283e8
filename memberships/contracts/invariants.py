"""Queries room: what must always hold of units and contracts; each check returns offending rows."""

from sqlalchemy import func, select, true
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.freeze_catalogue import freeze_terms
from memberships.contracts.freeze_tables import FreezeTaken, FreezeTypeVersion
from memberships.contracts.freezing import FreezeCase, granted_fault
from memberships.contracts.gift_tables import GiftLine
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.renewal_tables import OfferState, RenewalOffer
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
    """I8: return contracts that overlap on one plan, or whose end is not term, frozen and given.

    Where a cancellation or a change cut the term, the cut stands for the sold last day.
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
    moved = _moved_days()
    rows = db.session.execute(
        select(
            Contract.id,
            Contract.starts_on,
            Contract.ends_on,
            Contract.term_ends_on,
            Contract.cut_ends_on,
            Plan.kind,
            PlanVersion.term_months,
            PlanVersion.term_days,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.state.in_(COUNTED),
            (Plan.kind != PlanKind.RECURRING) | Contract.cut_ends_on.is_not(None),
        )
        .order_by(Contract.id)
        .execution_options(yield_per=1000)
    )
    wrong = []
    for row in rows:
        sold = term_end(row.starts_on, Term(row.kind, row.term_months, row.term_days))
        expected = moved_end(row.cut_ends_on or sold, moved.get(row.id, 0))
        if (row.term_ends_on, row.ends_on) != (sold, expected):
            wrong.append(f"contract {row.id}: ends {row.ends_on}, expected {expected}")
    return wrong


def _moved_days() -> dict[int, int]:
    """Return by how many frozen and given days the last day of each contract moves."""
    moved: dict[int, int] = {}
    frozen = (
        select(Block.contract_id, Block.from_on, Block.until_on)
        .outerjoin(FreezeTaken, FreezeTaken.block_id == Block.id)
        .where(
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
            Block.until_on.is_not(None),
            FreezeTaken.extends_end.is_(None) | FreezeTaken.extends_end,
        )
    )
    for contract_id, from_on, until_on in db.session.execute(frozen):
        if contract_id is not None:
            days = FrozenSpan(from_on, until_on or from_on).days
            moved[contract_id] = moved.get(contract_id, 0) + days
    given = select(GiftLine.contract_id, func.sum(GiftLine.days)).group_by(GiftLine.contract_id)
    for contract_id, days in db.session.execute(given):
        moved[contract_id] = moved.get(contract_id, 0) + int(days)
    return moved


def freezes() -> list[str]:
    """I9: return freezes that overlap, do not start within their contract or break their kind."""
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
        *_over_their_kind(),
    ]


def _over_their_kind() -> list[str]:
    """Return freezes longer or more than their kind allowed when they were granted."""
    rows = db.session.execute(
        select(FreezeTaken, Block, FreezeTypeVersion, Contract.starts_on)
        .join(Block, Block.id == FreezeTaken.block_id)
        .join(FreezeTypeVersion, FreezeTypeVersion.id == FreezeTaken.type_version_id)
        .join(Contract, Contract.id == FreezeTaken.contract_id)
        .where(Block.lifted_at.is_(None), Block.until_on.is_not(None))
        .order_by(Block.id)
    )
    wrong, before = [], dict[tuple[int, int], tuple[FrozenSpan, ...]]()
    for taken, block, version, starts_on in rows:
        span = FrozenSpan(block.from_on, block.until_on or block.from_on)
        key = (taken.contract_id, version.type_id)
        earlier = before.get(key, ())
        before[key] = (*earlier, span)
        case = FreezeCase(starts_on, block.from_on, span, earlier, may_grant_all=True)
        if rule := granted_fault(freeze_terms(version), case):
            wrong.append(f"freeze {block.id}: breaks {rule} of its kind")
    return wrong


def renewals() -> list[str]:
    """I16: return contracts renewed twice, and renewals that do not follow their contract."""
    twice = db.session.execute(
        select(RenewalOffer.contract_id, func.count())
        .where(RenewalOffer.state == OfferState.ACCEPTED)
        .group_by(RenewalOffer.contract_id)
        .having(func.count() > 1)
    )
    following = aliased(Contract)
    astray = db.session.scalars(
        select(RenewalOffer.id)
        .where(
            (RenewalOffer.state == OfferState.ACCEPTED)
            != RenewalOffer.accepted_contract_id.is_not(None)
        )
        .order_by(RenewalOffer.id)
    )
    detached = db.session.execute(
        select(RenewalOffer.id, following.id)
        .join(following, following.id == RenewalOffer.accepted_contract_id)
        .join(Contract, Contract.id == RenewalOffer.contract_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .outerjoin(OfferDeal, OfferDeal.offer_id == RenewalOffer.id)
        .where(
            (
                following.previous_id.is_distinct_from(Contract.id)
                & OfferDeal.is_fresh.is_not(true())
            )
            | (following.state.in_(COUNTED) & (following.starts_on <= Contract.starts_on))
            | (
                following.state.in_(COUNTED)
                & Contract.state.in_(COUNTED)
                & PlanVersion.visits.is_(None)
                & (following.starts_on <= Contract.ends_on)
            )
        )
        .order_by(RenewalOffer.id)
    )
    return [
        *(f"contract {one}: {count} accepted renewals" for one, count in twice),
        *(f"offer {one}: accepted without a contract, or the other way round" for one in astray),
        *(f"offer {one}: contract {other} does not follow it" for one, other in detached),
    ]
