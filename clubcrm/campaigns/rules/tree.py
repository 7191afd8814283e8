"""Rules: the rule of a segment as a tree of conditions, how it is kept, and what is wrong with it.

Conditions are joined by all, any or none, in groups within groups. Days are always relative to the
day of the question, so that a segment never grows old.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from clubcrm.people.rules.trait_kinds import BARE, COUNTED_IN_DAYS, DATED, OPS, Op, TraitKind

DEEPEST = 4
MOST_CONDITIONS = 30
MOST_VALUES = 50
LARGEST = 10**12
LONGEST_DAYS = 3650


class Join(StrEnum):
    """How the parts of a group count together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class Fault(StrEnum):
    """What is wrong with one place of a tree."""

    UNKNOWN_TRAIT = "unknown_trait"
    WRONG_OP = "wrong_op"
    NEEDS_NUMBER = "needs_number"
    NEEDS_DAYS = "needs_days"
    NEEDS_DATE = "needs_date"
    NEEDS_CHOICE = "needs_choice"
    UNKNOWN_CHOICE = "unknown_choice"
    EMPTY = "empty"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of one trait; money stands in minor units, days are counted from today."""

    trait: str
    op: Op
    values: tuple[str, ...] = ()
    days: int | None = None

    @property
    def value(self) -> str:
        """Return its only value, empty without one."""
        return self.values[0] if self.values else ""

    @property
    def number(self) -> int:
        """Return its value as a whole number."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups that count together."""

    join: Join
    parts: tuple["Condition | Group", ...] = ()


Part = Condition | Group


@dataclass(frozen=True, slots=True)
class TraitFacts:
    """What has to be known of a trait to judge a condition; no choices means that any is taken."""

    kind: TraitKind
    windowed: bool = False
    choices: frozenset[str] | None = None


class BrokenTreeError(ValueError):
    """Stored or sent values that are no tree."""


def conditions_of(part: Part) -> Iterator[Condition]:
    """Return every condition in the order of reading."""
    if isinstance(part, Condition):
        yield part
        return
    for one in part.parts:
        yield from conditions_of(one)


def as_values(part: Part) -> dict[str, Any]:
    """Return the tree in plain values, as it is kept and as the API gives it."""
    if isinstance(part, Group):
        return {"join": part.join.value, "parts": [as_values(one) for one in part.parts]}
    told: dict[str, Any] = {"trait": part.trait, "op": part.op.value}
    if part.values:
        told["values"] = list(part.values)
    if part.days is not None:
        told["days"] = part.days
    return told


def from_values(values: object, depth: int = 1) -> Group:
    """Return the tree that plain values stand for; raises BrokenTreeError for anything else."""
    if depth > DEEPEST + 1 or not isinstance(values, Mapping) or "parts" not in values:
        raise BrokenTreeError("no group")
    parts = values["parts"]
    if not isinstance(parts, list) or len(parts) > MOST_CONDITIONS:
        raise BrokenTreeError("no parts")
    try:
        join = Join(values.get("join", Join.ALL))
    except ValueError as error:
        raise BrokenTreeError("no join") from error
    return Group(join, tuple(_part(one, depth + 1) for one in parts))


def _part(values: object, depth: int) -> Part:
    if not isinstance(values, Mapping):
        raise BrokenTreeError("no part")
    return from_values(values, depth) if "parts" in values else _condition(values)


def _condition(values: Mapping[str, Any]) -> Condition:
    days, told = values.get("days"), values.get("values", [])
    if not isinstance(told, list) or len(told) > MOST_VALUES:
        raise BrokenTreeError("no values")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool)):
        raise BrokenTreeError("no days")
    try:
        op = Op(values.get("op", ""))
    except ValueError as error:
        raise BrokenTreeError("no comparison") from error
    return Condition(str(values.get("trait", "")), op, tuple(str(one) for one in told), days)


def faults_of(tree: Group, traits: Mapping[str, TraitFacts]) -> dict[str, Fault]:
    """Return what is wrong by the place of the tree: "" is the root, "0.2" its first's third."""
    found: dict[str, Fault] = {}
    if not tree.parts:
        found[""] = Fault.EMPTY
    if sum(1 for _one in conditions_of(tree)) > MOST_CONDITIONS:
        found[""] = Fault.TOO_MANY
    _walk(tree, "", 1, traits, found)
    return found


def _walk(
    group: Group,
    place: str,
    depth: int,
    traits: Mapping[str, TraitFacts],
    found: dict[str, Fault],
) -> None:
    for number, part in enumerate(group.parts):
        here = f"{place}.{number}" if place else str(number)
        if isinstance(part, Condition):
            fault = fault_of(part, traits.get(part.trait))
            if fault is not None:
                found[here] = fault
        elif depth >= DEEPEST:
            found[here] = Fault.TOO_DEEP
        elif not part.parts:
            found[here] = Fault.EMPTY
        else:
            _walk(part, here, depth + 1, traits, found)


def fault_of(one: Condition, facts: TraitFacts | None) -> Fault | None:
    """Return what is wrong with a condition, if anything."""
    if facts is None:
        return Fault.UNKNOWN_TRAIT
    if one.op not in OPS[facts.kind]:
        return Fault.WRONG_OP
    counted = facts.windowed or one.op in COUNTED_IN_DAYS
    if counted and (one.days is None or not 1 <= one.days <= LONGEST_DAYS):
        return Fault.NEEDS_DAYS
    if one.op in BARE or one.op in COUNTED_IN_DAYS:
        return None
    if one.op in DATED:
        return None if _is_day(one.value) else Fault.NEEDS_DATE
    if facts.kind is TraitKind.CHOICE:
        if not one.values:
            return Fault.NEEDS_CHOICE
        unknown = facts.choices is not None and not facts.choices.issuperset(one.values)
        return Fault.UNKNOWN_CHOICE if unknown else None
    return None if _is_number(one.value) else Fault.NEEDS_NUMBER


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 13 and int(text) <= LARGEST
