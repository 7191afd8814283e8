"""Services room: freezes. The contract stands still and ends later; a block shuts the gate."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.people.queries.locks import lock_person
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.catalogue import terms_of
from memberships.contracts.charging import charge_freeze, settle_freeze
from memberships.contracts.conditions import PlanFreezing
from memberships.contracts.ends import club_day, may_end_on, move_end, set_end
from memberships.contracts.freeze_catalogue import (
    FreezeOffer,
    freeze_types_offered,
    keeps_billing,
    kinds_for,
    spans_taken,
)
from memberships.contracts.freeze_tables import FreezeTaken
from memberships.contracts.freezing import Allowance, FreezeCase, allowance, price_of, type_fault
from memberships.contracts.history import freezes_holding, frozen_spans
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.services import as_kept, note_change
from memberships.contracts.stays import (
    freeze_blocks,
    freeze_taken,
    is_in_debt,
    renewal_of,
    visits_between,
)
from memberships.contracts.terms import (
    FreezeLimit,
    FrozenSpan,
    freeze_fault,
    moved_end,
    unused_days,
)
from memberships.contracts.words import freeze_fault_words, visited_words
from memberships.events import BlockLifted, BlockPlaced, ContractFrozen, FreezeEnded
from memberships.packages.services import move_frozen_packages

LIMIT = FreezeLimit(longest_days=366)
# How far back a freeze may be dated that somebody has approved.
FURTHEST_BACK = timedelta(days=92)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FreezeRequest:
    """Which contract stands still on which days (both included), why, and by which kind of freeze.

    No kind is for clubs that offer none: such a freeze is free and lasts a year at most.
    """

    contract_id: int
    from_on: date
    until_on: date
    reason: str
    type_id: int | None = None
    proof: str = ""
    may_grant_all: bool = False

    @property
    def span(self) -> FrozenSpan:
        """Return the days on which the contract would stand still."""
        return FrozenSpan(self.from_on, self.until_on)


@dataclass(frozen=True, slots=True)
class FreezePreview:
    """What a freeze would do: days, the last day before and after, its price, what is left."""

    days: int
    ends_on: date | None
    new_ends_on: date | None
    price_minor: int = 0
    currency: str = ""
    kind: FreezeOffer | None = None
    left: Allowance | None = None
    moves_renewal: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """A freeze that may be placed: its days, its reason, and what was agreed with it."""

    span: FrozenSpan
    reason: str
    kind: FreezeOffer | None = None
    proof: str = ""
    change_id: int | None = None
    is_backdated: bool = False

    @property
    def extends_end(self) -> bool:
        """Tell whether the contract ends later for it."""
        return self.kind is None or self.kind.terms.extends_end


def freeze_preview(request: FreezeRequest, *, is_backdated: bool = False) -> FreezePreview:
    """Return what the freeze would change; raises FREEZE_REFUSED naming the rule it breaks.

    A back-dated one may begin in the past and reach a contract that has ended since.
    """
    contract = _freezable(request.contract_id, is_backdated=is_backdated)
    kind, fault = _kind_of(contract, request)
    case = _case(contract, request, kind)
    fault = freeze_fault(
        (contract.starts_on, contract.ends_on), request.span, frozen_spans(contract.id), LIMIT
    ) or (fault or (type_fault(kind.terms, case) if kind else None))
    if is_backdated and fault == "notice":
        fault = None
    earliest = case.today - FURTHEST_BACK if is_backdated else case.today
    if fault is None and request.from_on < earliest:
        fault = "too_far_back" if is_backdated else "past"
    days = request.span.days
    moved = kind is None or kind.terms.extends_end
    new_end = moved_end(contract.ends_on, days) if moved else contract.ends_on
    if fault is None and moved and not may_end_on(contract, new_end):
        fault = "next_contract"
    if fault:
        text = freeze_fault_words(fault, kind.terms if kind else None)
        raise DomainError("FREEZE_REFUSED", text, extra={"rule": fault})
    if is_backdated:
        _check_visits(contract.id, request.span)
    renewal = renewal_of(contract) if moved else None
    return FreezePreview(
        days,
        contract.ends_on,
        new_end,
        price_of(kind.terms, request.span) if kind else 0,
        contract.currency,
        kind,
        allowance(kind.terms, case) if kind else None,
        renewal.number if renewal else None,
    )


def freeze_contract(request: FreezeRequest, *, by: str, is_backdated: bool = False) -> Block:
    """The contract is frozen on these days and its last day moves by as many calendar days.

    A kind of freeze may keep the last day and may cost something; then an invoice says so.
    """
    reason = clean(request.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    proof = clean(request.proof, "proof", longest=300)
    contract = _freezable(request.contract_id, is_backdated=is_backdated)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    shown = freeze_preview(request, is_backdated=is_backdated)
    granted = Granted(request.span, reason, shown.kind, proof, None, is_backdated)
    return place_freeze(contract, granted, by=by)


def place_freeze(contract: Contract, granted: Granted, *, by: str) -> Block:
    """The contract stands still as granted; whoever calls has locked the person and checked it."""
    before, span = as_kept(contract), granted.span
    block = Block(
        club_id=contract.club_id,
        person_id=contract.person_id,
        contract_id=contract.id,
        owner=BlockOwner.FREEZE,
        from_on=span.from_on,
        until_on=span.until_on,
        reason=granted.reason,
        placed_by=by,
    )
    db.session.add(block)
    db.session.flush()
    taken = FreezeTaken(
        block_id=block.id,
        contract_id=contract.id,
        type_version_id=granted.kind.version_id if granted.kind else None,
        change_id=granted.change_id,
        extends_end=granted.extends_end,
        asked_until_on=span.until_on,
        proof=granted.proof,
        charged_minor=price_of(granted.kind.terms, span) if granted.kind else 0,
        currency=contract.currency,
        is_backdated=granted.is_backdated,
    )
    db.session.add(taken)
    if granted.extends_end:
        _move_end(contract, taken, span.days, span.from_on, by)
    move_frozen_packages(contract.person_id, span.days, sold_before=block.placed_at)
    db.session.flush()
    charge_freeze(contract, block, taken, by=by)
    note_change(contract, "frozen", before=before, by=by, why=granted.reason)
    _tell_frozen(contract, block, by)
    return block


def end_freeze(person_id: int, on: date, by: str) -> int:
    """The person's freezes that hold on the day are over from that day; returns days given back.

    The last day of each contract moves back by the unused days, a monthly price by its unbegun
    months. Nothing happens when no freeze holds, so a second scan of a morning changes nothing.
    """
    lock_person(person_id)
    return sum(_end(block, on, by) for block in freezes_holding(person_id, on))


def cancel_freeze(block: Block, *, by: str) -> int:
    """The freeze ends today, or never begins when it lies ahead; returns the days given back."""
    lock_person(block.person_id)
    db.session.refresh(block)
    if block.owner is not BlockOwner.FREEZE or block.lifted_at is not None:
        raise DomainError("NOT_FROZEN", _("This freeze is already over."))
    return _end(block, club_day(block.club_id), by)


def undo_freeze(block: Block, *, by: str) -> int:
    """The freeze never was: all its days and its whole price are given back, begun or not."""
    lock_person(block.person_id)
    db.session.refresh(block)
    if block.lifted_at is not None:
        return 0
    return _end(block, block.from_on, by)


def trim_freezes(contract: Contract, last_day: date, *, by: str) -> None:
    """No freeze of the contract lasts beyond its new last day; the caller moves that day itself."""
    for block in freeze_blocks(contract.id):
        if block.until_on is not None and block.until_on > last_day:
            _shorten(block, last_day + _DAY, by, _("The contract ends before."))


def _end(block: Block, on: date, by: str) -> int:
    contract = db.session.get(Contract, block.contract_id)
    if contract is None or block.until_on is None:
        raise not_found(_("There is no such freeze."))
    back = unused_days(FrozenSpan(block.from_on, block.until_on), on)
    if back == 0:
        return 0
    before, taken = as_kept(contract), freeze_taken(block.id)
    extends = taken is None or taken.extends_end
    returned = _shorten(block, on, by, _("Came back before it began."))
    if extends:
        _move_end(contract, taken, -back, block.from_on, by)
    note_change(contract, "freeze_ended", before=before, by=by)
    ended = FreezeEnded(
        contract.club_id,
        clock.now(),
        contract.id,
        block.person_id,
        on,
        back,
        contract.ends_on,
        returned,
    )
    events.record(ended)
    return back


def _move_end(
    contract: Contract, taken: FreezeTaken | None, days: int, from_on: date, by: str
) -> None:
    if taken is not None and keeps_billing(taken):
        set_end(contract, moved_end(contract.ends_on, days), by=by)
    else:
        move_end(contract, days, by=by, from_on=from_on)


def _shorten(block: Block, on: date, by: str, why: str) -> int:
    """The block ends the day before, or is lifted when it had not begun; returns money returned."""
    if block.until_on is None:
        return 0
    back = unused_days(FrozenSpan(block.from_on, block.until_on), on)
    used = None if on <= block.from_on else FrozenSpan(block.from_on, on - _DAY)
    if used is None:
        block.lifted_at, block.lifted_by, block.lift_reason = clock.now(), by, why
    else:
        block.until_on = used.until_on
    db.session.flush()
    move_frozen_packages(block.person_id, -back, sold_before=block.placed_at)
    returned = settle_freeze(block, used, by=by)
    after = {"returned_days": back, "returned_minor": returned}
    audit.note("block.lifted", "block", block.id, after=after, by=by)
    events.record(
        BlockLifted(block.club_id, clock.now(), block.id, block.person_id, block.owner.value)
    )
    return returned


def _tell_frozen(contract: Contract, block: Block, by: str) -> None:
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
            block.from_on,
            block.until_on or block.from_on,
            contract.ends_on,
        )
    )


def _check_visits(contract_id: int, span: FrozenSpan) -> None:
    """Raise FREEZE_REFUSED with the days on which the member came in on the contract."""
    came = visits_between(contract_id, span.from_on, span.until_on)
    if came:
        text = visited_words(came[0], len(came))
        days = [day.isoformat() for day in came]
        raise DomainError("FREEZE_REFUSED", text, extra={"rule": "visited", "days": days})


def _kind_of(contract: Contract, request: FreezeRequest) -> tuple[FreezeOffer | None, str | None]:
    """Return the wanted kind of freeze, and the rule of the plan that the wish breaks."""
    terms = terms_of(contract.plan_version_id)
    if terms.freezing is PlanFreezing.NONE:
        return None, "plan_forbids"
    offered = freeze_types_offered(contract.club_id)
    allowed = kinds_for(terms, offered)
    if request.type_id is None:
        return None, "type_needed" if offered else None
    kind = next((one for one in allowed if one.type_id == request.type_id), None)
    return kind, None if kind else "not_for_plan"


def _case(contract: Contract, request: FreezeRequest, kind: FreezeOffer | None) -> FreezeCase:
    today = club_day(contract.club_id)
    return FreezeCase(
        contract.starts_on,
        today,
        request.span,
        spans_taken(contract.id, kind.type_id) if kind else (),
        request.may_grant_all,
        bool(request.proof.strip()),
        is_in_debt(contract.person_id, today),
    )


def _freezable(contract_id: int, *, is_backdated: bool) -> Contract:
    contract = db.session.get(Contract, contract_id)
    if contract is None:
        raise not_found(_("There is no such contract."))
    late = is_backdated and contract.state is ContractState.ENDED
    if contract.state is not ContractState.SIGNED and not late:
        raise DomainError("NOT_SIGNED", _("Only a signed contract that has not ended can freeze."))
    return contract
