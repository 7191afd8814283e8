"""Rules room: what an offer of the next term promises at each moment of the renewal.

Early: the old price kept, or days on top. Later never more than at the start: a member who waits
must not be better off. Days are club-local, last days inclusive; amounts are in minor units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Benefit(StrEnum):
    """What an offer gives beside the list price."""

    NONE = "none"
    PRICE_KEPT = "price_kept"
    MORE_DAYS = "more_days"
    KEPT_OR_DAYS = "kept_or_days"  # the old price where the list has risen, else days on top


class Moment(StrEnum):
    """Where in the renewal an offer is made."""

    EARLY = "early"
    LAST = "last"
    LAPSED = "lapsed"
    COMEBACK = "comeback"


# Which moment the touchpoints of the journey belong to.
MOMENT_OF: Mapping[str, Moment] = {
    "J13a": Moment.EARLY,
    "J13b": Moment.EARLY,
    "J13c": Moment.LAST,
    "J14a": Moment.LAPSED,
    "J14b": Moment.COMEBACK,
    "J14c": Moment.COMEBACK,
}
DEPTH: Mapping[Benefit, int] = {
    Benefit.NONE: 0,
    Benefit.PRICE_KEPT: 1,
    Benefit.MORE_DAYS: 1,
    Benefit.KEPT_OR_DAYS: 2,
}
KEEPS = frozenset({Benefit.PRICE_KEPT, Benefit.KEPT_OR_DAYS})
ADDS = frozenset({Benefit.MORE_DAYS, Benefit.KEPT_OR_DAYS})
LIMITS: Mapping[str, tuple[int, int]] = {
    "early_days": (0, 180),
    "bonus_days": (0, 92),
    "lapsed_days": (1, 60),
    "comeback_days": (1, 90),
}


@dataclass(frozen=True, slots=True)
class OfferRules:
    """What a club gives at each moment.

    `early_days`: the early benefit counts until so many days before the last day. An offer to a
    lapsed member is good until `lapsed_days` after his last day, one to come back `comeback_days`.
    """

    early: Benefit = Benefit.KEPT_OR_DAYS
    early_days: int = 30
    bonus_days: int = 30
    last: Benefit = Benefit.NONE
    lapsed: Benefit = Benefit.PRICE_KEPT
    lapsed_days: int = 14
    comeback: Benefit = Benefit.PRICE_KEPT
    comeback_days: int = 21

    def at(self, moment: Moment) -> Benefit:
        """Return what the club gives at a moment."""
        given: Benefit = getattr(self, moment.value)
        return given


SHIPPED = OfferRules()


@dataclass(frozen=True, slots=True)
class TermFacts:
    """What the next term would cost and how long it is, seen on a day.

    `kept_minor` is the list price the old contract was sold on, None for another plan. The plan's
    own early price counts until `plan_early_until`; `window_last` is the last day to renew.
    """

    today: date
    ends_on: date
    window_last: date
    list_minor: int
    term_days: int
    kept_minor: int | None = None
    plan_early_minor: int | None = None
    plan_early_until: date | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """The terms of one offer: price, early price, days on top, until when each of them counts."""

    price_minor: int
    expires_on: date
    early_minor: int | None = None
    early_until: date | None = None
    bonus_days: int = 0
    bonus_until: date | None = None
    is_fresh: bool = False

    def on(self, day: date) -> tuple[int, int]:
        """Return price and days on top for somebody who accepts on a day."""
        is_early = self.early_minor is not None and self.early_until is not None
        price = self.price_minor
        if is_early and day <= (self.early_until or day):
            price = self.early_minor or 0
        counts = self.bonus_until is not None and day <= self.bonus_until
        return price, self.bonus_days if counts else 0


def rule_faults(rules: OfferRules) -> dict[str, str]:
    """Return what is wrong with a club's rules: field to `range` or `deeper`."""
    faults = {
        name: "range"
        for name, (low, high) in LIMITS.items()
        if not low <= getattr(rules, name) <= high
    }
    for name in ("last", "lapsed", "comeback"):
        if DEPTH[getattr(rules, name)] > DEPTH[rules.early]:
            faults[name] = "deeper"
    return faults


