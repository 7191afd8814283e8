"""Services room: what contracts write down about their recurring fees, for the room below."""

from dataclasses import replace
from datetime import date, timedelta

from memberships.contracts.catalogue import terms_of
from memberships.contracts.models import Contract
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import FrozenSpan, add_months, period_of
from memberships.dunning.models import ChargeSchedule
from memberships.dunning.queries import is_invoiced
from memberships.dunning.rules import PutOff
from memberships.dunning.services import (
    ChargePlan,
    change_charges,
    move_charges,
    period_at,
    period_day,
    plan_charges,
    put_offs,
    schedule_of,
    stop_charges,
)

__all__ = [
    "change_fees",
    "fee_period",
    "fee_periods",
    "has_fees",
    "is_period_open",
    "move_fees",
    "period_span",
    "plan_fees",
    "put_off_fees",
    "stop_fees",
]


def fee_period(contract: Contract, day: date) -> FrozenSpan:
    """Return the paid period of a rolling contract that holds a day, moved as its fees were."""
    schedule = schedule_of(contract.id)
    if schedule is not None:
        _number, first, last = period_at(schedule, day)
        return FrozenSpan(first, last)
    months = terms_of(contract.plan_version_id).term_months or 1
    return period_of(contract.starts_on, max(day, contract.starts_on), months)


def fee_periods(
    contract: Contract, day: date, schedule: ChargeSchedule | None = None
) -> list[tuple[int, FrozenSpan]]:
    """Return the number and days of every period of a rolling contract that began by a day.

    The first one is always there. Frozen and given days are made up at the end of a period.
    """
    schedule = schedule or schedule_of(contract.id)
    first, found = _begin(contract, schedule, 1), list[tuple[int, FrozenSpan]]()
    while not found or first <= day:
        after = _begin(contract, schedule, len(found) + 2)
        found.append((len(found) + 1, FrozenSpan(first, after - timedelta(days=1))))
        first = after
    return found


def period_span(contract: Contract, number: int) -> FrozenSpan:
    """Return the days of one period, moved as its fees were."""
    schedule = schedule_of(contract.id)
    first, after = _begin(contract, schedule, number), _begin(contract, schedule, number + 1)
    return FrozenSpan(first, after - timedelta(days=1))


def _begin(contract: Contract, schedule: ChargeSchedule | None, number: int) -> date:
    if schedule is not None:
        return period_day(schedule, number)
    months = terms_of(contract.plan_version_id).term_months or 1
    return add_months(contract.starts_on, (number - 1) * months)


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
    if schedule is None:
        passed = (period.from_on.year - after.starts_on.year) * 12
        passed += period.from_on.month - after.starts_on.month
        number, anchored = passed // months + 1, replace(plan, anchor_on=after.starts_on)
    else:
        number, _first, _last = period_at(schedule, contract.starts_on)
        anchored = replace(
            plan,
            anchor_on=schedule.anchor_on,
            moved_days=schedule.moved_days,
            put_off=put_offs(schedule),
        )
    return replace(anchored, first_period=number if is_open else number + 1)


def change_fees(contract: Contract, *, by: str) -> None:
    """Periods not invoiced yet cost what the contract costs now, and its payer pays them."""
    change_charges(
        contract.id,
        amount_minor=contract.price_minor,
        text=terms_of(contract.plan_version_id).name,
        by=by,
        payer_id=contract.payer_id,
    )


def move_fees(contract: Contract, days: int, *, by: str, from_on: date | None = None) -> None:
    """Frozen and given days put the next fee off, and days taken back bring it nearer again.

    With a first day only fees that would come on it or later move: a freeze planned ahead leaves
    those before it where they are.
    """
    move_charges(contract.id, days, by=by, from_on=from_on)


def put_off_fees(contract_id: int) -> tuple[int, tuple[PutOff, ...]]:
    """Return by how many days the fees of a rolling contract move, at once and from later days."""
    schedule = schedule_of(contract_id)
    return (schedule.moved_days, put_offs(schedule)) if schedule else (0, ())


def has_fees(contract_id: int) -> bool:
    """Tell whether the contract is charged period by period."""
    return schedule_of(contract_id) is not None


def stop_fees(contract: Contract, *, by: str) -> None:
    """No period that begins after the contract's last day is charged."""
    stop_charges(contract.id, contract.ends_on, by=by)
