"""Views room: what became of the rows of a table, in words."""

from collections.abc import Mapping

from flask_babel import gettext as _

from clubcrm.people.rules.table_kinds import KNOWN, NEW, REPEATED, TableKind

FIRST = (NEW, KNOWN, REPEATED)


def in_order(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what was taken before what was refused, and of that the most frequent first."""
    taken = [(name, counts[name]) for name in FIRST if counts.get(name)]
    refused = [(name, count) for name, count in counts.items() if count and name not in FIRST]
    return taken + sorted(refused, key=lambda one: (-one[1], one[0]))


def outcome_words(category: str, kind: TableKind | None = None) -> str:
    """Return what became of rows of this category; fields are called as their kind calls them."""
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
    if category in named:
        return named[category]
    fields = kind.fields if kind is not None else ()
    field = next((one for one in fields if f"bad_{one.name}"[:40] == category), None)
    if field is not None:
        return _("Cannot be read: %(field)s", field=field.words)
    return category.replace("_", " ")
