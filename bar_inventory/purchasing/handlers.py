"""Handlers: an order that somebody refuses is a draft again."""

from bar_inventory.purchasing.queries import order_of_approval
from bar_inventory.purchasing.services import PURCHASE, order_refused
from memberships.events import ApprovalDecided


def on_approval_decided(fact: ApprovalDecided) -> None:
    """A refused order can be changed and asked for again."""
    if fact.kind != PURCHASE or fact.approved:
        return
    order_id = order_of_approval(fact.approval_id)
    if order_id is not None:
        order_refused(order_id, "", by="system")
