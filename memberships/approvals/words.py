"""Queries room: the words and pictures of wishes by their kind."""

from flask_babel import gettext as _

PICTURES = {
    "refund": "cash-minus",
    "discount": "discount",
    "write_off": "eraser",
    "purchase": "truck",
}


def kind_words(kind: str) -> str:
    """Return what somebody wants to do, by the kind of his wish."""
    return {
        "refund": _("Give money back"),
        "discount": _("Give a discount"),
        "write_off": _("Give up a demand"),
        "freeze": _("Freeze back in time"),
        "leave": _("Leave"),
        "purchase": _("Order goods"),
    }.get(kind, kind.replace("_", " ").capitalize())


def kind_icon(kind: str) -> str:
    """Return the picture of a kind of wish."""
    return PICTURES.get(kind, "user-question")
