"""Rules room: reports that somebody puts together: what they ask, and when they are mailed.

What is kept and what stands in an address is a definition: conditions, columns, a group and a
measure, all by name. Names that no longer exist are left out, so that an old address still opens.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

MOST_CONDITIONS = 12
MOST_COLUMNS = 12
LONGEST_VALUE = 120
LARGEST_NUMBER = 10**12
MOST_DAYS = 36_500
LONGEST_WINDOW = 3650
MONTH_START = 1
WINDOW = "w_"  # before the name of a field whose days an address gives
COUNT = "count"


class Sort(StrEnum):
    """What a field is: it decides how one asks for it and how it is shown."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    FLAG = "flag"
    LIST = "list"


class Op(StrEnum):
    """How a value is compared."""

    IS = "is"
    IS_NOT = "is_not"
    HAS = "has"
    HAS_NOT = "has_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    SINCE = "since"
    UNTIL = "until"
    LAST = "last"
    LONGER = "longer"
    NEXT = "next"
    EMPTY = "empty"
    FILLED = "filled"


OPS: Mapping[Sort, tuple[Op, ...]] = {
    Sort.TEXT: (Op.HAS, Op.HAS_NOT, Op.IS, Op.EMPTY, Op.FILLED),
    Sort.CHOICE: (Op.IS, Op.IS_NOT, Op.EMPTY, Op.FILLED),
    Sort.NUMBER: (Op.AT_LEAST, Op.AT_MOST, Op.IS),
    Sort.MONEY: (Op.AT_LEAST, Op.AT_MOST),
    Sort.DAY: (Op.LAST, Op.LONGER, Op.NEXT, Op.SINCE, Op.UNTIL, Op.EMPTY, Op.FILLED),
    Sort.FLAG: (Op.IS,),
    Sort.LIST: (Op.HAS, Op.HAS_NOT, Op.EMPTY, Op.FILLED),
}
# Questions that need nothing beside them.
BARE = frozenset({Op.EMPTY, Op.FILLED})
IN_DAYS = frozenset({Op.LAST, Op.LONGER, Op.NEXT})
YES, NO = "yes", "no"


class Match(StrEnum):
    """Whether all conditions have to hold or one is enough."""

    ALL = "all"
    ANY = "any"


