"""Queries room: what the other one is to a person, in words."""

from flask_babel import gettext as _

from clubcrm.people.rules.ties import TieKind


def tie_words() -> dict[TieKind, str]:
    """Return what the other one is to a person."""
    return {
        TieKind.PARTNER: _("Partner"),
        TieKind.PARENT: _("Parent"),
        TieKind.CHILD: _("Child"),
        TieKind.SIBLING: _("Brother or sister"),
        TieKind.RELATIVE: _("Relative"),
        TieKind.FRIEND: _("Friend"),
        TieKind.COLLEAGUE: _("Colleague"),
        TieKind.EMPLOYER: _("Employer"),
        TieKind.EMPLOYEE: _("Works for"),
        TieKind.REFERRED_BY: _("Was brought by"),
        TieKind.REFERRED: _("Brought along"),
    }
