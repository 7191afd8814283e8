"""Rules room: the terms of a package, what one of its units is worth, when missing one costs it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from clubcrm.core.money import Money

LIMITS: dict[str, tuple[int, int]] = {
    "units": (1, 500),
    "price": (0, 2_000_000_000),
    "valid_days": (1, 3660),
    "low_mark": (0, 100),
    "late_cancel_hours": (0, 168),
}


class Service(StrEnum):
    """What a unit of a package is."""

    PERSONAL = "personal"
    DUO = "duo"
    SMALL_GROUP = "small_group"
    MASSAGE = "massage"
    NUTRITION = "nutrition"
    OTHER = "other"


class MissedRule(StrEnum):
    """What a missed appointment costs the client."""

    UNIT = "unit"
    NOTHING = "nothing"


class TrainerChoice(StrEnum):
    """Who may give the sessions of a package."""

    ANY = "any"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class PackageTerms:
    """The terms a package is sold on; without `valid_days` its units never expire."""

    name: str
    service: Service
    units: int
    price_minor: int
    currency: str
    valid_days: int | None = None
    moves_with_freeze: bool = False
    low_mark: int = 2
    no_show: MissedRule = MissedRule.UNIT
    late_cancel: MissedRule = MissedRule.UNIT
    late_cancel_hours: int = 24
    trainer_choice: TrainerChoice = TrainerChoice.ANY


def terms_faults(terms: PackageTerms) -> dict[str, str]:
    """Return what is wrong with the terms by field: `empty` or `range`."""
    faults = {} if terms.name.strip() else {"name": "empty"}
    typed = {
        "units": terms.units,
        "price": terms.price_minor,
        "valid_days": terms.valid_days,
        "low_mark": terms.low_mark,
        "late_cancel_hours": terms.late_cancel_hours,
    }
    for field, value in typed.items():
        low, high = LIMITS[field]
        if value is not None and not low <= value <= high:
            faults[field] = "range"
    return faults


def last_valid_day(sold_on: date, valid_days: int | None) -> date | None:
    """Return the last day of units valid for so many days, the day of the sale being the first."""
    return None if valid_days is None else sold_on + timedelta(days=valid_days - 1)


@dataclass(frozen=True, slots=True)
class PaidUnits:
    """Units bought together for one price; the first ones carry what does not divide."""

    price: Money
    bought: int

    def value_of(self, number: int) -> Money:
        """Return the price paid for one unit, counted from 1; a unit given on top cost nothing."""
        if not 1 <= number <= self.bought:
            return Money(0, self.price.currency)
        each, rest = divmod(self.price.amount_minor, self.bought)
        return Money(each + (number <= rest), self.price.currency)

    def value_left(self, remaining: int) -> Money:
        """Return the price paid for the units that are left, exact to the minor unit."""
        used = max(0, self.bought - remaining)
        each, rest = divmod(self.price.amount_minor, self.bought)
        return Money(self.price.amount_minor - each * used - min(used, rest), self.price.currency)

    def next_value(self, remaining: int) -> Money:
        """Return the price paid for the unit that a draw from so many units would use."""
        return self.value_left(remaining) - self.value_left(remaining - 1)


def is_late(cancelled_at: datetime, planned_at: datetime, hours: int) -> bool:
    """Tell whether a cancellation comes later than the plan allows."""
    return cancelled_at > planned_at - timedelta(hours=hours)
