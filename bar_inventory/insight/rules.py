"""Classes of products by what they bring, sales by hour of the club, and who sold what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bar_inventory.stock.rules import to_minor

# Dickie's ABC analysis (1951): few products bring 80 % of the sales, most of the rest 15 %.
A_SHARE, B_SHARE = 0.80, 0.95


@dataclass(frozen=True, slots=True)
class ItemSum:
    """What a product brought in a period: without tax, discounts taken off, returns taken back."""

    product_id: int
    name: str
    quantity: int
    net_minor: int
    cost_micro: int

    @property
    def margin_minor(self) -> int:
        """Return what is left after the goods, at their cost when they were sold."""
        return self.net_minor - to_minor(self.cost_micro)

    @property
    def margin_share(self) -> float | None:
        """Return the margin as a share of the sales, None without sales."""
        return self.margin_minor / self.net_minor if self.net_minor > 0 else None


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What a month brought, by the same reckoning as a product; `width` is that of its bar."""

    month: date
    net_minor: int
    cost_micro: int
    width: float = 0.0

    @property
    def margin_minor(self) -> int:
        """Return what is left after the goods."""
        return self.net_minor - to_minor(self.cost_micro)

    @property
    def margin_share(self) -> float | None:
        """Return the margin as a share of the sales, None without sales."""
        return self.margin_minor / self.net_minor if self.net_minor > 0 else None


def month_bars(months: Sequence[MonthSum], width: int) -> list[MonthSum]:
    """Return the months with bars as long as their sales, the best as wide as there is room."""
    most = max((one.net_minor for one in months), default=0)
    return [
        replace(one, width=round(width * max(0, one.net_minor) / most, 1) if most > 0 else 0.0)
        for one in months
    ]


def abc_classes(items: Iterable[ItemSum]) -> dict[int, str]:
    """Return A, B or C for each product; one that straddles a border belongs to the upper class."""
    ranked = sorted(items, key=lambda one: (-one.net_minor, one.name))
    total = sum(max(0, one.net_minor) for one in ranked)
    classes, before = {}, 0
    for one in ranked:
        share = before / total if total else 1.0
        classes[one.product_id] = "A" if share < A_SHARE else "B" if share < B_SHARE else "C"
        if one.net_minor <= 0:
            classes[one.product_id] = "C"
        before += max(0, one.net_minor)
    return classes


def by_hour(sales: Iterable[tuple[datetime, int]], zone: str) -> dict[int, tuple[int, int]]:
    """Return (number of sales, their sum) for each hour of the club's day that had any."""
    place, hours = ZoneInfo(zone), dict[int, tuple[int, int]]()
    for at, total in sales:
        hour = at.astimezone(place).hour
        count, taken = hours.get(hour, (0, 0))
        hours[hour] = (count + 1, taken + total)
    return dict(sorted(hours.items()))


def busiest(hours: Mapping[int, tuple[int, int]]) -> int | None:
    """Return the hour with the most sales, the earlier of equals, None without any."""
    return min(hours, key=lambda hour: (-hours[hour][0], hour)) if hours else None


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of the chart of hours."""

    hour: int
    x: float
    y: float
    width: float
    height: float
    is_top: bool


def columns(hours: Mapping[int, tuple[int, int]], width: int, height: int) -> Sequence[Column]:
    """Return a bar for each hour from the first to the last one with sales."""
    if not hours:
        return ()
    span = range(min(hours), max(hours) + 1)
    step, most = width / len(span), max(count for count, _taken in hours.values())
    top = busiest(hours)
    made = []
    for place, hour in enumerate(span):
        tall = height * hours.get(hour, (0, 0))[0] / most
        made.append(Column(hour, place * step + 2, height - tall, step - 4, tall, hour == top))
    return made
