"""Queries room: calls in words."""

from flask_babel import gettext as _

from clubcrm.tickets.rules.phone import CallDirection, Disposition

LOOK = {
    Disposition.OPEN: ("know", "phone-call"),
    Disposition.ANSWERED: ("go", "phone"),
    Disposition.MISSED: ("stop", "phone-off"),
    Disposition.BUSY: ("note", "phone-off"),
    Disposition.NO_ANSWER: ("note", "phone-off"),
}


def disposition_words(disposition: Disposition) -> str:
    """Return what a call came to."""
    return {
        Disposition.OPEN: _("going on"),
        Disposition.ANSWERED: _("answered"),
        Disposition.MISSED: _("missed"),
        Disposition.BUSY: _("busy"),
        Disposition.NO_ANSWER: _("no answer"),
    }[disposition]


def direction_words(direction: CallDirection) -> str:
    """Return who rang whom."""
    return _("came in") if direction is CallDirection.IN else _("went out")