class Rhythm(StrEnum):
    """How often a report is mailed."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the question, as it was typed."""

    field: str
    op: Op
    value: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a report asks: of what, which of them, what is shown, and how it is summed up."""

    about: str
    conditions: tuple[Condition, ...] = ()
    match: Match = Match.ALL
    columns: tuple[str, ...] = ()
    group: str = ""
    measure: str = COUNT  # or sum:FIELD, average:FIELD
    sort: str = ""
    descending: bool = False
    windows: tuple[tuple[str, int], ...] = ()  # over how many days a field counts

    def as_json(self) -> dict[str, Any]:
        """Return the definition as it is kept."""
        return {
            "about": self.about,
            "conditions": [[one.field, one.op.value, one.value] for one in self.conditions],
            "match": self.match.value,
            "columns": list(self.columns),
            "group": self.group,
            "measure": self.measure,
            "sort": self.sort,
            "descending": self.descending,
            "windows": dict(self.windows),
        }

    def arguments(self) -> list[tuple[str, str]]:
        """Return the definition as the arguments of an address."""
        pairs = [("about", self.about)]
        for one in self.conditions:
            pairs += [("f", one.field), ("o", one.op.value), ("v", one.value)]
        if self.match is Match.ANY:
            pairs.append(("m", Match.ANY.value))
        pairs += [("c", column) for column in self.columns]
        if self.group:
            pairs += [("g", self.group), ("n", self.measure)]
        if self.sort:
            pairs += [("s", self.sort), ("d", "1" if self.descending else "")]
        pairs += [(f"{WINDOW}{name}", str(days)) for name, days in self.windows]
        return pairs


@dataclass(frozen=True, slots=True)
class Shape:
    """What may be asked of something: its fields by name with their sorts."""

    about: str
    sorts: Mapping[str, Sort]
    usual: tuple[str, ...]
    windows: Mapping[str, int] = field(default_factory=dict)

    @property
    def groups(self) -> list[str]:
        """Return the fields by which rows may be put together."""
        kinds = (Sort.CHOICE, Sort.DAY, Sort.FLAG)
        return [name for name, sort in self.sorts.items() if sort in kinds]

    @property
    def measures(self) -> list[str]:
        """Return what may be told of each group."""
        summed = [n for n, sort in self.sorts.items() if sort in (Sort.NUMBER, Sort.MONEY)]
        return [COUNT, *(f"{how}:{name}" for name in summed for how in ("sum", "average"))]


def definition_of(kept: Mapping[str, Any], shape: Shape) -> Definition:
    """Return a kept definition; what its shape no longer knows is left out."""
    rows = [(row[0], row[1], row[2]) for row in kept.get("conditions", ()) if len(row) == 3]
    return _fitting(
        shape,
        rows,
        {
            "match": kept.get("match", ""),
            "columns": kept.get("columns", ()),
            "group": kept.get("group", ""),
            "measure": kept.get("measure", COUNT),
            "sort": kept.get("sort", ""),
            "descending": bool(kept.get("descending")),
            "windows": kept.get("windows", {}),
        },
    )


def _fitting(
    shape: Shape, rows: Iterable[tuple[str, str, str]], more: Mapping[str, Any]
) -> Definition:
    conditions = [
        Condition(name, Op(op) if op in set(Op) else OPS[shape.sorts[name]][0], value.strip())
        for name, op, value in rows
        if name in shape.sorts
    ]
    fitting = [
        one if one.op in OPS[shape.sorts[one.field]] else _first(one, shape) for one in conditions
    ]
    columns = [one for one in dict.fromkeys(more["columns"]) if one in shape.sorts]
    group = more["group"] if more["group"] in shape.groups else ""
    measure = more["measure"] if more["measure"] in shape.measures else COUNT
    sort = more["sort"] if more["sort"] in shape.sorts else ""
    return Definition(
        shape.about,
        tuple(fitting[:MOST_CONDITIONS]),
        Match.ANY if more["match"] == Match.ANY.value else Match.ALL,
        tuple(columns[:MOST_COLUMNS]) or shape.usual,
        group,
        measure,
        sort,
        bool(more["descending"]),
        _windows(shape, more.get("windows", {})),
    )


def _windows(shape: Shape, asked: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """Return the days that are not the usual ones of their field, within reason."""
    found = []
    for name, typed in asked.items():
        text = str(typed).strip()
        days = int(text) if text.isdecimal() and len(text) < 5 else 0
        if name in shape.windows and 1 <= days <= LONGEST_WINDOW and days != shape.windows[name]:
            found.append((name, days))
    return tuple(sorted(found))


def _first(condition: Condition, shape: Shape) -> Condition:
    """The condition with the first question that its field knows: the field has just been changed.

    What was typed for the other field is not kept.
    """
    return Condition(condition.field, OPS[shape.sorts[condition.field]][0])


def asked_for(
    shape: Shape, rows: Sequence[tuple[str, str, str]], more: Mapping[str, Any]
) -> Definition:
    """Return the definition that an address or a form holds."""
    return _fitting(shape, rows, more)


def fault(condition: Condition, sort: Sort) -> str:
    """Return what is wrong with a condition: "", "empty", "number", "days" or "day"."""
    if condition.op in BARE:
        return ""
    value = condition.value
    if not value or len(value) > LONGEST_VALUE:
        return "empty"
    if condition.op in IN_DAYS:
        return "" if value.isdecimal() and int(value) <= MOST_DAYS else "days"
    if sort is Sort.DAY:
        return "" if day_of(value) else "day"
    if sort in (Sort.NUMBER, Sort.MONEY):
        return "" if number_of(value) is not None else "number"
    return ""


def day_of(value: str) -> date | None:
    """Return the day that was typed, None when it is none."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def number_of(value: str) -> float | None:
    """Return the number that was typed, None when it is none or beyond all sense."""
    plain = value.replace(",", ".")
    if not plain.lstrip("-").replace(".", "", 1).isdecimal():
        return None
    number = float(plain)
    return number if abs(number) <= LARGEST_NUMBER else None


def next_day(rhythm: Rhythm, weekday: int, after: date) -> date:
    """Return the day on which a report is mailed next, later than a day."""
    if rhythm is Rhythm.DAILY:
        return after + timedelta(days=1)
    if rhythm is Rhythm.WEEKLY:
        return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)
    month = after.month % 12 + 1
    return date(after.year + (after.month == 12), month, MONTH_START)
