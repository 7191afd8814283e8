"""Queries room: fields that count within days, over as many days as a report's question says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clubcrm.campaigns.segment_words import window_words
from clubcrm.reports.built_fields import Subject
from clubcrm.reports.rules.built import COUNT, Definition


@dataclass(frozen=True, slots=True)
class Window:
    """A field of a question that counts within days, and within how many."""

    name: str
    words: str
    days: int


def over_days(subject: Subject, definition: Definition) -> Subject:
    """Return the subject whose fields count over the days of the question, and say so."""
    fields = dict(subject.fields)
    for name, days in definition.windows:
        one = fields.get(name)
        if one is not None and one.trait is not None and one.days != days:
            words = window_words(str(one.trait.label), days, ahead=one.trait.ahead)
            fields[name] = replace(one, days=days, words=words)
    return replace(subject, fields=fields)


def windows_of(subject: Subject, definition: Definition) -> Sequence[Window]:
    """Return the fields that the question names and that count within days."""
    named = [one.field for one in definition.conditions]
    if definition.group:
        named += [definition.group]
        named += [] if definition.measure == COUNT else [definition.measure.partition(":")[2]]
    else:
        named += [*definition.columns, definition.sort]
    fields = [subject.fields[one] for one in dict.fromkeys(named) if one in subject.fields]
    return [
        Window(one.name, str(one.trait.label), one.days)
        for one in fields
        if one.trait is not None and one.days
    ]
