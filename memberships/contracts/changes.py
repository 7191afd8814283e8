"""Services room: a contract goes on as another plan, now or at the next payment.

It costs (new daily price - current daily price) x days left, rounded once, and no joining fee. The
old contract remains in history; the new one takes its last day over.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.states import move
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.catalogue import PlanOnSale, plan_version
from memberships.contracts.charges import Charge, charge, give_back, next_due_on
from memberships.contracts.fees import fee_period, is_period_open, stop_fees
from memberships.contracts.handover_tables import CHANGE_MOVES, ChangeState, PlanChange
from memberships.contracts.history import overlapping
from memberships.contracts.models import Contract
from memberships.contracts.moves import ChangeFault, change_refused, moving_fault
from memberships.contracts.offers import contract_of, next_plan, withdraw_rest
from memberships.contracts.outlook import Running, running, scheduled_change
from memberships.contracts.proration import (
    Rate,
    Side,
    When,
    change_fault,
    change_price,
    days_left,
    term_days,
)
from memberships.contracts.rules import CONTRACT_MOVES, ContractState, PlanKind
from memberships.contracts.services import (
    Draft,
    as_kept,
    draw_up,
    make_valid,
    note_change,
    void_contract,
)
from memberships.contracts.stays import extra_days
from memberships.contracts.terms import FrozenSpan, Term, term_end
from memberships.events import PlanChanged, PlanChangeUndone

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """Which contract goes on as which plan, and from when."""

    contract_id: int
    plan_id: int
    when: When = When.NOW


@dataclass(frozen=True, slots=True)
class ChangeOffer:
    """What a change brings, shown before it is confirmed; a negative charge is given back."""

    plan: PlanOnSale
    effective_on: date
    ends_on: date | None
    days_left: int
    current: Rate
    new: Rate
    charge_minor: int


def change_preview(request: ChangeRequest) -> ChangeOffer:
    """Return price and dates of the change; raises CHANGE_REFUSED with the rule in its way."""
    one = running(contract_of(request.contract_id))
    plan = next_plan(one, request.plan_id)
    fault = _fault(one, plan) or moving_fault(one)
    if fault is None and scheduled_change(one.contract.id) is not None:
        fault = ChangeFault.SCHEDULED
    if fault is not None:
        raise change_refused(fault)
    effective_on = _effective_on(one, request.when)
    offer = _offer(one, plan, effective_on)
    clash = overlapping(one.contract.person_id, plan.plan_id, effective_on, offer.ends_on)
    if clash is not None and clash.contract_id != one.contract.id:
        raise change_refused(ChangeFault.OVERLAP, number=clash.number)
    return offer


def change_plan(request: ChangeRequest, *, by: str) -> PlanChange:
    """The contract goes on as the other plan from today, or is noted for its next payment."""
    lock_person(contract_of(request.contract_id).person_id)
    offer = change_preview(request)
    contract = contract_of(request.contract_id)
    change = PlanChange(
        club_id=contract.club_id,
        person_id=contract.person_id,
        contract_id=contract.id,
        plan_version_id=offer.plan.version_id,
        effective_on=offer.effective_on,
        days_left=offer.days_left,
        charge_minor=offer.charge_minor,
        currency=contract.currency,
        old_ends_on=contract.ends_on,
        old_cut_on=contract.cut_ends_on,
        state=ChangeState.SCHEDULED,
        made_by=by,
    )
    db.session.add(change)
    db.session.flush()
    audit.note("contract.change_noted", "plan_change", change.id, after=_kept(change), by=by)
    if offer.effective_on <= running(contract).today:
        _perform(change, contract, offer, by)
    return change


def perform_change(change_id: int, *, by: str) -> Contract | None:
    """A change whose day has come is done, at the price of that day's formula; None when undone."""
    change = _get(change_id)
    lock_person(change.person_id)
    db.session.refresh(change)
    if change.state is not ChangeState.SCHEDULED:
        return None
    one = running(contract_of(change.contract_id))
    fault = moving_fault(one)
    if fault is not None:
        _undo_noted(change, by)
        return None
    offer = _offer(one, plan_version(change.plan_version_id), change.effective_on)
    change.days_left, change.charge_minor = offer.days_left, offer.charge_minor
    return _perform(change, one.contract, offer, by)


