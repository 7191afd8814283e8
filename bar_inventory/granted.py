"""Services room: what is done when another person has agreed to it, by the kind of the wish."""

from collections.abc import Mapping

from bar_inventory.purchasing import services as buying
from bar_inventory.sales import carts
from memberships.approvals.services import Executor

APPROVALS: Mapping[str, Executor] = {
    **buying.APPROVALS,
    carts.DISCOUNT: carts.discount_approved,
}