def rules_from(kept: Mapping[str, Any]) -> OfferRules:
    """Return the rules of a kept setting; what it does not name is as shipped."""
    known = {one.name: kept[one.name] for one in fields(OfferRules) if one.name in kept}
    benefits = {name: Benefit(value) for name, value in known.items() if isinstance(value, str)}
    return replace(SHIPPED, **(known | benefits))


def per_day(price_minor: int, term_days: int, bonus_days: int = 0) -> Fraction:
    """Return what a day of the term costs: by this offers are compared."""
    return Fraction(price_minor, max(term_days + bonus_days, 1))


def opening(facts: TermFacts, rules: OfferRules) -> Fraction:
    """Return what a day costs by the offer with which a renewal opens: no later one goes below."""
    first = replace(facts, today=min(facts.today, facts.ends_on - timedelta(days=rules.early_days)))
    price, bonus = _early(first, rules).on(first.today)
    return per_day(price, facts.term_days, bonus)


def deal_at(
    moment: Moment, facts: TermFacts, rules: OfferRules, first: Fraction | None = None
) -> Deal:
    """Return the offer of a moment; `first` is what a day cost by the first offer really made."""
    if moment is Moment.EARLY:
        return _early(facts, rules)
    floor = opening(facts, rules) if first is None else first
    return not_deeper(_later(moment, facts, rules), facts, floor)


def not_deeper(deal: Deal, facts: TermFacts, floor: Fraction) -> Deal:
    """Return the deal with as much taken off it that a day costs no less than the floor."""
    price, bonus = deal.on(facts.today)
    if per_day(price, facts.term_days, bonus) >= floor:
        return deal
    plain = replace(deal, bonus_days=0, bonus_until=None)
    if per_day(price, facts.term_days) >= floor:
        return plain
    lowest = -(-floor.numerator * facts.term_days // floor.denominator)
    return replace(
        plain, price_minor=min(lowest, facts.list_minor), early_minor=None, early_until=None
    )


def _early(facts: TermFacts, rules: OfferRules) -> Deal:
    until = facts.ends_on - timedelta(days=rules.early_days)
    kept = _kept(facts) if rules.early in KEEPS and facts.today <= until else None
    early, early_until = _lower((kept, until), (facts.plan_early_minor, facts.plan_early_until))
    adds = rules.early is Benefit.MORE_DAYS or (rules.early in ADDS and early is None)
    bonus = rules.bonus_days if adds and facts.today <= until else 0
    return Deal(
        facts.list_minor,
        facts.window_last,
        early,
        early_until,
        bonus,
        until if bonus else None,
    )


def _later(moment: Moment, facts: TermFacts, rules: OfferRules) -> Deal:
    benefit, until = rules.at(moment), _last_day(moment, facts, rules)
    kept = _kept(facts) if benefit in KEEPS else None
    adds = benefit is Benefit.MORE_DAYS or (benefit in ADDS and kept is None)
    bonus = rules.bonus_days if adds else 0
    early, early_until = facts.plan_early_minor, facts.plan_early_until
    if early_until is None or early_until < facts.today or moment is Moment.COMEBACK:
        early, early_until = None, None
    return Deal(
        facts.list_minor if kept is None else kept,
        until,
        early if early is not None and (kept is None or early < kept) else None,
        early_until if early is not None and (kept is None or early < kept) else None,
        bonus,
        until if bonus else None,
        is_fresh=moment is Moment.COMEBACK,
    )


def _last_day(moment: Moment, facts: TermFacts, rules: OfferRules) -> date:
    if moment is Moment.COMEBACK:
        return facts.today + timedelta(days=rules.comeback_days)
    if moment is Moment.LAPSED:
        return min(facts.ends_on + timedelta(days=rules.lapsed_days), facts.window_last)
    return facts.window_last


def _kept(facts: TermFacts) -> int | None:
    """Return the old price while it is below the list, None where there is nothing to keep."""
    kept = facts.kept_minor
    return kept if kept is not None and kept < facts.list_minor else None


def _lower(*prices: tuple[int | None, date | None]) -> tuple[int | None, date | None]:
    known = [(price, until) for price, until in prices if price is not None and until is not None]
    return min(known) if known else (None, None)
