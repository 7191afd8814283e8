"""Verbs of recurring fees: plan, change, move and stop them; contracts call these.

Nothing here reads a contract: what a period costs and until when it runs is written down by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.states import move
from clubcrm.core.types import JsonObject
from memberships.dunning.models import ChargeSchedule, RecurringCharge
from memberships.dunning.rules import (
    CHARGE_MOVES,
    DAY,
    ChargeState,
    PutOff,
    ScheduleState,
    due_day,
    put_off,
    with_put_off,
)

# The first period is charged when the contract is signed.
FIRST_PLANNED = 2


@dataclass(frozen=True, slots=True)
class ChargePlan:
    """How a contract shall be charged: `anchor_on` is the first day of its first period.

    One that takes another one over keeps its anchor and moved days, and begins with a later period.
    """

    contract_id: int
    club_id: int
    payer_id: int
    person_id: int
    text: str
    amount_minor: int
    currency: str
    anchor_on: date
    months: int = 1
    until_on: date | None = None
    first_period: int = FIRST_PLANNED
    moved_days: int = 0
    put_off: tuple[PutOff, ...] = ()


def plan_charges(plan: ChargePlan, *, by: str) -> ChargeSchedule:
    """The contract is charged for each period after its first, which its signing charges.

    Planning the same contract again changes nothing.
    """
    found = schedule_of(plan.contract_id)
    if found is not None:
        return found
    schedule = ChargeSchedule(
        contract_id=plan.contract_id,
        club_id=plan.club_id,
        payer_id=plan.payer_id,
        person_id=plan.person_id,
        text=plan.text[:300],
        amount_minor=plan.amount_minor,
        currency=plan.currency,
        months=plan.months,
        anchor_on=plan.anchor_on,
        until_on=plan.until_on,
        moved_days=plan.moved_days,
        put_off=_written(plan.put_off),
    )
    db.session.add(schedule)
    db.session.flush()
    plan_next(schedule, by=by, first_period=plan.first_period)
    _note(schedule, "planned", None, by=by)
    return schedule


def change_charges(
    contract_id: int, *, amount_minor: int, text: str, by: str, payer_id: int | None = None
) -> None:
    """Periods that are not invoiced yet cost this from now on, and this payer pays them."""
    schedule = schedule_of(contract_id)
    if schedule is None:
        return
    before = _kept(schedule)
    schedule.amount_minor, schedule.text = amount_minor, text[:300]
    schedule.payer_id = payer_id or schedule.payer_id
    schedule.changed_at = clock.now()
    for charge in planned(contract_id):
        charge.amount_minor, charge.text = amount_minor, text[:300]
        charge.payer_id = schedule.payer_id
    _note(schedule, "changed", before, by=by)


def move_charges(contract_id: int, days: int, *, by: str, from_on: date | None = None) -> None:
    """Periods that are not invoiced yet come so many days later; fewer days bring them back.

    Given days move all of them; those of a freeze only what begins on its first day or later.
    """
    schedule = schedule_of(contract_id)
    if schedule is None or not days:
        return
    before = _kept(schedule)
    schedule.moved_days, later = with_put_off(
        schedule.moved_days, put_offs(schedule), days, from_on
    )
    schedule.put_off = _written(later)
    schedule.changed_at = clock.now()
    _date_anew(schedule, planned(contract_id))
    _note(schedule, "moved", before, by=by)


def stop_charges(contract_id: int, last_on: date | None, *, by: str) -> None:
    """No period that begins after the last day is charged; a day of None lets them go on.

    Fees that are invoiced already stay: what is owed is taken back by a credit note.
    """
    schedule = schedule_of(contract_id)
    if schedule is None or schedule.until_on == last_on:
        return
    before = _kept(schedule)
    schedule.until_on = last_on
    schedule.changed_at = clock.now()
    for charge in planned(contract_id):
        if last_on is not None and charge.due_on > last_on:
            move(charge, ChargeState.STOPPED, moves=CHARGE_MOVES, by=by, why="contract ends")
    plan_next(schedule, by=by)
    _note(schedule, "stopped" if last_on else "resumed", before, by=by)


def plan_next(
    schedule: ChargeSchedule, *, by: str, first_period: int = FIRST_PLANNED
) -> RecurringCharge | None:
    """The next period of the contract stands as planned, unless the contract ends before it."""
    if planned(schedule.contract_id):
        return None
    rows = db.session.scalars(
        select(RecurringCharge)
        .where(RecurringCharge.contract_id == schedule.contract_id)
        .order_by(RecurringCharge.period.desc())
    ).all()
    last = next((one for one in rows if one.state is not ChargeState.STOPPED), None)
    begun = rows[-1].period if rows else first_period
    period = last.period + 1 if last else begun
    from_on = period_day(schedule, period)
    if schedule.until_on is not None and from_on > schedule.until_on:
        schedule.state = ScheduleState.STOPPED
        db.session.flush()
        return None
    schedule.state = ScheduleState.ACTIVE
    again = next((one for one in rows if one.period == period), None)
    if again is not None:
        move(again, ChargeState.PLANNED, moves=CHARGE_MOVES, by=by, why="contract goes on")
        again.amount_minor, again.text = schedule.amount_minor, schedule.text
        _date_anew(schedule, [again])
        return again
    charge = charge_of(schedule, period)
    db.session.add(charge)
    db.session.flush()
    return charge


def charge_of(schedule: ChargeSchedule, period: int) -> RecurringCharge:
    """Return the planned fee of a period, not yet in the store."""
    from_on, until_on = _covered(schedule, period)
    return RecurringCharge(
        contract_id=schedule.contract_id,
        club_id=schedule.club_id,
        payer_id=schedule.payer_id,
        person_id=schedule.person_id,
        period=period,
        due_on=from_on,
        covers_from=from_on,
        covers_until=until_on,
        text=schedule.text,
        amount_minor=schedule.amount_minor,
        currency=schedule.currency,
    )


def period_day(schedule: ChargeSchedule, period: int) -> date:
    """Return the first day of a period, counted from the anchor so that 31 stays 31."""
    return put_off(_anchored(schedule, period), schedule.moved_days, put_offs(schedule))


def period_at(schedule: ChargeSchedule, day: date) -> tuple[int, date, date]:
    """Return the number, first and last day of the period that holds a day."""
    period = 1
    while (after := period_day(schedule, period + 1)) <= day:
        period += 1
    return period, period_day(schedule, period), after - DAY


def put_offs(schedule: ChargeSchedule) -> tuple[PutOff, ...]:
    """Return the days by which a schedule moves from a later day on."""
    return tuple(PutOff(date.fromisoformat(day), days) for day, days in schedule.put_off or ())


def schedule_of(contract_id: int) -> ChargeSchedule | None:
    """Return how a contract is charged."""
    return db.session.scalars(
        select(ChargeSchedule).where(ChargeSchedule.contract_id == contract_id)
    ).first()


def planned(contract_id: int) -> list[RecurringCharge]:
    """Return the fees of a contract that are not invoiced yet, the next one first."""
    return list(
        db.session.scalars(
            select(RecurringCharge)
            .where(
                RecurringCharge.contract_id == contract_id,
                RecurringCharge.state == ChargeState.PLANNED,
            )
            .order_by(RecurringCharge.period)
        )
    )


def _date_anew(schedule: ChargeSchedule, charges: list[RecurringCharge]) -> None:
    for charge in charges:
        charge.covers_from, charge.covers_until = _covered(schedule, charge.period)
        charge.due_on = charge.covers_from
    db.session.flush()


def _covered(schedule: ChargeSchedule, period: int) -> tuple[date, date]:
    """Return the days a fee pays for; frozen days in between are made up behind them."""
    first = period_day(schedule, period)
    return first, first + (_anchored(schedule, period + 1) - _anchored(schedule, period)) - DAY


def _anchored(schedule: ChargeSchedule, period: int) -> date:
    return due_day(schedule.anchor_on, (period - 1) * schedule.months)


def _written(later: Sequence[PutOff]) -> list[list[str | int]] | None:
    return [[one.from_on.isoformat(), one.days] for one in later] or None


def _kept(schedule: ChargeSchedule) -> JsonObject:
    return {
        "amount_minor": schedule.amount_minor,
        "payer_id": schedule.payer_id,
        "anchor_on": schedule.anchor_on.isoformat(),
        "moved_days": schedule.moved_days,
        "put_off": schedule.put_off,
        "until_on": schedule.until_on.isoformat() if schedule.until_on else None,
    }


def _note(schedule: ChargeSchedule, what: str, before: JsonObject | None, *, by: str) -> None:
    db.session.flush()
    audit.note(
        f"charges.{what}",
        "contract",
        schedule.contract_id,
        before=before,
        after=_kept(schedule),
        by=by,
    )
