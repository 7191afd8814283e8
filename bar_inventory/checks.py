"""Queries room: what must always hold at the bar, by the number of the invariant."""

from collections.abc import Callable, Mapping

from bar_inventory.sales import invariants as sale_checks
from bar_inventory.stock import invariants as stock_checks

CHECKS: Mapping[str, Callable[[], list[str]]] = {
    "I3": stock_checks.levels_are_sums,
    "I4-sales": sale_checks.sales_add_up,
}
