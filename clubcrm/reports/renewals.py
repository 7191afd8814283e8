"""Queries room: renewal figures, the people behind each of them, and who falls due."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person, StoredFile
from clubcrm.reports.lens import COLUMNS, PARTS, By, Lens, Part
from clubcrm.reports.models import MonthSeal, RenewalDue
from clubcrm.reports.rules.dues import Fate, Way
from clubcrm.reports.rules.rates import Rate
from memberships.contracts.models import Contract


@dataclass(slots=True)
class Line:
    """One line of the report: how many ends of each fate, and the money that hangs on them."""

    key: Any
    counts: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    due_minor: int = 0
    renewed_minor: int = 0

    @property
    def rate(self) -> Rate:
        """Return renewed of due."""
        return Rate(self.counts[Part.RENEWED], self.counts[Part.DUE])

    def count(self, part: Part) -> int:
        """Return one number of the line."""
        return self.counts[part]

    def add(self, fate: Fate, way: Way | None, told: tuple[int, int, int, int]) -> None:
        """The line holds these ends too: number, money, came back, has said that he goes."""
        number, money, back, leaving = told
        self.counts[Part.DUE] += number
        self.counts[Part(fate.value)] += number
        if way is not None:
            self.counts[Part(way.value)] += number
        self.counts[Part.BACK] += back if fate is Fate.LOST else 0
        self.counts[Part.LEAVING] += leaving if fate is Fate.OPEN else 0
        self.due_minor += money
        self.renewed_minor += money if fate is Fate.RENEWED else 0


def lines_of(lens: Lens, by: By) -> list[Line]:
    """Return the report line by line, in one statement; months in order, others by size."""
    column = COLUMNS[by]
    rows = db.session.execute(
        select(
            column,
            RenewalDue.fate,
            RenewalDue.way,
            func.count(),
            func.sum(RenewalDue.price_minor),
            func.count(RenewalDue.back_on),
            func.count(RenewalDue.cancelled_on),
        )
        .where(lens.holds())
        .group_by(column, RenewalDue.fate, RenewalDue.way)
    )
    found: dict[Any, Line] = {}
    for key, fate, way, number, money, back, leaving in rows:
        line = found.setdefault(key, Line(key))
        line.add(fate, way, (number, int(money or 0), back, leaving))
    if by is By.MONTH:
        return sorted(found.values(), key=lambda line: line.key)
    return sorted(found.values(), key=lambda line: (-line.count(Part.DUE), str(line.key)))


def total(lines: Iterable[Line]) -> Line:
    """Return all lines as one."""
    found = Line(None)
    for line in lines:
        for part, number in line.counts.items():
            found.counts[part] += number
        found.due_minor += line.due_minor
        found.renewed_minor += line.renewed_minor
    return found


def reasons_of(lens: Lens) -> list[tuple[str, int]]:
    """Return why members left, most named first; "" stands for those who did not say."""
    rows = db.session.execute(
        select(RenewalDue.reason, func.count())
        .where(lens.holds(), PARTS[Part.LOST])
        .group_by(RenewalDue.reason)
    ).all()
    return sorted(((row[0], row[1]) for row in rows), key=lambda pair: (pair[0] == "", -pair[1]))


def choices_of(lens: Lens) -> dict[By, list[str]]:
    """Return the plans, sources and trainers that ends of these clubs and months have."""
    everything = Lens(lens.club_ids, lens.first, lens.last)
    found: dict[By, set[str]] = {By.PLAN: set(), By.SOURCE: set(), By.TRAINER: set()}
    for row in db.session.execute(
        select(RenewalDue.plan, RenewalDue.source, RenewalDue.trainer)
        .where(everything.holds())
        .distinct()
    ):
        for by, value in zip(found, row, strict=True):
            found[by].add(value)
    return {by: sorted(values - {""}) for by, values in found.items()}


@dataclass(frozen=True, slots=True)
class DuePerson:
    """A paid end with its person, as a list shows it."""

    public_id: str
    name: str
    photo: str | None
    contract_id: str
    number: str
    due: RenewalDue

    @property
    def at_risk_minor(self) -> int:
        """Return the money that is likely not to come."""
        return round(self.due.price_minor * (1 - (self.due.chance or 0.0)))


def people_of(lens: Lens, part: Part, limit: int, offset: int = 0) -> list[DuePerson]:
    """Return the people behind a number, by the day they fall due."""
    return people_where(and_(lens.holds(), PARTS[part]), limit, offset)


def people_where(chosen: ColumnElement[bool], limit: int, offset: int = 0) -> list[DuePerson]:
    """Return the people of these paid ends, by the day they fall due."""
    rows = _listed(chosen).order_by(RenewalDue.due_on, RenewalDue.id)
    return _people(rows.limit(limit).offset(offset))


def most_at_risk(lens: Lens, part: Part, limit: int) -> list[DuePerson]:
    """Return who falls due with the most money at risk first."""
    risk = RenewalDue.price_minor * (1 - func.coalesce(RenewalDue.chance, 0.0))
    return _people(
        _listed(and_(lens.holds(), PARTS[part])).order_by(risk.desc(), RenewalDue.id).limit(limit)
    )


def money_at_risk(lens: Lens) -> int:
    """Return the money of open ends that is likely not to come: the sum of what the list shows."""
    risk = func.sum(RenewalDue.price_minor * (1 - func.coalesce(RenewalDue.chance, 0.0)))
    return round(db.session.scalar(select(risk).where(lens.holds(), PARTS[Part.OPEN])) or 0)


def seals_of(club_ids: tuple[int, ...]) -> set[date]:
    """Return the months that are sealed in all of the clubs."""
    rows = db.session.execute(
        select(MonthSeal.month, func.count())
        .where(MonthSeal.club_id.in_(club_ids))
        .group_by(MonthSeal.month)
    )
    return {month for month, number in rows if number == len(club_ids)}


def club_names(scope: Scope) -> dict[int, str]:
    """Return the names of the clubs of a scope."""
    rows = db.session.execute(select(Club.id, Club.name).where(Club.id.in_(scope.club_ids)))
    return {row[0]: row[1] for row in rows}


def _listed(chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(Person, StoredFile.public_id, Contract.public_id, Contract.number, RenewalDue)
        .join(Person, Person.id == RenewalDue.person_id)
        .join(Contract, Contract.id == RenewalDue.contract_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(chosen)
    )


def _people(chosen: Select[*tuple[Any, ...]]) -> list[DuePerson]:
    return [
        DuePerson(person.public_id, person.full_name, photo, contract, number, due)
        for person, photo, contract, number, due in db.session.execute(chosen)
    ]
