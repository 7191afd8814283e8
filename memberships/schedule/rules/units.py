"""What a place in a class costs in units of a package, and when they stay used."""

from dataclasses import dataclass
from enum import StrEnum

from memberships.packages.terms import MissedRule, Service
from memberships.schedule.rules.strikes import Miss, Penalty

LIMITS: dict[str, tuple[int, int]] = {"units": (1, 20)}


class UnitUse(StrEnum):
    """Who pays with units: everybody, or whoever has no plan that books the class."""

    WITHOUT_PLAN = "without_plan"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """How many units of which service a place costs, and what missing the class does to them."""

    service: Service
    units: int = 1
    use: UnitUse = UnitUse.WITHOUT_PLAN
    late_cancel: MissedRule = MissedRule.UNIT
    no_show: MissedRule = MissedRule.UNIT

    def keeps(self, miss: Miss, penalty: Penalty) -> bool:
        """Tell whether the units stay used: by this rule, or because a lost unit is the penalty."""
        rule = self.late_cancel if miss is Miss.LATE_CANCEL else self.no_show
        return rule is MissedRule.UNIT or penalty is Penalty.UNIT


def price_faults(price: UnitPrice) -> dict[str, str]:
    """Return what is wrong with a price: field to `range`."""
    low, high = LIMITS["units"]
    return {} if low <= price.units <= high else {"units": "range"}
