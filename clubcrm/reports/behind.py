"""Queries room: the people behind a number of the findings; the list is as long as the number."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from clubcrm.core.db import db
from clubcrm.journeys.models import Eligibility
from clubcrm.people.models import Person
from clubcrm.reports.effect_tables import TouchOutcome
from clubcrm.reports.evidence import LIVE, Seen, eligible_within, settled_within
from clubcrm.reports.rules.windows import ENGAGEMENT, PROGRAMME, RENEWAL_GRACE

PAGE = 50
RENEWAL, OWN = "renewal", "own"
EVERYBODY, DID = "", "1"
# What else followed, counted from the day on which each became eligible.
BESIDE: dict[str, Any] = {
    "reached": TouchOutcome.delivered,
    "opted_out": TouchOutcome.opted_out,
    "complained": TouchOutcome.complained,
    "refunded": TouchOutcome.refunded,
    "owing": TouchOutcome.involuntary,
}


@dataclass(frozen=True, slots=True)
class Behind:
    """Which number is asked for: touchpoint, arm, outcome, and who of them.

    `did` is empty for all whose outcome is known, 1 for those who did it, or one of `BESIDE`.
    """

    seen: Seen
    code: str
    arm: str
    of: str
    did: str
    night: date


@dataclass(frozen=True, slots=True)
class PersonBehind:
    """One member behind a number, and what became of him."""

    key: int
    name: str
    public_id: str
    eligible_on: date
    due_on: date | None
    value: float | None
    renewed: bool | None


def _conditions(asked: Behind) -> list[ColumnElement[bool]]:
    if asked.did in BESIDE:
        return [*_of_arm(asked), *eligible_within(asked.seen), BESIDE[asked.did]]
    by_renewal = asked.of == RENEWAL
    known: Any = TouchOutcome.renewed if by_renewal else TouchOutcome.value
    chosen = [*_of_arm(asked), known.is_not(None)]
    if asked.seen.period != LIVE:
        own, told = settled_within(asked.seen)
        chosen.append(told if by_renewal else own)
    else:
        settled: Any = TouchOutcome.told_on if by_renewal else TouchOutcome.settled_on
        last = date.fromordinal(asked.night.toordinal() - (RENEWAL_GRACE if by_renewal else 0))
        chosen.append(settled < last)
    if asked.did == DID:
        chosen.append(TouchOutcome.renewed if by_renewal else TouchOutcome.value > 0)
    return chosen


def _of_arm(asked: Behind) -> list[ColumnElement[bool]]:
    shared: list[Any] = [TouchOutcome.club_id.in_(asked.seen.club_ids), TouchOutcome.is_first]
    if asked.code != PROGRAMME:
        return [
            *shared,
            TouchOutcome.code == asked.code,
            TouchOutcome.arm == asked.arm,
            ~TouchOutcome.is_control,
        ]
    in_control: Any = TouchOutcome.is_control
    return [
        *shared,
        in_control if asked.arm == "H" else ~in_control,
        TouchOutcome.eligibility_id.in_(_first_of_cycles(asked.seen, shared)),
    ]


def _first_of_cycles(seen: Seen, shared: list[Any]) -> Any:
    """Return the first engagement touch of each member and cycle: what the programme goes by."""
    chosen = [*shared, TouchOutcome.code.in_(ENGAGEMENT)]
    if seen.period != LIVE:
        chosen.append(or_(*settled_within(seen)))
    return (
        select(func.min(TouchOutcome.eligibility_id))
        .join(Eligibility, Eligibility.id == TouchOutcome.eligibility_id)
        .where(*chosen)
        .group_by(TouchOutcome.person_id, Eligibility.cycle_no)
    )


def count_behind(asked: Behind) -> int:
    """Return how many stand behind the number."""
    return (
        db.session.scalar(select(func.count()).select_from(TouchOutcome).where(*_conditions(asked)))
        or 0
    )


def people_behind(asked: Behind, after: int) -> tuple[list[PersonBehind], int | None]:
    """Return a page of the people, newest first, and the key of the next page."""
    chosen = _conditions(asked)
    if after:
        chosen.append(TouchOutcome.eligibility_id < after)
    rows = db.session.execute(
        select(
            TouchOutcome.eligibility_id,
            Person.given_name,
            Person.family_name,
            Person.public_id,
            TouchOutcome.eligible_on,
            TouchOutcome.due_on,
            TouchOutcome.value,
            TouchOutcome.renewed,
        )
        .join(Person, Person.id == TouchOutcome.person_id)
        .where(*chosen)
        .order_by(TouchOutcome.eligibility_id.desc())
        .limit(PAGE + 1)
    ).all()
    shown = [
        PersonBehind(row[0], f"{row[1]} {row[2]}".strip(), row[3], row[4], row[5], row[6], row[7])
        for row in rows[:PAGE]
    ]
    return shown, shown[-1].key if len(rows) > PAGE else None
