"""Services room: days or a freeze for all active members of a club, and taking them back in time.

The order is kept with every contract it meets; the scheduler carries it out one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from clubcrm.people.queries.locks import lock_person
from memberships.blocks.models import Block
from memberships.contracts.ends import club_day, may_end_on
from memberships.contracts.everyone import SAMPLE, MassOrder, Met, contracts_met, items_in
from memberships.contracts.freezes import Granted, place_freeze, undo_freeze
from memberships.contracts.gift_tables import (
    GiftLine,
    ItemState,
    MassChange,
    MassItem,
    MassKind,
    MassState,
)
from memberships.contracts.giving import MOST_DAYS, GiftOrder, give_days, take_days_back
from memberships.contracts.history import frozen_spans
from memberships.contracts.models import Contract
from memberships.contracts.terms import FreezeLimit, FrozenSpan, freeze_fault, moved_end

UNDO_WITHIN = timedelta(days=1)
SOURCE = "mass_gift"
LONGEST_FREEZE = 92
MASS_MOVES: Moves = {
    MassState.RUNNING: frozenset({MassState.DONE, MassState.UNDOING}),
    MassState.DONE: frozenset({MassState.UNDOING}),
    MassState.UNDOING: frozenset({MassState.UNDONE}),
    MassState.UNDONE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class MassPreview:
    """How many contracts a mass change meets, how many it leaves out and why, and a sample."""

    met: int
    left_out: tuple[tuple[str, int], ...]
    sample: tuple[Met, ...]


def mass_preview(order: MassOrder) -> MassPreview:
    """Return whom the change would meet; raises INVALID_INPUT naming what is wrong with it."""
    _check(order)
    found = contracts_met(order, club_day(order.club_id))
    good = [one for one in found if not one.why]
    reasons: dict[str, int] = {}
    for one in found:
        if one.why:
            reasons[one.why] = reasons.get(one.why, 0) + 1
    step = max(1, len(good) // SAMPLE)
    return MassPreview(len(good), tuple(sorted(reasons.items())), tuple(good[::step][:SAMPLE]))


def start_mass_change(order: MassOrder, *, by: str) -> MassChange:
    """The change is ordered and keeps the list of contracts it meets; the scheduler begins soon."""
    _check(order)
    reason = clean(order.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    found = contracts_met(order, club_day(order.club_id))
    if not any(not one.why for one in found):
        raise DomainError("NOBODY_MET", _("No contract of this club would change."))
    change = MassChange(
        club_id=order.club_id,
        kind=order.kind,
        days=order.days,
        from_on=order.from_on,
        until_on=order.until_on,
        reason=reason,
        asked_by=by,
    )
    db.session.add(change)
    db.session.flush()
    db.session.execute(
        insert(MassItem),
        [
            {
                "change_id": change.id,
                "contract_id": one.contract_id,
                "state": ItemState.SKIPPED if one.why else ItemState.WAITING,
                "why": one.why,
            }
            for one in found
        ],
    )
    after = {"kind": order.kind.value, "days": order.days, "contracts": len(found)}
    audit.note("mass_change.ordered", "mass_change", change.id, after=after, by=by)
    return change


def undo_mass_change(change_id: int, *, by: str) -> MassChange:
    """The change is taken back contract by contract; what it had not reached yet it never does.

    Raises TOO_LATE a day after it was ordered, STATE when it is taken back already.
    """
    change = _get(change_id)
    if clock.now() > change.asked_at + UNDO_WITHIN:
        raise DomainError("TOO_LATE", _("This can be taken back for one day only."))
    move(change, MassState.UNDOING, moves=MASS_MOVES, by=by)
    change.undone_by = by
    db.session.execute(
        update(MassItem)
        .where(MassItem.change_id == change_id, MassItem.state == ItemState.WAITING)
        .values(state=ItemState.UNDONE)
    )
    audit.note("mass_change.undone", "mass_change", change_id, by=by)
    return change


def carry_out(change_id: int, contract_id: int) -> None:
    """The contract has its days or its freeze, or is left out with the rule that kept it out."""
    change = _get(change_id)
    if change.state is not MassState.RUNNING or not _claim(change_id, contract_id, ItemState.DONE):
        return
    act = _freeze_one if change.kind is MassKind.FREEZE else _give_one
    _settle(change, contract_id, act, ItemState.SKIPPED)


def restore(change_id: int, contract_id: int) -> None:
    """The contract is as it was before the change, or keeps it with the reason why."""
    change = _get(change_id)
    is_due = change.state is MassState.UNDOING
    if not is_due or not _claim(change_id, contract_id, ItemState.UNDONE):
        return
    act = _unfreeze_one if change.kind is MassKind.FREEZE else _take_one_back
    _settle(change, contract_id, act, ItemState.KEPT)


def set_aside(change_id: int, contract_ids: list[int]) -> None:
    """These contracts could not be changed for a fault of ours: they stay as they are."""
    is_undo = _get(change_id).state is MassState.UNDOING
    was, to = ItemState.WAITING, ItemState.SKIPPED
    if is_undo:
        was, to = ItemState.DONE, ItemState.KEPT
    db.session.execute(
        update(MassItem)
        .where(
            MassItem.change_id == change_id,
            MassItem.contract_id.in_(contract_ids),
            MassItem.state == was,
        )
        .values(state=to, why="failed")
    )


def close_if_through(change_id: int) -> bool:
    """The change is done, or undone, once no contract waits any more; True when it is."""
    change = _get(change_id)
    is_undo = change.state is MassState.UNDOING
    if items_in(change_id, ItemState.DONE if is_undo else ItemState.WAITING, 1):
        return False
    to = MassState.UNDONE if is_undo else MassState.DONE
    move(change, to, moves=MASS_MOVES, by="system")
    if is_undo:
        change.undone_at = clock.now()
    else:
        change.finished_at = clock.now()
    return True


Act = Callable[[MassChange, Contract], int | None]


def _settle(change: MassChange, contract_id: int, act: Act, otherwise: ItemState) -> None:
    contract = db.session.get_one(Contract, contract_id)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    item = db.session.get_one(MassItem, (change.id, contract_id))
    db.session.refresh(item)
    try:
        block_id = act(change, contract)
    except DomainError as refusal:
        item.state, item.why = otherwise, str(refusal.extra.get("rule", refusal.code.lower()))
    else:
        item.block_id = block_id or item.block_id
    db.session.flush()


def _give_one(change: MassChange, contract: Contract) -> None:
    source = f"{change.id}:{contract.id}"
    give_days(
        GiftOrder(contract.id, change.days, change.reason, source, SOURCE), by=change.asked_by
    )


def _take_one_back(change: MassChange, contract: Contract) -> None:
    line = db.session.scalars(
        select(GiftLine).where(
            GiftLine.source_kind == SOURCE, GiftLine.source_id == f"{change.id}:{contract.id}"
        )
    ).one()
    take_days_back(line, by=change.undone_by, why=change.reason)


def _freeze_one(change: MassChange, contract: Contract) -> int:
    if change.from_on is None or change.until_on is None:
        raise not_found(_("There is no such freeze."))
    span = FrozenSpan(change.from_on, change.until_on)
    period = contract.starts_on, contract.ends_on
    fault = freeze_fault(period, span, frozen_spans(contract.id), FreezeLimit())
    if fault is None and not may_end_on(contract, moved_end(contract.ends_on, span.days)):
        fault = "next_contract"
    if fault:
        raise DomainError("FREEZE_REFUSED", "", extra={"rule": fault})
    granted = Granted(span, change.reason, change_id=change.id)
    return place_freeze(contract, granted, by=change.asked_by).id


def _unfreeze_one(change: MassChange, contract: Contract) -> None:
    item = db.session.get_one(MassItem, (change.id, contract.id))
    undo_freeze(db.session.get_one(Block, item.block_id), by=change.undone_by)


def _claim(change_id: int, contract_id: int, to: ItemState) -> bool:
    was = ItemState.WAITING if to is ItemState.DONE else ItemState.DONE
    claimed = db.session.execute(
        update(MassItem)
        .where(
            MassItem.change_id == change_id,
            MassItem.contract_id == contract_id,
            MassItem.state == was,
        )
        .values(state=to)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined] # the untyped result


def _check(order: MassOrder) -> None:
    if order.kind is MassKind.GIFT:
        if not 1 <= order.days <= MOST_DAYS:
            text = _("Expected a number from %(low)s to %(high)s.", low=1, high=MOST_DAYS)
            raise invalid({"days": text})
        return
    if order.from_on is None or order.until_on is None:
        raise invalid({"from_on": _("This is needed.")})
    if order.until_on < order.from_on:
        raise invalid({"until_on": _("The last day lies before the first.")})
    if order.from_on < club_day(order.club_id):
        raise invalid({"from_on": _("A freeze starts today or later.")})
    if order.days != FrozenSpan(order.from_on, order.until_on).days or order.days > LONGEST_FREEZE:
        text = _("At most %(days)s days.", days=LONGEST_FREEZE)
        raise invalid({"until_on": text})


def _get(change_id: int) -> MassChange:
    change = db.session.get(MassChange, change_id)
    if change is None:
        raise not_found(_("There is no such change."))
    return change
