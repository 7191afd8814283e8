"""Rules room: prices for a part of a term, in whole minor units.

A day costs price / days of the term; nothing is rounded before the end, and the result is rounded
once, half a minor unit away from zero.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import Term, period_of, term_end

TIMED = frozenset({PlanKind.TERM, PlanKind.RECURRING})


class When(StrEnum):
    """When a change of plan takes effect: today, or with the next payment."""

    NOW = "now"
    NEXT_PAYMENT = "next_payment"


@dataclass(frozen=True, slots=True)
class Rate:
    """A price for a number of days: what one day costs stays a fraction until the end."""

    price_minor: int
    days: int


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a change of plan, as far as its rules need it."""

    plan_id: int
    kind: PlanKind
    visits: int | None
    currency: str


def rounded(numerator: int, denominator: int) -> int:
    """Return the quotient, half a unit rounded away from zero."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


def change_price(current: Rate, new: Rate, days_left: int) -> int:
    """Return (new daily price - current daily price) x days left, negative for a cheaper plan."""
    difference = new.price_minor * current.days - current.price_minor * new.days
    return rounded(difference * days_left, current.days * new.days)


def part_price(rate: Rate, days: int) -> int:
    """Return the price of some days at a rate."""
    return rounded(rate.price_minor * days, rate.days)


def term_days(starts_on: date, term: Term) -> int:
    """Return how many days one term, or one rolling period, from a day has."""
    if term.kind is PlanKind.RECURRING:
        period = period_of(starts_on, starts_on, term.months or 1)
        return period.days
    last = term_end(starts_on, term)
    return (last - starts_on).days + 1 if last else 1


def days_left(effective_on: date, ends_on: date | None) -> int:
    """Return the days from a change to the end of the term, both included; none without an end."""
    return max((ends_on - effective_on).days + 1, 0) if ends_on else 0


def change_fault(current: Side, new: Side) -> str | None:
    """Return why one plan may not take over from another: `same`, `kind`, `visits`, `currency`."""
    if current.plan_id == new.plan_id:
        return "same"
    if current.kind not in TIMED or new.kind is not current.kind:
        return "kind"
    if current.visits is not None or new.visits is not None:
        return "visits"
    return "currency" if current.currency != new.currency else None
