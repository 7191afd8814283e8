"""Services room: freezes. The contract stands still and ends later; a block shuts the gate."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.history import (
    freezes_holding,
    frozen_spans,
    lock_person,
    next_start,
)
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.services import as_kept, note_change
from memberships.contracts.terms import (
    FreezeLimit,
    FrozenSpan,
    freeze_fault,
    moved_end,
    unused_days,
)
from memberships.contracts.words import freeze_fault_words
from memberships.events import BlockLifted, BlockPlaced, ContractFrozen, FreezeEnded
from memberships.packages.services import move_lot_ends

LIMIT = FreezeLimit(longest_days=366)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FreezeRequest:
    """Which contract stands still on which days (both included), and why."""

    contract_id: int
    from_on: date
    until_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class FreezePreview:
    """What a freeze would do: how many days, and the last day before and after."""

    days: int
    ends_on: date | None
    new_ends_on: date | None


def freeze_preview(request: FreezeRequest) -> FreezePreview:
    """Return what the freeze would change; raises FREEZE_REFUSED naming the rule it breaks."""
    contract = _signed(request.contract_id)
    span = FrozenSpan(request.from_on, request.until_on)
    fault = freeze_fault(
        (contract.starts_on, contract.ends_on), span, frozen_spans(contract.id), LIMIT
    )
    if fault is None and request.from_on < _today(contract.club_id):
        fault = "past"
    new_end = moved_end(contract.ends_on, span.days)
    if fault is None and _runs_into_the_next(contract, new_end):
        fault = "next_contract"
    if fault:
        raise DomainError("FREEZE_REFUSED", freeze_fault_words(fault), extra={"rule": fault})
    return FreezePreview(span.days, contract.ends_on, new_end)


def freeze_contract(request: FreezeRequest, *, by: str) -> Block:
    """The contract is frozen on these days and its last day moves by as many calendar days."""
    reason = clean(request.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    contract = _signed(request.contract_id)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    change = freeze_preview(request)
    before = as_kept(contract)
    block = Block(
        club_id=contract.club_id,
        person_id=contract.person_id,
        contract_id=contract.id,
        owner=BlockOwner.FREEZE,
        from_on=request.from_on,
        until_on=request.until_on,
        reason=reason,
        placed_by=by,
    )
    db.session.add(block)
    _move_end(contract, change.days)
    note_change(contract, "frozen", before=before, by=by, why=reason)
    moment = clock.now()
    audit.note("block.placed", "block", block.id, after={"owner": "freeze"}, by=by)
    events.record(
        BlockPlaced(contract.club_id, moment, block.id, contract.person_id, block.owner.value)
    )
    events.record(
        ContractFrozen(
            contract.club_id,
            moment,
            contract.id,
            contract.person_id,
            request.from_on,
            request.until_on,
            contract.ends_on,
        )
    )
    return block


def end_freeze(person_id: int, on: date, by: str) -> int:
    """The person's freezes that hold on the day are over from that day; returns days given back.

    The last day of each contract moves back by the unused days. Nothing happens when no freeze
    holds, so a second scan of the same morning changes nothing.
    """
    lock_person(person_id)
    return sum(_end(block, on, by) for block in freezes_holding(person_id, on))


def cancel_freeze(block: Block, *, by: str) -> int:
    """The freeze ends today, or never begins when it lies ahead; returns the days given back."""
    lock_person(block.person_id)
    db.session.refresh(block)
    if block.owner is not BlockOwner.FREEZE or block.lifted_at is not None:
        raise DomainError("NOT_FROZEN", _("This freeze is already over."))
    return _end(block, _today(block.club_id), by)


def _end(block: Block, on: date, by: str) -> int:
    contract = db.session.get(Contract, block.contract_id)
    if contract is None or block.until_on is None:
        raise not_found(_("There is no such freeze."))
    back = unused_days(FrozenSpan(block.from_on, block.until_on), on)
    if back == 0:
        return 0
    before = as_kept(contract)
    if on <= block.from_on:
        block.lifted_at, block.lifted_by = clock.now(), by
        block.lift_reason = _("Came back before it began.")
    else:
        block.until_on = on - _DAY
    _move_end(contract, -back)
    note_change(contract, "freeze_ended", before=before, by=by)
    moment = clock.now()
    audit.note("block.lifted", "block", block.id, after={"returned_days": back}, by=by)
    events.record(
        BlockLifted(contract.club_id, moment, block.id, block.person_id, block.owner.value)
    )
    events.record(
        FreezeEnded(
            contract.club_id, moment, contract.id, block.person_id, on, back, contract.ends_on
        )
    )
    return back


def _runs_into_the_next(contract: Contract, new_end: date | None) -> bool:
    starts_on = next_start(contract)
    return starts_on is not None and (new_end is None or new_end >= starts_on)


def _move_end(contract: Contract, days: int) -> None:
    contract.ends_on = moved_end(contract.ends_on, days)
    contract.version += 1
    db.session.flush()
    move_lot_ends(contract.id, days)


def _signed(contract_id: int) -> Contract:
    contract = db.session.get(Contract, contract_id)
    if contract is None:
        raise not_found(_("There is no such contract."))
    if contract.state is not ContractState.SIGNED:
        raise DomainError("NOT_SIGNED", _("Only a signed contract that has not ended can freeze."))
    return contract


def _today(club_id: int) -> date:
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    return clock.today(club.zone)
