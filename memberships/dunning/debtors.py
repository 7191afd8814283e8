"""Queries room: who is behind, on which step, with what; a family stands under its payer once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.billing.models import Instalment, Invoice
from memberships.dunning.models import DebtCase, DebtStepTaken
from memberships.dunning.rules import CaseState


@dataclass(frozen=True, slots=True)
class OverduePayer:
    """A payer with everything that is late, for himself and his family."""

    payer_id: int
    amount_minor: int
    since_on: date


def overdue_payers(club_id: int, day: date) -> list[OverduePayer]:
    """Return every payer of the club who is late, each once, whomever he pays for."""
    rows = db.session.execute(
        select(Invoice.payer_id, func.sum(Instalment.open_minor), func.min(Instalment.due_on))
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .where(Invoice.club_id == club_id, Instalment.open_minor > 0, Instalment.due_on < day)
        .group_by(Invoice.payer_id)
        .order_by(Invoice.payer_id)
    )
    return [OverduePayer(payer, int(amount), since) for payer, amount, since in rows]


def open_cases(club_id: int) -> dict[int, DebtCase]:
    """Return the open cases of a club by payer."""
    rows = db.session.scalars(
        select(DebtCase).where(DebtCase.club_id == club_id, DebtCase.state == CaseState.OPEN)
    )
    return {case.payer_id: case for case in rows}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A family that is behind, with the step it has reached."""

    case: DebtCase
    payer_name: str
    payer_public_id: str
    members: tuple[str, ...]
    step: DebtStepTaken | None


def case_rows(
    club_id: int, step: int | None = None, *, after_id: int | None = None, limit: int = 200
) -> list[CaseRow]:
    """Return open cases of a club behind the key, the furthest step and the oldest debt first."""
    place = tuple_(-DebtCase.reached, DebtCase.since_on, DebtCase.id)
    wanted = (
        select(DebtCase, Person, DebtStepTaken)
        .join(Person, Person.id == DebtCase.payer_id)
        .outerjoin(
            DebtStepTaken,
            (DebtStepTaken.case_id == DebtCase.id) & (DebtStepTaken.number == DebtCase.reached),
        )
        .where(DebtCase.club_id == club_id, DebtCase.state == CaseState.OPEN)
        .order_by(DebtCase.reached.desc(), DebtCase.since_on, DebtCase.id)
        .limit(limit)
    )
    if step is not None:
        wanted = wanted.where(DebtCase.reached == step)
    last = db.session.get(DebtCase, after_id) if after_id is not None else None
    if last is not None:
        wanted = wanted.where(place > tuple_(-last.reached, last.since_on, last.id))
    rows = db.session.execute(wanted).all()
    names = _members(club_id, [case.payer_id for case, _payer, _step in rows])
    return [
        CaseRow(case, payer.full_name, payer.public_id, names.get(case.payer_id, ()), taken)
        for case, payer, taken in rows
    ]


def _members(club_id: int, payer_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the given names of those a payer owes for, himself left out."""
    rows = db.session.execute(
        select(Invoice.payer_id, Person.id, Person.given_name)
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .join(Person, Person.id == Invoice.person_id)
        .where(
            Invoice.club_id == club_id,
            Invoice.payer_id.in_(payer_ids),
            Invoice.person_id != Invoice.payer_id,
            Instalment.open_minor > 0,
        )
        .distinct()
        .order_by(Person.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for payer_id, _person_id, name in rows:
        found[payer_id] = (*found.get(payer_id, ()), name)
    return found


def counts_by_step(club_id: int) -> dict[int, tuple[int, int]]:
    """Return how many families stand on each step, and what they owe together."""
    rows = db.session.execute(
        select(DebtCase.reached, func.count(), func.sum(DebtCase.amount_minor))
        .where(DebtCase.club_id == club_id, DebtCase.state == CaseState.OPEN)
        .group_by(DebtCase.reached)
    )
    return {int(step): (int(families), int(amount)) for step, families, amount in rows}


def case_for(scope: Scope, public_id: str) -> DebtCase | None:
    """Return a case of the scope."""
    return db.session.scalars(
        select(DebtCase).where(
            DebtCase.public_id == public_id, DebtCase.club_id.in_(scope.club_ids)
        )
    ).first()


@dataclass(frozen=True, slots=True)
class StepNews:
    """What a task about a step says."""

    club_id: int
    payer_id: int
    task: str
    is_open: bool


def debt_step(step_id: int) -> StepNews | None:
    """Return a step of a case, None when there is none."""
    row = db.session.execute(
        select(DebtStepTaken, DebtCase)
        .join(DebtCase, DebtCase.id == DebtStepTaken.case_id)
        .where(DebtStepTaken.id == step_id)
    ).first()
    if row is None:
        return None
    step, case = row
    return StepNews(case.club_id, case.payer_id, step.task, case.state is CaseState.OPEN)


def step_for(scope: Scope, public_id: str) -> tuple[DebtStepTaken, DebtCase] | None:
    """Return a step of the scope with its case."""
    row = db.session.execute(
        select(DebtStepTaken, DebtCase)
        .join(DebtCase, DebtCase.id == DebtStepTaken.case_id)
        .where(DebtStepTaken.public_id == public_id, DebtCase.club_id.in_(scope.club_ids))
    ).first()
    return (row[0], row[1]) if row else None


def steps_taken(case_id: int) -> Sequence[DebtStepTaken]:
    """Return the steps of a case in order."""
    return db.session.scalars(
        select(DebtStepTaken).where(DebtStepTaken.case_id == case_id).order_by(DebtStepTaken.number)
    ).all()


@dataclass(frozen=True, slots=True)
class LatePart:
    """A late part of an invoice, as a letter lists it."""

    number: str
    public_id: str
    due_on: date
    open_minor: int
    member: str


def late_parts(payer_id: int, club_id: int, day: date) -> list[LatePart]:
    """Return what a payer is late with, the oldest first."""
    rows = db.session.execute(
        select(
            Invoice.number,
            Invoice.public_id,
            Instalment.due_on,
            Instalment.open_minor,
            Person.given_name,
        )
        .join(Instalment, Instalment.invoice_id == Invoice.id)
        .join(Person, Person.id == Invoice.person_id)
        .where(
            Invoice.payer_id == payer_id,
            Invoice.club_id == club_id,
            Instalment.open_minor > 0,
            Instalment.due_on < day,
        )
        .order_by(Instalment.due_on, Instalment.id)
    )
    return [LatePart(*row) for row in rows]


def payer_in(payer_id: int) -> Person:
    """Return the person a case is about."""
    return db.session.get_one(Person, payer_id)
