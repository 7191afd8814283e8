"""Queries room: the sentences of a member's own pages."""

from flask_babel import gettext as _
from flask_babel import ngettext

from memberships.contracts.renewal_tables import DeclineReason
from memberships.packages.models import EntryKind


def use_words(kind: EntryKind) -> str:
    """Return what a line of the ledger is called to the member."""
    return {
        EntryKind.BUY: _("Bought"),
        EntryKind.USE: _("Used"),
        EntryKind.RETURN: _("Given back"),
        EntryKind.EXPIRE: _("Expired"),
        EntryKind.TRANSFER: _("Moved"),
        EntryKind.CORRECT: _("Corrected"),
    }.get(kind, kind.value)


def decline_words(reason: DeclineReason) -> str:
    """Return a reason not to go on, as the member says it."""
    return {
        DeclineReason.PRICE: _("It is too expensive"),
        DeclineReason.TIME: _("I have no time"),
        DeclineReason.MOVING: _("I am moving away"),
        DeclineReason.HEALTH: _("My health does not allow it"),
        DeclineReason.CLUB: _("I am not happy with the club"),
        DeclineReason.OTHER_CLUB: _("I train somewhere else"),
        DeclineReason.LATER: _("Not now, perhaps later"),
        DeclineReason.OTHER: _("Something else"),
    }[reason]


def streak_words(weeks: int) -> str:
    """Return how long a run of weeks is."""
    return ngettext("%(num)s week in a row", "%(num)s weeks in a row", weeks)
