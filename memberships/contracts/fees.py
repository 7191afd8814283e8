"""Services room: what contracts write down about their recurring fees, for the room below."""

from dataclasses import replace
from datetime import date, timedelta

from memberships.contracts.catalogue import terms_of
from memberships.contracts.models import Contract
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import FrozenSpan, period_of
from memberships.dunning.queries import is_invoiced
from memberships.dunning.services import (
    ChargePlan,
    change_charges,
    move_charges,
    plan_charges,
    schedule_of,
    stop_charges,
)

__all__ = [
    "change_fees",
    "fee_period",
    "has_fees",
    "is_period_open",
    "move_fees",
    "moved_fee_days",
    "plan_fees",
    "stop_fees",
]


def fee_period(contract: Contract, day: date) -> FrozenSpan:
    """Return the paid period of a rolling contract that holds a day, moved as its fees were."""
    schedule = schedule_of(contract.id)
    moved = timedelta(days=schedule.moved_days if schedule else 0)
    months = terms_of(contract.plan_version_id).term_months or 1
    anchor = schedule.anchor_on if schedule else contract.starts_on
    period = period_of(anchor, max(day - moved, anchor), months)
    return FrozenSpan(period.from_on + moved, period.until_on + moved)


def is_period_open(contract: Contract, first_day: date) -> bool:
    """Tell whether the period that begins on a day is not invoiced yet."""
    return not is_invoiced(contract.id, first_day)


def plan_fees(contract: Contract, *, by: str, after: Contract | None = None) -> None:
    """A rolling contract is charged for each period after its first, which its signing charges.

    One that takes over from another goes on with the periods of that one, those paid left out.
    """
    terms = terms_of(contract.plan_version_id)
    if terms.kind is not PlanKind.RECURRING or not contract.price_minor:
        return
    plan = ChargePlan(
        contract_id=contract.id,
        club_id=contract.club_id,
        payer_id=contract.payer_id,
        person_id=contract.person_id,
        text=terms.name,
        amount_minor=contract.price_minor,
        currency=contract.currency,
        anchor_on=contract.starts_on,
        months=terms.term_months or 1,
        until_on=contract.ends_on,
    )
    plan_charges(plan if after is None else _going_on(plan, contract, after), by=by)


def _going_on(plan: ChargePlan, contract: Contract, after: Contract) -> ChargePlan:
    months = terms_of(after.plan_version_id).term_months or 1
    period = fee_period(after, contract.starts_on)
    is_open = period.from_on == contract.starts_on and is_period_open(after, contract.starts_on)
    if months != plan.months:
        # Other periods begin anew: with this one while nobody has paid it, else after it.
        first = contract.starts_on if is_open else period.until_on + timedelta(days=1)
        return replace(plan, anchor_on=first, first_period=1)
    schedule = schedule_of(after.id)
    anchor = schedule.anchor_on if schedule else after.starts_on
    moved = schedule.moved_days if schedule else 0
    first_day = period.from_on - timedelta(days=moved)
    passed = (first_day.year - anchor.year) * 12 + first_day.month - anchor.month
    return replace(
        plan,
        anchor_on=anchor,
        moved_days=moved,
        first_period=passed // months + (1 if is_open else 2),
    )


def change_fees(contract: Contract, *, by: str) -> None:
    """Periods not invoiced yet cost what the contract costs now, and its payer pays them."""
    change_charges(
        contract.id,
        amount_minor=contract.price_minor,
        text=terms_of(contract.plan_version_id).name,
        by=by,
        payer_id=contract.payer_id,
    )


def move_fees(contract: Contract, days: int, *, by: str) -> None:
    """Frozen and given days put the next fee off, and days taken back bring it nearer again."""
    move_charges(contract.id, days, by=by)


def moved_fee_days(contract_id: int) -> int:
    """Return by how many days the fees of a rolling contract have been put off."""
    schedule = schedule_of(contract_id)
    return schedule.moved_days if schedule else 0


def has_fees(contract_id: int) -> bool:
    """Tell whether the contract is charged period by period."""
    return schedule_of(contract_id) is not None


def stop_fees(contract: Contract, *, by: str) -> None:
    """No period that begins after the contract's last day is charged."""
    stop_charges(contract.id, contract.ends_on, by=by)
