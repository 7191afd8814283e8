"""Rules room: what a plan version says beyond price and hours: renewal, carried units, families.

Days are club-local membership days, a last day is inclusive; amounts are in minor units.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAYS_BEFORE, DAYS_AFTER = 60, 30
LONGEST_WINDOW = 366
MOST_MINOR = 2_000_000_000
CONDITION_LIMITS: dict[str, int] = {
    "joining_minor": MOST_MINOR,
    "days_before": LONGEST_WINDOW,
    "days_after": LONGEST_WINDOW,
    "early_price_minor": MOST_MINOR,
    "early_days": LONGEST_WINDOW,
    "carry_units": 1000,
    "extra_member_minor": MOST_MINOR,
    "transfer_minor": MOST_MINOR,
}


class Carry(StrEnum):
    """What becomes of unused units at a renewal: they expire, all move on, or up to a number."""

    NONE = "none"
    ALL = "all"
    UP_TO = "up_to"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a plan version promises at renewal and to families.

    `days_before` and `days_after` of None follow the club's setting. An early price counts until
    `early_days` before the last day. `extra_member_minor` of None: the plan takes no further
    members; `transfer_minor` of None: it stays with its holder.
    """

    joining_minor: int = 0
    days_before: int | None = None
    days_after: int | None = None
    early_price_minor: int | None = None
    early_days: int | None = None
    carry: Carry = Carry.NONE
    carry_units: int | None = None
    extra_member_minor: int | None = None
    transfer_minor: int | None = 0


USUAL = Conditions()


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which a renewal may be accepted, both included."""

    first: date
    last: date


def condition_faults(conditions: Conditions) -> dict[str, str]:
    """Return what is wrong with the conditions: field to `range` or `needed`."""
    faults = {
        name: "range"
        for name, most in CONDITION_LIMITS.items()
        if (value := getattr(conditions, name)) is not None and not 0 <= value <= most
    }
    if conditions.early_price_minor is not None and conditions.early_days is None:
        faults["early_days"] = "needed"
    if conditions.early_days is not None and conditions.early_price_minor is None:
        faults["early_price_minor"] = "needed"
    if conditions.carry is Carry.UP_TO and not conditions.carry_units:
        faults["carry_units"] = "needed"
    return faults


def renewal_window(ends_on: date, days_before: int, days_after: int) -> Span:
    """Return the days on which a contract with this last day may be renewed."""
    return Span(ends_on - timedelta(days=days_before), ends_on + timedelta(days=days_after))


def renewal_start(ends_on: date) -> date:
    """Return the first day of the next term: the day after the last one, whenever accepted."""
    return ends_on + timedelta(days=1)


def early_until(ends_on: date, conditions: Conditions) -> date | None:
    """Return the last day on which the early price counts, None without one."""
    if conditions.early_price_minor is None or conditions.early_days is None:
        return None
    return ends_on - timedelta(days=conditions.early_days)


def price_on(price_minor: int, early_minor: int | None, until: date | None, day: date) -> int:
    """Return what an offer costs on a day: the early price while it counts."""
    if early_minor is not None and until is not None and day <= until:
        return early_minor
    return price_minor


def carried_units(left: int, conditions: Conditions) -> int:
    """Return how many of the units left move on to the next contract."""
    if conditions.carry is Carry.ALL:
        return left
    if conditions.carry is Carry.UP_TO:
        return min(left, conditions.carry_units or 0)
    return 0
