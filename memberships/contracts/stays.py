"""Queries room: what moves the last day of a contract: freezes, gifts, what follows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.freeze_tables import FreezeTaken
from memberships.contracts.gift_tables import GiftLine
from memberships.contracts.leaving_tables import Cancellation, CancellationState
from memberships.contracts.models import Contract, PlanVersion
from memberships.contracts.rules import ContractState
from memberships.contracts.terms import FrozenSpan

_DAY = timedelta(days=1)
ALIVE = (ContractState.INCOMPLETE, ContractState.SIGNED, ContractState.ENDED)


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved a contract's last day from the sold one, and when it stands still."""

    frozen: int
    given: int
    ahead: list[FrozenSpan]


def freeze_blocks(contract_id: int) -> Sequence[Block]:
    """Return the freezes of a contract that were not called off, oldest first."""
    return db.session.scalars(
        select(Block)
        .where(
            Block.contract_id == contract_id,
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
        )
        .order_by(Block.from_on)
    ).all()


def visits_between(contract_id: int, first: date, last: date) -> Sequence[date]:
    """Return the days on which the gate let somebody in on the contract, in order."""
    ask: Callable[[int, date, date], Sequence[date]] = current_app.extensions["club_visits_on"]
    return ask(contract_id, first, last)


def freeze_taken(block_id: int) -> FreezeTaken | None:
    """Return what was agreed for a freeze, None for one that moves the end and costs nothing."""
    return db.session.get(FreezeTaken, block_id)


def extra_days(contract_id: int) -> int:
    """Return by how many days frozen and given time moves the last day of a contract."""
    kept = select(FreezeTaken.block_id).where(
        FreezeTaken.contract_id == contract_id, FreezeTaken.extends_end.is_(False)
    )
    still = set(db.session.scalars(kept))
    frozen = sum(
        FrozenSpan(block.from_on, block.until_on).days
        for block in freeze_blocks(contract_id)
        if block.id not in still and block.until_on is not None
    )
    return frozen + given_days(contract_id)


def given_days(contract_id: int) -> int:
    """Return how many days the club has given to a contract, those taken back left out."""
    total = select(func.coalesce(func.sum(GiftLine.days), 0))
    return int(db.session.scalar(total.where(GiftLine.contract_id == contract_id)) or 0)


def moves_of(contract_id: int, today: date) -> Moves:
    """Return by how many days frozen and given time moves a contract, and freezes not over yet."""
    given = given_days(contract_id)
    return Moves(
        frozen=extra_days(contract_id) - given,
        given=given,
        ahead=[
            FrozenSpan(block.from_on, block.until_on)
            for block in freeze_blocks(contract_id)
            if block.until_on is not None and block.until_on >= today
        ],
    )


def renewal_of(contract: Contract) -> Contract | None:
    """Return the contract that takes over the day after this one, None when there is none."""
    if contract.ends_on is None:
        return None
    return db.session.scalars(
        select(Contract).where(
            Contract.previous_id == contract.id,
            Contract.state.in_(ALIVE),
            Contract.starts_on == contract.ends_on + _DAY,
        )
    ).first()


def next_start(contract: Contract, but_not: int | None = None) -> date | None:
    """Return the first day of the person's next contract on the same plan, visits aside."""
    own, other = aliased(PlanVersion), aliased(PlanVersion)
    return db.session.scalar(
        select(func.min(Contract.starts_on))
        .join(other, other.id == Contract.plan_version_id)
        .join(own, own.plan_id == other.plan_id)
        .where(
            own.id == contract.plan_version_id,
            own.visits.is_(None),
            Contract.person_id == contract.person_id,
            Contract.state.in_(ALIVE),
            Contract.starts_on > contract.starts_on,
            Contract.id != (but_not or 0),
        )
    )


def standing_cancellation(contract_id: int) -> Cancellation | None:
    """Return the cancellation of a contract that was not taken back, None when there is none."""
    return db.session.scalars(
        select(Cancellation).where(
            Cancellation.contract_id == contract_id,
            Cancellation.state == CancellationState.STANDS,
        )
    ).first()


def is_in_debt(person_id: int, day: date) -> bool:
    """Tell whether a debt of the person stands on a day."""
    found = db.session.scalar(
        select(Block.id)
        .where(
            Block.person_id == person_id,
            Block.owner == BlockOwner.DEBT,
            Block.lifted_at.is_(None),
            Block.from_on <= day,
            Block.until_on.is_(None) | (Block.until_on >= day),
        )
        .limit(1)
    )
    return found is not None