def undo_change(change_id: int, *, by: str) -> PlanChange:
    """The change is called off: at any time while it lies ahead, and on the day it was done.

    A done one is reversed by the contracts and documents that mirror it. Raises TOO_LATE after it.
    """
    change = _get(change_id)
    lock_person(change.person_id)
    db.session.refresh(change)
    if change.state is ChangeState.SCHEDULED:
        _undo_noted(change, by)
        return change
    if change.state is not ChangeState.DONE or change.new_contract_id is None:
        raise DomainError("TOO_LATE", _("This change is undone already."))
    old, new = contract_of(change.contract_id), contract_of(change.new_contract_id)
    today = running(old).today
    if change.effective_on != today or moving_fault(running(new), is_first_day=True) is not None:
        raise DomainError("TOO_LATE", _("A change can be undone on its own day only."))
    _reverse(change, old, new, by)
    return change


def _reverse(change: PlanChange, old: Contract, new: Contract, by: str) -> None:
    reason = _("The change of plan was undone.")
    new.previous_id = None
    db.session.flush()
    void_contract(new.id, by=by, why=reason)
    if change.charge_minor > 0:
        give_back(new.id, change.charge_minor, reason=reason, cause=f"unchange:{change.id}", by=by)
    before = as_kept(old)
    move(old, ContractState.SIGNED, moves=CONTRACT_MOVES, by=by, why=reason)
    old.ends_on, old.cut_ends_on, old.end_reason = change.old_ends_on, change.old_cut_on, ""
    old.version += 1
    note_change(old, "change_undone", before=before, by=by)
    stop_fees(old, by=by)
    if change.charge_minor < 0 and old.ends_on is not None:
        again = Charge(old, reason, -change.charge_minor, change.effective_on, old.ends_on)
        charge(old.payer_id, [again], by=by, source=("unchange", change.id))
    _settle(change, ChangeState.UNDONE, by)
    _tell_undone(change)


def _undo_noted(change: PlanChange, by: str) -> None:
    _settle(change, ChangeState.UNDONE, by)
    audit.note("contract.change_undone", "plan_change", change.id, before=_kept(change), by=by)
    _tell_undone(change)


def _perform(change: PlanChange, old: Contract, offer: ChangeOffer, by: str) -> Contract:
    before, last_day = as_kept(old), change.effective_on - _DAY
    change.old_ends_on, change.old_cut_on = old.ends_on, old.cut_ends_on
    withdraw_rest(old.id, by=by)
    old.ends_on, old.cut_ends_on = last_day, last_day - timedelta(days=extra_days(old.id))
    old.version += 1
    old.end_reason = _("Goes on as %(plan)s.", plan=offer.plan.terms.name)[:200]
    move(old, ContractState.ENDED, moves=CONTRACT_MOVES, by=by)
    note_change(old, "changed_plan", before=before, by=by, why=offer.plan.terms.name)
    stop_fees(old, by=by)
    new = _taken_over(old, offer, by)
    change.new_contract_id = new.id
    _settle(change, ChangeState.DONE, by)
    _charge(change, old, new, offer, by)
    events.record(
        PlanChanged(
            new.club_id,
            clock.now(),
            old.id,
            new.id,
            new.person_id,
            change.effective_on,
            change.charge_minor,
        )
    )
    return new


