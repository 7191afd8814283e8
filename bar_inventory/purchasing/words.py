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


def column_words(column: str) -> str:
    """Return what a column of a table means."""
    return {
        "name": _("Product"),
        "kind": _("What it is for: sold, ingredient or both"),
        "unit": _("Counted in: g, ml or piece"),
        "sku": _("Own number"),
        "barcode": _("Barcode"),
        "price": _("Price"),
        "member_price": _("For members"),
        "place": _("Place"),
        "units": _("How much"),
        "cost": _("What all of it cost, without tax"),
        "expires": _("Good until"),
        "day": _("Day, such as 2026-11-26"),
        "time": _("Time"),
        "ticket": _("Receipt"),
        "amount": _("Sum"),
    }[column]
