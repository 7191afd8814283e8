"""Views room: what a merge is made of, in words: groups of fields, their values, counts of rows."""

from collections.abc import Mapping

from flask_babel import format_date
from flask_babel import gettext as _

from clubcrm.people.models import Person


def group_words(group: str) -> str:
    """Return the name of what is chosen between two records."""
    return {
        "name": _("Name"),
        "birth_date": _("Birthday"),
        "language": _("Language"),
        "photo": _("Picture"),
        "desk_note": _("Note for the desk"),
        "reference": _("Member number"),
        "guardian": _("Guardian"),
    }[group]


def side_words(group: str, person: Person) -> str:
    """Return what one of the two records says."""
    match group:
        case "name":
            return person.full_name
        case "birth_date":
            return str(format_date(person.birth_date)) if person.birth_date else ""
        case "photo":
            return _("its own picture")
        case "guardian":
            return _("its own guardian")
        case "reference":
            return person.external_ref or ""
        case _:
            return str(getattr(person, group) or "")


def told_counts(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how much of each kind comes over; what has no name of its own is counted together."""
    named = {
        "contract": _("Contracts"),
        "visit": _("Visits"),
        "invoice": _("Invoices"),
        "payment": _("Payments"),
        "package_lot": _("Packages"),
        "bar_sale": _("Sales at the bar"),
        "booking": _("Bookings"),
        "message": _("Messages"),
        "task": _("Tasks"),
        "lead": _("Leads"),
        "ticket": _("Tickets"),
        "note": _("Notes"),
        "consent": _("Answers to consent"),
        "credential": _("Cards"),
        "contact_point": _("Ways to reach"),
    }
    told = [(words, counts[name]) for name, words in named.items() if counts.get(name)]
    rest = sum(count for name, count in counts.items() if name not in named)
    return [*told, (_("Other lines"), rest)] if rest else told