def _taken_over(old: Contract, offer: ChangeOffer, by: str) -> Contract:
    terms = offer.plan.terms
    draft = Draft(
        offer.plan,
        person_id=old.person_id,
        payer_id=old.payer_id,
        starts_on=offer.effective_on,
        ends_on=term_end(offer.effective_on, terms.term),
        price_minor=terms.price_minor,
        previous_id=old.id,
    )
    new = draw_up(draft, by=by)
    if offer.ends_on is not None and offer.ends_on != new.ends_on:
        new.ends_on = new.cut_ends_on = offer.ends_on
        db.session.flush()
    make_valid(new, by=by, what="changed_plan", after=old)
    return new


def _charge(change: PlanChange, old: Contract, new: Contract, offer: ChangeOffer, by: str) -> None:
    name = offer.plan.terms.name
    if change.charge_minor > 0:
        last = change.effective_on + timedelta(days=change.days_left - 1)
        text = _("%(plan)s: difference for %(days)s days", plan=name, days=change.days_left)
        one = Charge(new, text, change.charge_minor, change.effective_on, last)
        charge(new.payer_id, [one], by=by)
    elif change.charge_minor < 0:
        reason = _("Change to %(plan)s", plan=name)
        give_back(old.id, -change.charge_minor, reason=reason, cause=f"change:{change.id}", by=by)


def _offer(one: Running, plan: PlanOnSale, effective_on: date) -> ChangeOffer:
    contract, terms = one.contract, one.plan.terms
    rolls = terms.kind is PlanKind.RECURRING
    # Both sides count their days from the beginning of the running term, or of its period.
    if rolls:
        period = fee_period(contract, effective_on)
        left = (period.until_on - effective_on).days + 1
        sold, other = period.days, _period_days(period, terms.term, plan.terms.term)
    else:
        left = days_left(effective_on, contract.ends_on)
        sold, other = (term_days(contract.starts_on, one) for one in (terms.term, plan.terms.term))
    current, new = Rate(contract.price_minor, sold), Rate(plan.terms.price_minor, other)
    due = change_price(current, new, left)
    if rolls and left == sold and is_period_open(contract, effective_on):
        # The period that begins with the change is charged at the new price anyway.
        due = 0
    return ChangeOffer(plan, effective_on, contract.ends_on, left, current, new, due)


def _period_days(period: FrozenSpan, own: Term, other: Term) -> int:
    if (own.months or 1) == (other.months or 1):
        return period.days
    return term_days(period.from_on, other)


def _effective_on(one: Running, when: When) -> date:
    contract, today = one.contract, one.today
    if when is When.NOW:
        if contract.starts_on >= today:
            raise change_refused(ChangeFault.NOT_BEGUN)
        return today
    if one.plan.terms.kind is PlanKind.RECURRING:
        return fee_period(contract, today).until_on + _DAY
    due_on = next_due_on(contract.id, today)
    if due_on is None or contract.ends_on is None or due_on > contract.ends_on:
        raise change_refused(ChangeFault.PAID_UP)
    return max(due_on, contract.starts_on + _DAY)


def _fault(one: Running, plan: PlanOnSale) -> ChangeFault | None:
    own = one.plan
    sides = [
        Side(side.plan_id, side.terms.kind, side.terms.visits, side.terms.currency)
        for side in (own, plan)
    ]
    found = change_fault(*sides)
    return ChangeFault(found) if found else None


def _settle(change: PlanChange, state: ChangeState, by: str) -> None:
    move(change, state, moves=CHANGE_MOVES, by=by)
    change.settled_at, change.settled_by = clock.now(), by
    db.session.flush()


def _tell_undone(change: PlanChange) -> None:
    events.record(
        PlanChangeUndone(
            change.club_id, clock.now(), change.id, change.contract_id, change.person_id
        )
    )


def _get(change_id: int) -> PlanChange:
    change = db.session.scalars(select(PlanChange).where(PlanChange.id == change_id)).first()
    if change is None:
        raise not_found(_("There is no such change."))
    return change


def _kept(change: PlanChange) -> dict[str, object]:
    return {
        "contract_id": change.contract_id,
        "plan_version_id": change.plan_version_id,
        "effective_on": change.effective_on.isoformat(),
        "charge_minor": change.charge_minor,
    }
