"""Queries room: when an own trigger fires: so many days before or after something."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, extract, or_, true
from sqlalchemy.orm import aliased

from clubcrm.core.clock import day_bounds
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.rules.own import Event, Goal, Trigger, window
from clubcrm.people.models import Person
from memberships.billing.models import Instalment, Invoice
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.packages.models import PackageLot
from memberships.schedule.models import Booking, BookingState, ClassSession

ENDED = (TouchState.DELIVERED, TouchState.EXPIRED, TouchState.SKIPPED)
facts = MemberFacts
Holds = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Now:
    """The day that is looked at, the zone of the club, and how long a trigger is of use."""

    day: date
    zone: str
    valid_days: int


def fires(trigger: Trigger, at: Now) -> Holds:
    """Return the condition that a member's event lies as far away as the trigger wants."""
    return _EVENTS[trigger.event](trigger, at)


def _event_after(column: Any) -> Callable[[Trigger, Now], Holds]:
    def fires_at(trigger: Trigger, at: Now) -> Holds:
        first, last = window(trigger, at.valid_days)
        begins, ends = at.day - timedelta(last), at.day - timedelta(first)
        if trigger.before:
            begins, ends = at.day + timedelta(first), at.day + timedelta(last)
        return and_(column >= begins, column <= ends)

    return fires_at


def _last_visit(trigger: Trigger, at: Now) -> Holds:
    # On the member's own clock, which a freeze and closed days stop.
    first, last = window(trigger, at.valid_days)
    return and_(facts.visits > 0, facts.silent_days.between(first, last))


def _visits(trigger: Trigger, at: Now) -> Holds:
    first, last = window(trigger, at.valid_days)
    lately = facts.last_visit_on >= at.day - timedelta(at.valid_days)
    return and_(facts.visits.between(first, last), lately)


def _signed(trigger: Trigger, at: Now) -> Holds:
    first, last = window(trigger, at.valid_days)
    begins, _end = day_bounds(at.day - timedelta(last), at.zone)
    _begin, ends = day_bounds(at.day - timedelta(first), at.zone)
    # An alias, because the conditions of the trigger read the contract of the cycle itself.
    any_of = aliased(Contract)
    return exists().where(
        any_of.person_id == facts.person_id,
        any_of.state == ContractState.SIGNED,
        any_of.signed_at >= begins,
        any_of.signed_at < ends,
    )


def _freeze(column: Any) -> Callable[[Trigger, Now], Holds]:
    def fires_at(trigger: Trigger, at: Now) -> Holds:
        return exists().where(
            Block.person_id == facts.person_id,
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
            _event_after(column)(trigger, at),
        )

    return fires_at


def _birthday(trigger: Trigger, at: Now) -> Holds:
    first, last = window(trigger, at.valid_days)
    sign = 1 if trigger.before else -1
    days = [at.day + timedelta(sign * apart) for apart in range(first, min(last, 364) + 1)]
    wanted = {one.month * 100 + one.day for one in days}
    # Who was born on 29 February has his birthday on the 28th of shorter years.
    wanted |= {229 for one in days if (one.month, one.day) == (2, 28) and one.year % 4}
    return (extract("month", Person.birth_date) * 100 + extract("day", Person.birth_date)).in_(
        sorted(wanted)
    )


def _unpaid(trigger: Trigger, at: Now) -> Holds:
    return (
        exists()
        .where(
            Invoice.person_id == facts.person_id,
            Instalment.invoice_id == Invoice.id,
            Instalment.open_minor > 0,
            _event_after(Instalment.due_on)(trigger, at),
        )
        .correlate(facts)
    )


def _no_show(trigger: Trigger, at: Now) -> Holds:
    return (
        exists()
        .where(
            Booking.person_id == facts.person_id,
            Booking.state == BookingState.MISSED,
            ClassSession.id == Booking.session_id,
            _event_after(ClassSession.day)(trigger, at),
        )
        .correlate(facts)
    )


def _units_expire(trigger: Trigger, at: Now) -> Holds:
    return exists().where(
        PackageLot.person_id == facts.person_id,
        PackageLot.remaining > 0,
        _event_after(PackageLot.expires_on)(trigger, at),
    )


def _after_touchpoint(trigger: Trigger, at: Now) -> Holds:
    """A contact came to rest so many days ago, and the member has not been here since."""
    return exists().where(
        Touchpoint.person_id == facts.person_id,
        Touchpoint.cycle_no == facts.cycle_no,
        Touchpoint.code == trigger.follows,
        Touchpoint.state.in_(ENDED),
        _event_after(Touchpoint.planned_on)(trigger, at),
        or_(facts.last_visit_on.is_(None), facts.last_visit_on < Touchpoint.planned_on)
        if trigger.goal is Goal.VISIT
        else true(),
    )


def _always(_trigger: Trigger, _at: Now) -> Holds:
    return true()


_EVENTS: Mapping[Event, Callable[[Trigger, Now], Holds]] = {
    Event.LAST_VISIT: _last_visit,
    Event.VISITS: _visits,
    Event.START: _event_after(facts.starts_on),
    Event.SIGNED: _signed,
    Event.END: _event_after(facts.ends_on),
    Event.FREEZE_BEGINS: _freeze(Block.from_on),
    Event.FREEZE_ENDS: _freeze(Block.until_on),
    Event.BIRTHDAY: _birthday,
    Event.UNPAID: _unpaid,
    Event.NO_SHOW: _no_show,
    Event.UNITS_EXPIRE: _units_expire,
    Event.TOUCHPOINT: _after_touchpoint,
    Event.ALWAYS: _always,
}
