"""Views room: what became of the rows of a table, in words."""

from flask_babel import gettext as _


def outcome_words(category: str) -> str:
    """Return what became of rows of this category."""
    named = {
        "new": _("New"),
        "known": _("Here already, unchanged"),
        "repeated": _("Repeat a row above"),
        "no_member": _("The member is not known here"),
        "several": _("More than one member fits"),
        "contract_overlaps": _("A contract covers these days already"),
        "bad_phone": _("The phone cannot be read"),
        "bad_email": _("The e-mail cannot be read"),
        "bad_plan": _("The plan is not known"),
        "bad_package": _("The package is not known"),
        "bad_starts_on": _("The first day cannot be read"),
        "bad_ends_on": _("The last day cannot be read"),
        "bad_units_left": _("The units cannot be read"),
        "bad_entered_at": _("The time cannot be read"),
        "bad_left_at": _("The time of leaving cannot be read"),
        "bad_member": _("The row names no member"),
        "bad_name": _("Without a name"),
        "bad_stage": _("The stage is not known"),
        "bad_arrived_at": _("The time cannot be read"),
    }
    return named.get(category, category.replace("_", " "))
