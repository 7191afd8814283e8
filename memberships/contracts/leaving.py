"""Rules room: when a cancelled contract ends, what is still charged, what it costs, what returns.

Days are club-local and last days inclusive; amounts are minor units of the contract's currency.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile

from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import FrozenSpan, add_months, due_days
from memberships.dunning.rules import PutOff, put_off

_DAY = timedelta(days=1)
WHOLE_BP = 10_000


class CancelReason(StrEnum):
    """Why a member leaves, in the words that journeys and reports go by."""

    MOVED_AWAY = "moved_away"
    INJURY = "injury"
    PRICE = "price"
    TIME = "time"
    COMPETITOR = "competitor"
    SERVICE = "service"
    OTHER = "other"


class LeaveReason(StrEnum):
    """Why a member leaves or has left, whoever asked him: desk, offer, call or letter."""

    MOVED_AWAY = "moved_away"
    INJURY = "injury"
    PRICE = "price"
    TIME = "time"
    BORED = "bored"
    COMPETITOR = "competitor"
    SERVICE = "service"
    LATER = "later"
    OTHER = "other"


# Who has moved away is not asked to come back by any journey.
NEVER_CHASED = frozenset({LeaveReason.MOVED_AWAY})


@dataclass(frozen=True, slots=True)
class Bond:
    """The contract that is to end: its kind, days, price, and how long a rolling period is.

    `moved_days` is by how many frozen days the periods of a rolling contract have moved, and
    `later` what moves them from a day on.
    """

    kind: PlanKind
    starts_on: date
    ends_on: date | None
    signed_on: date
    price_minor: int
    period_months: int = 1
    moved_days: int = 0
    later: tuple[PutOff, ...] = ()

    def moved(self, plain: date) -> date:
        """Return when a period begins that the calendar of the first day puts on this day."""
        if plain == self.starts_on:
            return plain
        return put_off(plain, self.moved_days, self.later)

    def period_at(self, day: date) -> FrozenSpan:
        """Return the paid period of a rolling contract that holds a day."""
        first = self.starts_on
        for after in map(self.moved, due_days(self.starts_on, self.period_months)):
            if after > max(day, self.starts_on):
                return FrozenSpan(first, after - _DAY)
            first = after
        raise AssertionError  # periods never end


@dataclass(frozen=True, slots=True)
class Leaving:
    """What cancelling means; `last_day` of None calls off a contract that has not begun."""

    last_day: date | None
    is_cooling_off: bool = False
    is_early: bool = False
    charges: int = 0
    charges_minor: int = 0
    last_charge_on: date | None = None
    fee_minor: int = 0
    refund_minor: int = 0


def leaving(
    bond: Bond, terms: LeavingTerms, asked_on: date, wished_on: date | None = None
) -> Leaving:
    """Return what a cancellation on a day brings; a wish may only put the last day off."""
    if terms.cooling_off_days and asked_on <= bond.signed_on + _DAY * terms.cooling_off_days:
        return _cooling_off(bond, asked_on)
    earliest = max(asked_on + _DAY * terms.notice_days, bond.starts_on, wished_on or date.min)
    if bond.kind is PlanKind.RECURRING:
        return _rolling(bond, terms, asked_on, earliest)
    return _fixed(bond, terms, earliest)


def _cooling_off(bond: Bond, asked_on: date) -> Leaving:
    if asked_on < bond.starts_on:
        return Leaving(None, is_cooling_off=True, refund_minor=bond.price_minor)
    first, last = bond.starts_on, bond.ends_on
    if bond.kind is PlanKind.RECURRING:
        period = bond.period_at(asked_on)
        first, last = period.from_on, period.until_on
    refund = 0 if last is None else _unused(bond.price_minor, first, asked_on, last)
    return Leaving(asked_on, is_cooling_off=True, refund_minor=refund)


def _rolling(bond: Bond, terms: LeavingTerms, asked_on: date, earliest: date) -> Leaving:
    last = bond.period_at(earliest).until_on
    bound = bond.moved(add_months(bond.starts_on, terms.bound_months)) - _DAY
    if last < bound and terms.early is EarlyEnd.AT_TERM:
        last = bond.period_at(bound).until_on
    is_early = last < bound
    coming = len([due for due in _dues(bond, last) if due > asked_on])
    waived = len([due for due in _dues(bond, bound) if due > last])
    return Leaving(
        last,
        is_early=is_early,
        charges=coming,
        charges_minor=coming * bond.price_minor,
        last_charge_on=bond.period_at(last).from_on,
        fee_minor=_fee(terms, waived * bond.price_minor) if is_early else 0,
    )


def _fixed(bond: Bond, terms: LeavingTerms, earliest: date) -> Leaving:
    ends_on = bond.ends_on
    if ends_on is None:
        return Leaving(earliest)
    if earliest >= ends_on or terms.early is EarlyEnd.AT_TERM:
        return Leaving(ends_on)
    rest = _unused(bond.price_minor, bond.starts_on, earliest, ends_on)
    return Leaving(
        earliest,
        is_early=True,
        fee_minor=_fee(terms, rest),
        refund_minor=rest if terms.refunds_rest else 0,
    )


def _dues(bond: Bond, last: date) -> Iterator[date]:
    moved = map(bond.moved, due_days(bond.starts_on, bond.period_months))
    return takewhile(lambda due: due <= last, moved)


def _fee(terms: LeavingTerms, rest_minor: int) -> int:
    if terms.early is not EarlyEnd.FEE:
        return 0
    return terms.fee_minor or _part(rest_minor, terms.fee_bp, WHOLE_BP)


def _unused(price_minor: int, first: date, used_until: date, last: date) -> int:
    """Return the share of a price that stands for the days after the last used one."""
    return _part(price_minor, (last - used_until).days, (last - first).days + 1)


def _part(amount: int, part: int, whole: int) -> int:
    """Return a share of an amount, halves rounded up."""
    return (2 * amount * max(0, part) + whole) // (2 * whole)
