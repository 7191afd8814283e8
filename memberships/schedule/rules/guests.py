"""Guests of members: how many passes a plan gives, who counts as new, when a pass is good."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class GuestPeriod(StrEnum):
    """For which time the passes of a plan are given."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class PassState(StrEnum):
    """Where a guest pass stands: waiting for the host, open at the gate, used, over, taken back."""

    WAITING = "waiting"
    OPEN = "open"
    USED = "used"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class GuestFault(StrEnum):
    """Why somebody cannot come as a guest; the value is the code that programs read."""

    HOST_RIGHT = "HOST_HAS_NO_RIGHT"
    USED_UP = "GUEST_PASSES_USED_UP"
    SELF = "HOST_IS_GUEST"
    NOT_NEW = "GUEST_NOT_NEW"
    TWICE = "GUEST_ALREADY_TODAY"
    LIMIT = "GUEST_LIMIT"


@dataclass(frozen=True, slots=True)
class GuestRule:
    """How many passes a plan version gives per period."""

    passes: int = 2
    period: GuestPeriod = GuestPeriod.MONTH


@dataclass(frozen=True, slots=True)
class GuestTerms:
    """What the club asks of guests: minutes after the host, visits a year, new people, waiver."""

    within_minutes: int = 30
    visits_a_year: int = 3
    new_only: bool = True
    waiver: bool = False


@dataclass(frozen=True, slots=True)
class GuestFacts:
    """What is known of host and guest when a pass is asked for."""

    host_may: bool
    is_same: bool
    passes_left: int
    was_member: bool
    visits_this_year: int
    has_pass_today: bool


def guest_fault(facts: GuestFacts, terms: GuestTerms) -> GuestFault | None:
    """Return why there is no pass, None when there is one."""
    reasons = (
        (facts.is_same, GuestFault.SELF),
        (not facts.host_may, GuestFault.HOST_RIGHT),
        (facts.passes_left <= 0, GuestFault.USED_UP),
        (terms.new_only and facts.was_member, GuestFault.NOT_NEW),
        (facts.has_pass_today, GuestFault.TWICE),
        (facts.visits_this_year >= terms.visits_a_year, GuestFault.LIMIT),
    )
    return next((fault for holds, fault in reasons if holds), None)


def period_start(day: date, period: GuestPeriod) -> date:
    """Return the first day of the calendar period that holds the day."""
    if period is GuestPeriod.YEAR:
        return date(day.year, 1, 1)
    month = day.month if period is GuestPeriod.MONTH else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)


def year_before(day: date) -> date:
    """Return the first day of the year that ends with the day: visits since then count."""
    return day - timedelta(days=364)


def good_until(host_entered_at: datetime, terms: GuestTerms) -> datetime:
    """Return until when the guest may come in after the host."""
    return host_entered_at + timedelta(minutes=terms.within_minutes)
