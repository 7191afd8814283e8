"""Queries room: the rows of each trait that a report's question names, joined to its people."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, cast, extract, func, select

from clubcrm.core.local_days import local_day_of
from clubcrm.people.models import Person
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import OWN, Ground, Trait
from clubcrm.reports.built_fields import Asker, Field, Subject
from clubcrm.reports.built_windows import over_days
from clubcrm.reports.rules.built import COUNT, Definition

SEPARATOR = "\x1f"


def joined(definition: Definition, subject: Subject, asker: Asker) -> Subject:
    """Return the subject with the rows of each trait that the question names beside its own."""
    subject = over_days(subject, definition)
    fields, rows = dict(subject.fields), subject.rows
    for number, name in enumerate(_named(definition)):
        field = fields.get(name)
        if field is None or field.trait is None:
            continue
        told = _told(field, asker).subquery(f"trait_{number}")
        rows = rows.outerjoin(told, told.c[0] == Person.id)
        if field.trait.kind is TraitKind.YES:
            column: ColumnElement[Any] = told.c[0].is_not(None)
        else:
            column = _column(field.trait, told.c[1], asker)
        fields[name] = replace(field, column=column)
    return replace(subject, fields=fields, rows=rows)


def holders_of(field: Field, value: str, asker: Asker) -> ColumnElement[bool]:
    """Return the condition that the person has this value among those of a list."""
    assert field.trait is not None  # noqa: S101 - only fields of traits are lists
    told = field.trait.rows(_ground(field, asker)).subquery()
    chosen = select(told.c[0]).where(cast(told.c[1], String) == value)
    return Person.id.in_(chosen)


def _named(definition: Definition) -> Iterable[str]:
    names = [one.field for one in definition.conditions]
    if definition.group:
        names += [definition.group]
        names += [] if definition.measure == COUNT else [definition.measure.partition(":")[2]]
    else:
        names += [*definition.columns, definition.sort]
    return dict.fromkeys(names)


def _told(field: Field, asker: Asker) -> Any:
    """Return person and value, one row a person: values of a list stand behind each other."""
    trait = field.trait
    assert trait is not None  # noqa: S101 - only fields of traits are joined
    rows = trait.rows(_ground(field, asker))
    if trait.kind is not TraitKind.CHOICE or trait.code.startswith(OWN):
        return rows
    several = rows.subquery(f"{trait.code}_all")
    one = select(several.c[0].label("person"), cast(several.c[1], String).label("value"))
    each = one.distinct().subquery(f"{trait.code}_each")
    all_of = func.aggregate_strings(each.c.value, SEPARATOR)
    return select(each.c.person, all_of.label("value")).group_by(each.c.person)


def _column(trait: Trait, value: Any, asker: Asker) -> ColumnElement[Any]:
    today = asker.today
    if trait.kind is TraitKind.AGE:
        born = 10_000 * extract("year", value) + 100 * extract("month", value)
        marked = cast(born + extract("day", value), Integer)
        now = 10_000 * today.year + 100 * today.month + today.day
        return (now - marked) // 10_000
    if trait.kind is TraitKind.DAY and trait.instant:
        return local_day_of(value, asker.zone)
    if trait.zero and trait.kind in (TraitKind.NUMBER, TraitKind.MONEY):
        known: ColumnElement[Any] = func.coalesce(value, 0)
        return known
    column: ColumnElement[Any] = value
    return column


def _ground(field: Field, asker: Asker) -> Ground:
    return Ground(asker.club_id, asker.today, asker.zone, asker.currency, field.days or 0)
