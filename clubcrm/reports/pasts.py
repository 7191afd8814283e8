"""Queries room: all that happened to the members of a club, for the model of who leaves."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access_control.models import VisitDay
from clubcrm.people.models import Person
from clubcrm.reports.gather import zone_of
from clubcrm.reports.models import RenewalDue
from clubcrm.reports.pasts_more import more_of
from clubcrm.reports.rules.dues import Fate, year_end_of
from clubcrm.reports.rules.snapshots import Life, Term
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract
from memberships.dunning.models import RecurringCharge
from memberships.trainers.models import TrainerClient

MOST_MEMBERS = 4_000
ROLLING = "rolling"


def names_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return name and public id of these people."""
    people = session.scalars(select(Person).where(Person.id.in_(ids)))
    return {person.id: (person.full_name, person.public_id) for person in people}


def lives_of(session: Session, club_id: int) -> list[Life]:
    """Return what happened to the members of a club, or to an even share of very many."""
    people = session.scalar(
        select(func.count(func.distinct(RenewalDue.person_id))).where(RenewalDue.club_id == club_id)
    )
    step = -(-(people or 0) // MOST_MEMBERS) or 1
    terms = _terms(session, club_id, step)
    ids = sorted(terms)
    visits = _days_of(session, ids, VisitDay.person_id, VisitDay.day)
    failures = _days_of(session, ids, RecurringCharge.payer_id, RecurringCharge.first_failed_on)
    freezes = _spans(
        session,
        ids,
        (Block.person_id, Block.from_on, Block.until_on),
        Block.owner == BlockOwner.FREEZE,
        Block.lifted_at.is_(None),
    )
    trainers = _spans(
        session, ids, (TrainerClient.person_id, TrainerClient.from_on, TrainerClient.until_on)
    )
    more = more_of(session, ids, zone_of(session, club_id))
    return [
        Life(one, visits[one], terms[one], freezes[one], failures[one], trainers[one], more[one])
        for one in ids
    ]


def _terms(session: Session, club_id: int, step: int) -> dict[int, list[Term]]:
    found: dict[int, list[Term]] = defaultdict(list)
    rows = session.execute(
        select(
            RenewalDue.person_id,
            RenewalDue.contract_id,
            Contract.starts_on,
            RenewalDue.due_on,
            func.coalesce(Contract.cut_ends_on, Contract.ends_on, RenewalDue.due_on),
            RenewalDue.term,
            RenewalDue.turn,
            RenewalDue.fate,
            RenewalDue.cancelled_on,
        )
        .join(Contract, Contract.id == RenewalDue.contract_id)
        .where(RenewalDue.club_id == club_id, RenewalDue.person_id % step == 0)
        .order_by(RenewalDue.due_on, RenewalDue.id)
    )
    for person, contract, starts_on, due_on, sold_end, term, turn, fate, cancelled_on in rows:
        planned = year_end_of(starts_on, due_on) if term == ROLLING else sold_end
        lost = fate is Fate.LOST
        found[person].append(
            Term(contract, starts_on, due_on, planned, term, turn, lost, cancelled_on)
        )
    return found


def _days_of(session: Session, ids: list[int], person: Any, day: Any) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for batch in _batches(ids):
        rows = session.execute(
            select(person, day).where(person.in_(batch), day.is_not(None)).order_by(person, day)
        )
        for who, when in rows:
            found[who].append(when)
    return found


def _spans(
    session: Session, ids: list[int], columns: tuple[Any, Any, Any], *where: Any
) -> dict[int, list[tuple[date, date | None]]]:
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for batch in _batches(ids):
        rows = session.execute(select(*columns).where(columns[0].in_(batch), *where))
        for who, first, last in rows:
            found[who].append((first, last))
    return found


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for at in range(0, len(ids), 500):
        yield ids[at : at + 500]
