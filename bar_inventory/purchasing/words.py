"""Queries room: the words in which people read orders."""

from flask_babel import gettext as _

from bar_inventory.purchasing.models import OrderState

TONES = {
    OrderState.DRAFT: "",
    OrderState.WAITING: "note",
    OrderState.APPROVED: "know",
    OrderState.SENT: "know",
    OrderState.PART_RECEIVED: "note",
    OrderState.RECEIVED: "go",
    OrderState.CANCELLED: "",
}


def order_words(state: OrderState) -> str:
    """Return where an order stands."""
    return {
        OrderState.DRAFT: _("draft"),
        OrderState.WAITING: _("waits for approval"),
        OrderState.APPROVED: _("approved"),
        OrderState.SENT: _("sent"),
        OrderState.PART_RECEIVED: _("partly here"),
        OrderState.RECEIVED: _("here"),
        OrderState.CANCELLED: _("cancelled"),
    }[state]


def order_tone(state: OrderState) -> str:
    """Return how strongly a state calls for somebody."""
    return TONES[state]
