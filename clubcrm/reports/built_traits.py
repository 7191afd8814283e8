"""Queries room: everything that segments know of people may be asked, shown and summed in reports.

A trait is joined only where a question names it; the registry of traits stays the only list of
them, so that a new trait or a field of the club's own is in reports as soon as it is in segments.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from clubcrm.campaigns.segment_words import group_words
from clubcrm.people.queries.about import fields_for
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import OWN, Choices, Trait, known_traits
from clubcrm.reports.built_fields import Asker, Field, Subject, Words, bare_subject
from clubcrm.reports.built_joins import SEPARATOR
from clubcrm.reports.rules.built import Sort

PREFIX = "t_"
SORTS = {
    TraitKind.NUMBER: Sort.NUMBER,
    TraitKind.MONEY: Sort.MONEY,
    TraitKind.AGE: Sort.NUMBER,
    TraitKind.DAY: Sort.DAY,
    TraitKind.YES: Sort.FLAG,
    TraitKind.CHOICE: Sort.LIST,
}


def subject_of(about: str, asker: Asker) -> Subject:
    """Return what may be asked of this, and of its people by each trait; members if unknown."""
    subject, sections = bare_subject(about, asker), group_words()
    seen = {f"{OWN}{one.public_id}" for one in fields_for(asker.role)}
    fields = {
        f"{PREFIX}{code}": _field(code, trait, sections.get(trait.group, trait.group), asker)
        for code, trait in known_traits().items()
        if code in seen or not code.startswith(OWN)
    }
    return replace(subject, fields={**subject.fields, **fields})


def _field(code: str, trait: Trait, section: str, asker: Asker) -> Field:
    offered: Callable[[], Choices] | None = None
    label: Words | None = None
    if trait.kind is TraitKind.CHOICE:
        offered = _once(trait, asker.club_id)
        label = _labels(offered)
    is_one = trait.kind is TraitKind.CHOICE and (trait.single or code.startswith(OWN))
    return Field(
        f"{PREFIX}{code}",
        str(trait.label),
        Sort.CHOICE if is_one else SORTS[trait.kind],
        None,
        label,
        trait=trait,
        section=section,
        offered=offered,
        days=trait.window,
    )


def _once(trait: Trait, club_id: int) -> Callable[[], Choices]:
    """Return how to ask for the choices of a trait, which are asked of the store once."""

    @cache
    def offered() -> Choices:
        return trait.choices(club_id) if trait.choices else ()

    return offered


def _labels(offered: Callable[[], Choices]) -> Callable[[str], str]:
    def told(value: str) -> str:
        words = dict(offered())
        return ", ".join(sorted(words.get(one, one) for one in value.split(SEPARATOR)))

    return told
