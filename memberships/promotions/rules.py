"""What a price promotion takes off, when it runs, what is wrong with one; days are club-local."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CutKind(StrEnum):
    """How a promotion lowers a price."""

    PERCENT = "percent"
    AMOUNT = "amount"
    PRICE = "price"


class Phase(StrEnum):
    """Where a promotion stands on a day."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Cut:
    """So many percent off, so much off, or a price of its own, in minor units."""

    kind: CutKind
    value: int

    def price_of(self, list_minor: int) -> int:
        """Return the lower price; never above the list, never below nothing."""
        if self.kind is CutKind.PERCENT:
            # In favour of the club by less than one minor unit.
            price = -(-list_minor * (100 - self.value) // 100)
        elif self.kind is CutKind.AMOUNT:
            price = list_minor - self.value
        else:
            price = self.value
        return max(0, min(price, list_minor))


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day, both inclusive, and the day on which somebody stopped it early."""

    from_on: date
    until_on: date
    stopped_on: date | None = None

    def phase_on(self, day: date) -> Phase:
        """Return where it stands on a day; on the day it is stopped it is over."""
        if self.stopped_on is not None and day >= self.stopped_on:
            return Phase.OVER
        if day > self.until_on:
            return Phase.OVER
        return Phase.COMING if day < self.from_on else Phase.RUNNING


@dataclass(frozen=True, slots=True)
class Offered:
    """One promotion that runs for what is being sold."""

    promotion_id: int
    name: str
    cut: Cut
    until_on: date


@dataclass(frozen=True, slots=True)
class Applied:
    """What the best promotion makes of a list price."""

    promotion_id: int
    name: str
    list_minor: int
    price_minor: int
    until_on: date

    @property
    def off_minor(self) -> int:
        """Return what it takes off."""
        return self.list_minor - self.price_minor


def best_of(offered: Iterable[Offered], list_minor: int) -> Applied | None:
    """Return the promotion with the lowest price; they are never added up. None if none lowers."""
    found = [
        Applied(one.promotion_id, one.name, list_minor, one.cut.price_of(list_minor), one.until_on)
        for one in offered
    ]
    lower = [one for one in found if one.off_minor > 0]
    return min(lower, key=lambda one: (one.price_minor, one.promotion_id), default=None)


MOST_DAYS = 366
HIGHEST: Mapping[CutKind, int] = {
    CutKind.PERCENT: 90,
    CutKind.AMOUNT: 10**11,
    CutKind.PRICE: 10**11,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """How many plans and packages a promotion is for, and whose sales it lowers."""

    things: int
    newcomers_only: bool = False
    renewals: bool = False


def faults_of(cut: Cut, span: Span, reach: Reach) -> dict[str, str]:
    """Return what is wrong: field to `range`, `order`, `long`, `nothing` or `nobody`."""
    faults = {}
    least = 0 if cut.kind is CutKind.PRICE else 1
    if not least <= cut.value <= HIGHEST[cut.kind]:
        faults["value"] = "range"
    if span.until_on < span.from_on:
        faults["until_on"] = "order"
    elif (span.until_on - span.from_on).days >= MOST_DAYS:
        faults["until_on"] = "long"
    if reach.things == 0:
        faults["plans"] = "nothing"
    if reach.newcomers_only and reach.renewals:
        faults["renewals"] = "nobody"
    return faults
