"""Queries room: the words in which people read moves, reasons and counts."""

from flask_babel import gettext as _

from bar_inventory.stock.models import CountState, MoveKind, WasteReason

KIND_ICONS = {
    MoveKind.DELIVERY: "truck",
    MoveKind.SALE: "shopping-cart",
    MoveKind.RETURN: "arrow-back-up",
    MoveKind.WRITE_OFF: "trash",
    MoveKind.TRANSFER: "arrows-exchange",
    MoveKind.COUNT: "clipboard-list",
    MoveKind.PRODUCTION: "bread",
    MoveKind.REVALUATION: "scale",
    MoveKind.OPENING: "flag",
    MoveKind.REVERSAL: "history",
}


def move_words(kind: MoveKind) -> str:
    """Return why goods moved."""
    return {
        MoveKind.DELIVERY: _("Came in"),
        MoveKind.SALE: _("Sold"),
        MoveKind.RETURN: _("Brought back"),
        MoveKind.WRITE_OFF: _("Written off"),
        MoveKind.TRANSFER: _("Moved"),
        MoveKind.COUNT: _("Counted"),
        MoveKind.PRODUCTION: _("Made in the house"),
        MoveKind.REVALUATION: _("Value corrected"),
        MoveKind.OPENING: _("Brought in at the start"),
        MoveKind.REVERSAL: _("Taken back"),
    }[kind]


def move_icon(kind: MoveKind) -> str:
    """Return the picture of a kind of move."""
    return KIND_ICONS[kind]


def waste_words(reason: WasteReason) -> str:
    """Return why goods were written off."""
    return {
        WasteReason.EXPIRED: _("Too old"),
        WasteReason.BROKEN: _("Broken"),
        WasteReason.SPILLED: _("Spilled"),
        WasteReason.STAFF: _("For the staff"),
        WasteReason.TASTING: _("Tasting"),
        WasteReason.MISSING: _("Missing"),
        WasteReason.OTHER: _("Something else"),
    }[reason]


def count_words(state: CountState) -> str:
    """Return where a count stands."""
    return {
        CountState.OPEN: _("being counted"),
        CountState.BOOKED: _("booked"),
        CountState.DROPPED: _("dropped"),
    }[state]
