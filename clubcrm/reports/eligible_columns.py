"""Queries room: the rows that findings are made of, as columns per touchpoint.

A club of some size has a million of them: the store gives plain numbers, and rows are turned into
columns many at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Select, String, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from clubcrm.journeys.models import Eligibility
from clubcrm.reports.effect_tables import Outcome, TouchOutcome
from clubcrm.reports.evidence import LIVE, Seen, settled_within
from clubcrm.reports.rules.windows import ENGAGEMENT, PROGRAMME

UNKNOWN = -1
AT_ONCE = 20_000
# A row of `_columns`, read by its places: a name costs as much as the rest of its work.
Line = Any
CODE, KIND, CONTROL, PERSON, CYCLE = 0, 1, 2, 8, 9
Strata = dict[tuple[int, float], int]


@dataclass(slots=True)
class Table:
    """The columns of one touchpoint, as the question of effects takes them."""

    outcome: str
    treated: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    primary: list[float] = field(default_factory=list)
    renewed: list[int] = field(default_factory=list)
    person: list[int] = field(default_factory=list)
    stratum: list[int] = field(default_factory=list)
    cycle: list[int] = field(default_factory=list)
    term: list[int] = field(default_factory=list)
    share: list[float] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        """The columns by name, as they are: nobody changes them any more."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def add(self, rows: Sequence[Line], strata: Strata) -> None:
        """The rows stand below those that are here; a club and a planned share make a stratum."""
        _code, _kind, _control, clubs, treated, primary, *shared, share = zip(*rows, strict=True)
        self.treated += treated
        self.primary += primary
        self.share += share
        self.stratum += [
            strata.setdefault(one, len(strata)) for one in zip(clubs, share, strict=True)
        ]
        self._add_shared(*shared)

    def add_whole(self, rows: Sequence[Line], control: float) -> None:
        """The same, with the control group of the whole programme as the arm that is left alone."""
        _code, _kind, in_control, clubs, _arm, _own, *shared, _share = zip(*rows, strict=True)
        self.treated += [1 - one for one in in_control]
        self.primary += [UNKNOWN] * len(rows)
        self.share += [control] * len(rows)
        self.stratum += clubs
        self._add_shared(*shared)

    def _add_shared(self, *columns: Sequence[int]) -> None:
        for mine, added in zip(
            (self.before, self.renewed, self.person, self.cycle, self.term), columns, strict=True
        ):
            mine += added


def tables_of(session: Session, seen: Seen, control: float) -> dict[str, Table]:
    """Return the columns of each touchpoint; `ALL` compares the programme with its control group.

    Only the first eligibility of a member, cycle and code is compared. Members of the control group
    get nothing at all, so they say nothing about a single code.
    """
    tables: dict[str, Table] = {}
    strata: Strata = {}
    begun: set[tuple[int, int]] = set()
    for rows in _rows(session, seen):
        alone: dict[tuple[str, str], list[Line]] = {}
        for row in rows:
            if not row[CONTROL]:
                alone.setdefault((row[CODE], row[KIND]), []).append(row)
        for (code, kind), part in alone.items():
            tables.setdefault(code, Table(_outcome(kind))).add(part, strata)
        first = list(_first_of_cycles(rows, begun))
        if first:
            tables.setdefault(PROGRAMME, Table("")).add_whole(first, control)
    return tables


def _outcome(kind: str) -> str:
    return "" if kind == Outcome.RENEWAL else kind


def _first_of_cycles(rows: Sequence[Line], begun: set[tuple[int, int]]) -> Iterator[Line]:
    """Yield the first engagement touch of each member and cycle."""
    for row in rows:
        cycle = row[PERSON], row[CYCLE]
        if cycle not in begun and row[CODE] in ENGAGEMENT:
            begun.add(cycle)
            yield row


def _rows(session: Session, seen: Seen) -> Iterator[Sequence[Line]]:
    """Yield rows, many at a time, in the order in which members became eligible."""
    value: Any = TouchOutcome.value
    renewed: Any = TouchOutcome.renewed
    known: Any = ~TouchOutcome.code.like("J14%")
    chosen = [TouchOutcome.club_id.in_(seen.club_ids), TouchOutcome.is_first]
    if seen.period != LIVE:
        # Outside the period nothing is known.
        own, told = settled_within(seen)
        value, known = case((own, value), else_=None), and_(told, known)
        chosen.append(or_(own, told))
    answer = case((and_(known, renewed), 1), (and_(known, ~renewed), 0), else_=UNKNOWN)
    statement = _columns(func.coalesce(value, float(UNKNOWN)), answer)
    yield from session.execute(
        statement.where(*chosen).order_by(TouchOutcome.eligibility_id)
    ).partitions(AT_ONCE)


def _columns(value: Any, renewed: Any) -> Select[Any]:
    """Return the select of a row as `Table.add` takes it, in plain texts and numbers."""
    return select(
        TouchOutcome.code,
        type_coerce(TouchOutcome.kind, String()),
        case((TouchOutcome.is_control, 1), else_=0),
        TouchOutcome.club_id,
        case((TouchOutcome.arm == "T", 1), else_=0),
        value,
        Eligibility.pre28,
        renewed,
        TouchOutcome.person_id,
        Eligibility.cycle_no,
        Eligibility.term_days,
        Eligibility.share,
    ).join(Eligibility, Eligibility.id == TouchOutcome.eligibility_id)
