"""Queries room: the kinds of freeze of a club with their newest limits, and those of a version."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.blocks.models import Block
from memberships.contracts.conditions import PlanFreezing
from memberships.contracts.freeze_tables import (
    FreezeTaken,
    FreezeType,
    FreezeTypeState,
    FreezeTypeVersion,
)
from memberships.contracts.freezing import FreezePrice, FreezeTerms
from memberships.contracts.terms import FrozenSpan, PlanTerms


@dataclass(frozen=True, slots=True)
class FreezeOffer:
    """A kind of freeze with its newest limits."""

    type_id: int
    public_id: str
    club_id: int
    state: FreezeTypeState
    version_id: int
    version: int
    terms: FreezeTerms


Kinds = Select[FreezeType, FreezeTypeVersion]


def freeze_types_of(scope: Scope) -> list[FreezeOffer]:
    """Return every kind of freeze of these clubs, withdrawn ones last."""
    return _offers(_newest().where(FreezeType.club_id.in_(scope.club_ids)))


def freeze_types_offered(club_id: int) -> list[FreezeOffer]:
    """Return the kinds of freeze that a club grants today, by name."""
    offered = FreezeType.state == FreezeTypeState.OFFERED
    return _offers(_newest().where(FreezeType.club_id == club_id, offered))


def freeze_type_for(scope: Scope, public_id: str) -> FreezeOffer | None:
    """Return a kind of freeze of these clubs, None when there is none."""
    found = _offers(
        _newest().where(FreezeType.club_id.in_(scope.club_ids), FreezeType.public_id == public_id)
    )
    return found[0] if found else None


def kinds_for(terms: PlanTerms, offered: Sequence[FreezeOffer]) -> list[FreezeOffer]:
    """Return those kinds of freeze that a plan allows."""
    if terms.freezing is PlanFreezing.NONE:
        return []
    if terms.freezing is PlanFreezing.NAMED:
        return [one for one in offered if one.type_id in terms.freeze_type_ids]
    return list(offered)


def freeze_terms_of(version_id: int) -> FreezeTerms:
    """Return the limits of one version of a kind of freeze, as granted."""
    return freeze_terms(db.session.get_one(FreezeTypeVersion, version_id))


def keeps_billing(taken: FreezeTaken) -> bool:
    """Tell whether a rolling contract is charged as ever while this freeze holds."""
    if taken.type_version_id is None:
        return False
    return freeze_terms_of(taken.type_version_id).price_kind is FreezePrice.KEEPS_BILLING


def spans_taken(contract_id: int, type_id: int) -> tuple[FrozenSpan, ...]:
    """Return the days on which a contract stood or will stand still by one kind of freeze."""
    rows = db.session.execute(
        select(Block.from_on, Block.until_on)
        .join(FreezeTaken, FreezeTaken.block_id == Block.id)
        .join(FreezeTypeVersion, FreezeTypeVersion.id == FreezeTaken.type_version_id)
        .where(
            FreezeTaken.contract_id == contract_id,
            FreezeTypeVersion.type_id == type_id,
            Block.lifted_at.is_(None),
        )
        .order_by(Block.from_on)
    )
    return tuple(FrozenSpan(row.from_on, row.until_on or row.from_on) for row in rows)


def times_taken(type_ids: Sequence[int]) -> dict[int, int]:
    """Return how often each kind of freeze was granted."""
    rows = db.session.execute(
        select(FreezeTypeVersion.type_id, func.count())
        .join(FreezeTaken, FreezeTaken.type_version_id == FreezeTypeVersion.id)
        .where(FreezeTypeVersion.type_id.in_(type_ids))
        .group_by(FreezeTypeVersion.type_id)
    )
    return {row.type_id: int(row[1]) for row in rows}


def _newest() -> Kinds:
    return (
        select(FreezeType, FreezeTypeVersion)
        .join(FreezeTypeVersion, FreezeTypeVersion.type_id == FreezeType.id)
        .where(FreezeTypeVersion.number == FreezeType.latest_version)
        .order_by(FreezeType.state, FreezeTypeVersion.name, FreezeType.id)
    )


def _offers(statement: Kinds) -> list[FreezeOffer]:
    return [
        FreezeOffer(
            kind.id,
            kind.public_id,
            kind.club_id,
            kind.state,
            version.id,
            version.number,
            freeze_terms(version),
        )
        for kind, version in db.session.execute(statement)
    ]


def freeze_terms(row: FreezeTypeVersion) -> FreezeTerms:
    """Return the limits that a row holds."""
    return FreezeTerms(
        name=row.name,
        currency=row.currency,
        min_days=row.min_days,
        max_days=row.max_days,
        allowance_days=row.allowance_days,
        allowance_count=row.allowance_count,
        allowance_per=row.allowance_per,
        notice_days=row.notice_days,
        price_kind=row.price_kind,
        price_minor=row.price_minor,
        extends_end=row.extends_end,
        granted_by=row.granted_by,
        needs_proof=row.needs_proof,
        forbidden_in_debt=row.forbidden_in_debt,
    )
