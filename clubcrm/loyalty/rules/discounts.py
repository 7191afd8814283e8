"""Rules room: who is proposed a discount by his history, and what it does to the margin."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Basis(StrEnum):
    """By what of his history a member is chosen."""

    MONTHS = "months"  # months since his first membership began
    SPENT = "spent"  # money of a year, in minor units
    BAR = "bar"  # of it at the bar
    VISITS = "visits"  # visit-days of a year


class DiscountState(StrEnum):
    """Where a proposed discount stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    LAPSED = "lapsed"


DISCOUNT_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    DiscountState.PROPOSED: frozenset(
        {DiscountState.APPROVED, DiscountState.DECLINED, DiscountState.LAPSED}
    ),
}


@dataclass(frozen=True, slots=True)
class DiscountTerms:
    """From how much on, how many percent of the next term, and at most how much."""

    basis: Basis
    at_least: int
    percent: int
    most_minor: int = 0  # 0: no limit
    valid_days: int = 60


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a member: his year, what goods of it cost, and his next term."""

    months: int = 0
    spent_minor: int = 0
    bar_minor: int = 0
    bar_cost_minor: int = 0
    visits: int = 0
    price_minor: int = 0
    term_months: int = 0

    def by(self, basis: Basis) -> int:
        """Return what a rule looks at."""
        return {
            Basis.MONTHS: self.months,
            Basis.SPENT: self.spent_minor,
            Basis.BAR: self.bar_minor,
            Basis.VISITS: self.visits,
        }[basis]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a discount does to the next term: price, what is taken off, and what it costs the club.

    The bar's margin of the past year is taken to come again in the same measure.
    """

    price_minor: int
    off_minor: int
    cost_minor: int
    bar_minor: int

    @property
    def before_minor(self) -> int:
        """Return the margin of the next term without the discount."""
        return self.price_minor + self.bar_minor - self.cost_minor

    @property
    def after_minor(self) -> int:
        """Return the margin with the discount."""
        return self.before_minor - self.off_minor

    @property
    def pays_from(self) -> int | None:
        """Return of how many percent it must be true that they stay only for it; None: never.

        Who would have stayed anyway costs the discount, who stays for it brings the margin after.
        """
        if self.after_minor <= 0:
            return None
        return -(-100 * self.off_minor // (self.after_minor + self.off_minor))


def is_chosen(terms: DiscountTerms, history: History) -> bool:
    """Return whether the rule proposes something to a member of this history."""
    return history.price_minor > 0 and history.by(terms.basis) >= terms.at_least


def off_for(terms: DiscountTerms, price_minor: int) -> int:
    """Return what is taken off a price, rounded down, within the rule's limit."""
    off = price_minor * terms.percent // 100
    return min(off, terms.most_minor) if terms.most_minor else off


def effect_of(terms: DiscountTerms, history: History, month_cost_minor: int) -> Effect:
    """Return what the discount does to the member's next term."""
    share = Fraction(history.term_months, 12)
    bar = int((history.bar_minor - history.bar_cost_minor) * share)
    return Effect(
        price_minor=history.price_minor,
        off_minor=off_for(terms, history.price_minor),
        cost_minor=month_cost_minor * history.term_months,
        bar_minor=bar,
    )


def faults_of(terms: DiscountTerms) -> dict[str, str]:
    """Return what is wrong with a rule: the names of its fields beyond their limits."""
    limits = {
        "at_least": (1, 10**12),
        "percent": (1, 50),
        "most_minor": (0, 10**11),
        "valid_days": (1, 365),
    }
    return {
        name: "range"
        for name, (low, high) in limits.items()
        if not low <= getattr(terms, name) <= high
    }
