"""The plans a demo club sells, and the hours in which each of them admits."""

from dataclasses import dataclass
from datetime import date, time

from clubcrm.seed.towns import Town
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import Term, term_end

OFF_PEAK = (time(6), time(16))
NIGHT = (time(20), time(2))
DAY_MINUTES = 1440
# Where a club never closes, people still arrive between five in the morning and two at night.
ROUND_THE_CLOCK = (300, 1560)


@dataclass(frozen=True, slots=True)
class Offer:
    """One plan; the price is a multiple in percent of the town's monthly price."""

    key: str
    name: str
    kind: PlanKind
    price_percent: int
    share: float
    months: int | None = None
    days: int | None = None
    visits: int | None = None
    hours: tuple[time, time] | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    all_clubs: bool = False
    daily_limit: int | None = None

    def last_day(self, starts_on: date) -> date | None:
        """The last day of a contract on this plan, None for one that rolls on."""
        return term_end(starts_on, Term(self.kind, self.months, self.days))

    def minutes(self, town: Town) -> tuple[tuple[int, int] | None, ...]:
        """Per weekday the first and last minute of arrival, from midnight; None when shut."""
        return tuple(self._minutes_of(town, weekday) for weekday in range(7))

    def _minutes_of(self, town: Town, weekday: int) -> tuple[int, int] | None:
        if weekday not in self.weekdays:
            return None
        weekend = weekday >= 5
        opens, closes = _span(
            town.weekend_opens if weekend else town.opens,
            town.weekend_closes if weekend else town.closes,
        )
        if self.hours:
            first, last = _span(*self.hours)
            opens, closes = max(opens, first), min(closes, last)
        return (opens, closes - 15) if closes - opens > 60 else None


def _span(opens: time, closes: time) -> tuple[int, int]:
    if opens == closes:
        return ROUND_THE_CLOCK
    first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return first, last if last > first else last + DAY_MINUTES


OFFERS: tuple[Offer, ...] = (
    Offer("year", "Year", PlanKind.TERM, 900, 0.26, months=12),
    Offer("half", "Half year", PlanKind.TERM, 520, 0.14, months=6),
    Offer("quarter", "Three months", PlanKind.TERM, 280, 0.12, months=3),
    Offer("month", "Monthly", PlanKind.RECURRING, 100, 0.2),
    # Nobody begins with it: of those who pay by the month some choose it (`period_units`).
    Offer("coached", "Monthly with two sessions", PlanKind.RECURRING, 145, 0.0),
    Offer(
        "offpeak", "Year, mornings", PlanKind.TERM, 600, 0.07, months=12, hours=OFF_PEAK,
        weekdays=(0, 1, 2, 3, 4),
    ),
    Offer("night", "Year, night owl", PlanKind.TERM, 650, 0.05, months=12, hours=NIGHT),
    Offer("allclubs", "Year, all clubs", PlanKind.TERM, 1200, 0.03, months=12, all_clubs=True),
    Offer("ten", "Ten visits", PlanKind.VISITS, 120, 0.08, days=120, visits=10),
    Offer("trial", "Trial week", PlanKind.TRIAL, 0, 0.04, days=7, daily_limit=1),
    Offer("day", "Day pass", PlanKind.DAY, 15, 0.01, days=1, daily_limit=1),
)  # fmt: skip
BY_KEY = {offer.key: offer for offer in OFFERS}
