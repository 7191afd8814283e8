"""Queries room: the rule of a segment becomes one select, every value bound.

Each trait that is asked for is joined once as rows of one value a person; the tree becomes a plain
condition over those columns. Deep rules therefore cost what their traits cost, and no more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from clubcrm.campaigns.rules.tree import Condition, Group, Join, Part
from clubcrm.core import clock
from clubcrm.people.models import Person
from clubcrm.people.rules.trait_kinds import Op, TraitKind, years_before
from clubcrm.people.traits import Ground, Trait

Holds = ColumnElement[bool]
Key = tuple[str, int | None, tuple[str, ...]]


@dataclass(slots=True)
class _Joined:
    """The traits that have been joined so far, each once."""

    ground: Ground
    traits: Mapping[str, Trait]
    source: FromClause
    tables: dict[Key, Subquery] = field(default_factory=dict)

    def rows(self, one: Condition) -> Subquery:
        """Return the rows of the condition's trait, joined to the people."""
        trait = self.traits[one.trait]
        window = one.days if trait.window is not None else None
        chosen = tuple(sorted(set(one.values))) if trait.kind is TraitKind.CHOICE else ()
        key = (one.trait, window, chosen)
        if key not in self.tables:
            self.tables[key] = self._join(trait, window, chosen)
        return self.tables[key]

    def _join(self, trait: Trait, window: int | None, chosen: tuple[str, ...]) -> Subquery:
        told = trait.rows(replace(self.ground, days=window or 0))
        name = f"t{len(self.tables)}"
        if trait.kind is TraitKind.CHOICE:
            inner = told.subquery(f"{name}_all")
            person, value = inner.c[0], inner.c[1]
            told = select(person.label("person_id")).where(value.in_(chosen)).distinct()
        rows = told.subquery(name)
        self.source = self.source.outerjoin(rows, rows.c[0] == Person.id)
        return rows


def people_of(tree: Group, ground: Ground, traits: Mapping[str, Trait]) -> Select[int]:
    """Return the select of the ids of everybody of the club for whom the rule holds."""
    joined = _Joined(ground, traits, Person.__table__)
    holds = _part(tree, joined)
    return (
        select(Person.id)
        .select_from(joined.source)
        .where(Person.club_id == ground.club_id, Person.sort_name > "", holds)
    )


def count_of(tree: Group, ground: Ground, traits: Mapping[str, Trait]) -> Select[int]:
    """Return the select of how many people the rule holds for."""
    return select(func.count()).select_from(people_of(tree, ground, traits).subquery("chosen"))


def _part(part: Part, joined: _Joined) -> Holds:
    if isinstance(part, Condition):
        return _condition(part, joined)
    inner = [_part(one, joined) for one in part.parts]
    if part.join is Join.ALL:
        return and_(true(), *inner)
    any_of = or_(false(), *inner)
    return any_of if part.join is Join.ANY else not_(any_of)


def _condition(one: Condition, joined: _Joined) -> Holds:
    trait = joined.traits[one.trait]
    rows = joined.rows(one)
    if trait.kind in {TraitKind.CHOICE, TraitKind.YES}:
        has = rows.c[0].is_not(None)
        return has if one.op in {Op.ANY_OF, Op.IS} else not_(has)
    return _COMPARED[trait.kind](one, trait, rows.c[1], joined.ground)


def _number(one: Condition, trait: Trait, value: Any, _ground: Ground) -> Holds:
    known = func.coalesce(value, 0) if trait.zero else value
    # Nobody's unknown number is larger or smaller than anything, also not within a "none of".
    holds: Holds = func.coalesce(_than(one.op, known, one.number), false())
    return holds


def _than(op: Op, value: Any, number: int) -> Any:
    if op is Op.EQUALS:
        return value == number
    return value >= number if op is Op.AT_LEAST else value <= number


def _age(one: Condition, _trait: Trait, born: Any, ground: Ground) -> Holds:
    if one.op is Op.AT_LEAST:
        holds = born <= years_before(ground.today, min(one.number, 150))
    else:
        holds = born > years_before(ground.today, min(one.number, 150) + 1)
    known: Holds = func.coalesce(holds, false())
    return known


def _day(one: Condition, trait: Trait, value: Any, ground: Ground) -> Holds:
    if one.op is Op.NEVER:
        return value.is_(None)  # type: ignore[no-any-return]
    if one.op is Op.KNOWN:
        return value.is_not(None)  # type: ignore[no-any-return]
    first, last = _span(one, ground)
    holds = []
    if first is not None:
        holds.append(value >= _bound(first, trait, ground))
    if last is not None:
        holds.append(value < _bound(last + timedelta(days=1), trait, ground))
    within: Holds = func.coalesce(and_(*holds), false())
    return not_(within) if one.op is Op.NOT_WITHIN else within


def _span(one: Condition, ground: Ground) -> tuple[date | None, date | None]:
    """Return first and last day, both inclusive, of the days that a condition names."""
    if one.op is Op.ON_OR_AFTER:
        return date.fromisoformat(one.value), None
    if one.op is Op.BEFORE:
        return None, date.fromisoformat(one.value) - timedelta(days=1)
    days = timedelta(days=one.days or 0)
    if one.op is Op.LONGER_AGO:
        return None, ground.today - days - timedelta(days=1)
    if one.op is Op.WITHIN_NEXT:
        return ground.today, ground.today + days
    return ground.today - days, ground.today


def _bound(day: date, trait: Trait, ground: Ground) -> Any:
    return clock.day_bounds(day, ground.zone)[0] if trait.instant else day


_COMPARED: Mapping[TraitKind, Callable[[Condition, Trait, Any, Ground], Holds]] = {
    TraitKind.NUMBER: _number,
    TraitKind.MONEY: _number,
    TraitKind.AGE: _age,
    TraitKind.DAY: _day,
}
