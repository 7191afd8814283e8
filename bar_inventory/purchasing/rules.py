"""Rules of buying: what will go out, how much to have, and how many packs to order.

Demand of a day is the mean of the last 28 days times the index of its weekday over the last eight
weeks. Days on which the club was closed are missing, not zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt

MEAN_DAYS = 28
INDEX_DAYS = 56
SAFETY = 1.65
EVEN = (1.0,) * 7

# Units that went out by day; a day that is not named was closed.
Series = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """What is expected: the mean of an open day, its weekdays' indexes, and how far days stray."""

    mean: float
    deviation: float
    weekdays: tuple[float, ...] = EVEN
    days_known: int = 0

    def on(self, day: date) -> float:
        """Return what is expected to go out on a day."""
        return self.mean * self.weekdays[day.weekday()]


def demand(series: Series, today: date) -> DemandFacts:
    """Return what is expected from today on, from the days before it."""
    recent = _window(series, today, MEAN_DAYS)
    longer = _window(series, today, INDEX_DAYS)
    if not recent:
        return DemandFacts(0.0, 0.0, EVEN, len(longer))
    mean = sum(recent.values()) / len(recent)
    weekdays = _indexes(longer)
    misses = [units - mean * weekdays[day.weekday()] for day, units in recent.items()]
    deviation = sqrt(sum(miss * miss for miss in misses) / max(len(misses) - 1, 1))
    return DemandFacts(mean, deviation, weekdays, len(longer))


def forecast_error(series: Series, first: date, last: date) -> float:
    """Return the sum of absolute errors by what was sold, each day told from the days before it."""
    days = [day for day in sorted(series) if first <= day <= last]
    sold = sum(series[day] for day in days)
    missed = sum(abs(series[day] - demand(series, day).on(day)) for day in days)
    return missed / sold if sold else 0.0


def last_week_error(series: Series, first: date, last: date) -> float:
    """Return the same error for whoever expects what was sold a week before."""
    days = [day for day in sorted(series) if first <= day <= last]
    sold = sum(series[day] for day in days)
    missed = sum(abs(series[day] - series.get(day - timedelta(7), 0)) for day in days)
    return missed / sold if sold else 0.0


def order_up_to(facts: DemandFacts, lead_days: int, review_days: int) -> int:
    """Return how much shall lie there or be on its way when an order is placed."""
    horizon = lead_days + review_days
    return ceil(facts.mean * horizon + SAFETY * facts.deviation * sqrt(horizon))


def reorder_point(facts: DemandFacts, lead_days: int) -> int:
    """Return the quantity below which the goods may run out before the next delivery."""
    return ceil(facts.mean * lead_days + SAFETY * facts.deviation * sqrt(lead_days))


def cover_days(on_hand: int, facts: DemandFacts, today: date, most: int = 365) -> int | None:
    """Return for how many whole days the goods last, weekday by weekday; None without demand."""
    if facts.mean <= 0:
        return None
    left = float(max(on_hand, 0))
    for number in range(most):
        left -= facts.on(today + timedelta(number))
        if left < -1e-9:
            return number
    return most


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of one product when an order is thought about."""

    product_id: int
    on_hand: int
    on_its_way: int
    demand: DemandFacts
    min_units: int | None = None
    max_units: int | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """How a product is bought: units in a pack, and the days until it is here."""

    item_id: int
    product_id: int
    supplier_id: int
    units: int
    lead_days: int
    review_days: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """So many packs, with the figures they follow from."""

    item_id: int
    packs: int
    target: int
    point: int
    shelf: Shelf


def propose(shelf: Shelf, pack: Pack) -> Proposal | None:
    """Return what to order of one product; None while there is enough.

    A mark set by hand stands in for the worked-out one where it is higher.
    """
    point = max(reorder_point(shelf.demand, pack.lead_days + 1), shelf.min_units or 0)
    target = max(order_up_to(shelf.demand, pack.lead_days, pack.review_days), point)
    if shelf.max_units is not None:
        target = min(target, shelf.max_units)
    there = shelf.on_hand + shelf.on_its_way
    if there >= max(point, 1) and there >= target - shelf.demand.mean * pack.review_days:
        return None
    packs = ceil((target - there) / pack.units)
    return Proposal(pack.item_id, packs, target, point, shelf) if packs > 0 else None


def _window(series: Series, today: date, days: int) -> dict[date, int]:
    first = today - timedelta(days)
    return {day: units for day, units in series.items() if first <= day < today}


def _indexes(series: Series) -> tuple[float, ...]:
    """How each weekday stands to the mean of all days; 1 where nothing is known of it."""
    if not sum(series.values()):
        return EVEN
    mean = sum(series.values()) / len(series)
    by_day: list[list[int]] = [[] for _number in range(7)]
    for day, units in series.items():
        by_day[day.weekday()].append(units)
    return tuple(_mean(found) / mean if found else 1.0 for found in by_day)


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)
