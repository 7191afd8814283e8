"""Queries room: what the club itself knows of a person, on his card: pages he has, and facts."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from clubcrm.card.member import Way
from clubcrm.core.formats import day
from clubcrm.people.queries.about import fields_for, values_of
from clubcrm.people.rules.own_fields import YES, OwnKind
from clubcrm.people.rules.profiles import profile_of


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A field of the club's own that is filled in."""

    label: str
    text: str


def known_of(person_id: int, role: str) -> tuple[list[Way], list[KnownFact]]:
    """Return the pages of a person as links, and what stands in the other fields a role sees."""
    values, pages, facts = values_of(person_id), [], []
    for field in fields_for(role):
        value = values.get(field.id, "")
        if not value:
            continue
        if field.kind is OwnKind.LINK:
            page = profile_of(value)
            icon = f"brand-{page.network}" if page.network else "link"
            pages.append(Way(icon, field.label, page.shown, value, ""))
        else:
            facts.append(KnownFact(field.label, _words(field.kind, value)))
    return pages, facts


def _words(kind: OwnKind, value: str) -> str:
    if kind is OwnKind.YES_NO:
        return _("Yes") if value == YES else _("No")
    return day(date.fromisoformat(value)) if kind is OwnKind.DAY else value
