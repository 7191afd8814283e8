"""Rules room: what members bought before their contract fell due, beside whether they renewed.

An association and nothing more: who likes the club comes often, buys more and renews more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clubcrm.reports.rules.rates import Rate, change

BEFORE = timedelta(days=90)
SOME, MANY = 1, 4
OFTEN = 2
MOST_PRODUCTS = 12
LEAST_BUYERS = 10


class Habit(StrEnum):
    """How often somebody bought in the 90 days before his contract fell due."""

    NONE = "none"
    SOME = "some"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Due:
    """A contract that fell due and is settled."""

    key: int
    person_id: int
    due_on: date
    renewed: bool


@dataclass(frozen=True, slots=True)
class Bought:
    """One product on one receipt."""

    day: date
    sale_id: int
    product_id: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Renewals of those who bought a product at least twice, beside those of all others."""

    product_id: int
    buyers: Rate
    others: Rate

    @property
    def moved(self) -> tuple[float, bool] | None:
        """Return by how many points the rates differ, and whether chance alone explains it."""
        return change(self.buyers, self.others)


Purchases = Mapping[int, Sequence[Bought]]


def habit_of(due: Due, purchases: Purchases) -> Habit:
    """Return how often the member bought before this contract fell due."""
    times = len({one.sale_id for one in _before(due, purchases)})
    return Habit.MANY if times >= MANY else Habit.SOME if times >= SOME else Habit.NONE


def buys(due: Due, purchases: Purchases, product_id: int) -> bool:
    """Tell whether the member bought the product at least twice before."""
    found = {one.sale_id for one in _before(due, purchases) if one.product_id == product_id}
    return len(found) >= OFTEN


def by_habit(dues: Iterable[Due], purchases: Purchases) -> dict[Habit, Rate]:
    """Return the renewals of each habit."""
    found = dict.fromkeys(Habit, Rate(0, 0))
    for due in dues:
        habit = habit_of(due, purchases)
        found[habit] += Rate(int(due.renewed), 1)
    return found


def by_product(dues: Sequence[Due], purchases: Purchases) -> list[Tie]:
    """Return the products that most members bought twice, those with enough buyers to compare."""
    whole = Rate(sum(due.renewed for due in dues), len(dues))
    buyers: Counter[int] = Counter()
    renewed: Counter[int] = Counter()
    for due in dues:
        for product_id in _often(due, purchases):
            buyers[product_id] += 1
            renewed[product_id] += due.renewed
    ties = []
    for product_id, count in buyers.most_common(MOST_PRODUCTS):
        if count >= LEAST_BUYERS:
            made = renewed[product_id]
            others = Rate(whole.made - made, whole.out_of - count)
            ties.append(Tie(product_id, Rate(made, count), others))
    return ties


def _often(due: Due, purchases: Purchases) -> list[int]:
    sales = {(one.product_id, one.sale_id) for one in _before(due, purchases)}
    times = Counter(product_id for product_id, _sale in sales)
    return [product_id for product_id, count in times.items() if count >= OFTEN]


def _before(due: Due, purchases: Purchases) -> list[Bought]:
    first = due.due_on - BEFORE
    return [one for one in purchases.get(due.person_id, ()) if first < one.day <= due.due_on]
