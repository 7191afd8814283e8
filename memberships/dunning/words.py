"""Queries room: in plain words, why a card was not charged, and what a letter is."""

from flask_babel import gettext as _


def why_words(why: str) -> str:
    """Return the sentence for the reason of a failed try."""
    known = {
        "insufficient_funds": _("The account did not cover it."),
        "expired_card": _("The card has expired."),
        "lost_card": _("The card is no longer in use."),
        "stolen_card": _("The card is no longer in use."),
        "authentication_required": _("The bank wants the member to confirm it."),
        "no_method": _("No card that may be charged."),
        "in_review": _("The money waits in the list of payments to look at."),
        "card_declined": _("The bank said no without a reason."),
    }
    return known.get(why, why.replace("_", " "))


def letter_words(kind: str) -> str:
    """Return the name of a letter."""
    known = {
        "reminder": _("Friendly reminder"),
        "first": _("First letter"),
        "last": _("Last letter"),
    }
    return known.get(kind, _("No letter"))
