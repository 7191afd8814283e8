"""Services room: once a month, how well a model tells who will leave, and whom it names today."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access_control.models import VisitDay
from clubcrm.core.clock import now
from clubcrm.core.errors import DomainError
from clubcrm.core.months import month_after, month_of
from clubcrm.reports.analyst import ask
from clubcrm.reports.models import LeavingModel, RenewalDue
from clubcrm.reports.rules.dues import DAYS_AFTER, Fate, year_end_of
from clubcrm.reports.rules.snapshots import HORIZON, Life, Term, snapshot
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract
from memberships.dunning.models import RecurringCharge
from memberships.trainers.models import TrainerClient

Unit = Callable[[], AbstractContextManager[Session]]
MONTHS = 24
MOST_MEMBERS = 4_000
LEAST_EVENTS = 200
ROLLING = "rolling"


def learn_leaving(unit: Unit, club_id: int, day: date, moment: datetime | None = None) -> bool:
    """The club's model of who leaves is that of this month; returns whether it was made now.

    With fewer than 200 members lost the child process is not even asked.
    """
    with unit() as session:
        kept = session.get(LeavingModel, club_id)
        if kept is not None and kept.as_of >= month_of(day):
            return False
        lives = _lives(session, club_id)
    past, today = _columns(lives, day), _columns(lives, day, past=False)
    events = sum(past["lost"])
    figures: dict[str, Any] = {"refusal": {"events": events, "needed": LEAST_EVENTS}}
    if events >= LEAST_EVENTS:
        try:
            figures = ask("leaving", {"past": past, "today": today})
        except DomainError as refusal:
            if refusal.code != "NO_ANSWER":
                raise
    with unit() as session:
        row = session.get(LeavingModel, club_id)
        if row is None:
            row = LeavingModel(club_id=club_id)
            session.add(row)
        row.as_of, row.figures, row.made_at = day, figures, moment or now()
        session.flush()
    return True


def _columns(lives: list[Life], day: date, *, past: bool = True) -> dict[str, list[Any]]:
    """Return the snapshots of months whose sixty days are told, or those of today."""
    columns: dict[str, list[Any]] = defaultdict(list)
    days = list(_days(day)) if past else [day]
    for life in lives:
        for one in days:
            seen = snapshot(life, one)
            if seen is not None:
                columns["facts"].append(seen.facts)
                columns["lost"].append(int(seen.is_lost))
                columns["score"].append(seen.score)
                columns["day"].append(one.toordinal())
                columns["person"].append(life.person_id)
    return {name: columns[name] for name in ("facts", "lost", "score", "day", "person")}


def _days(day: date) -> Iterator[date]:
    """Yield the first days of past months whose sixty days and window are over."""
    for back in range(MONTHS + 3, 0, -1):
        first = month_after(month_of(day), -back)
        if first + timedelta(days=HORIZON + DAYS_AFTER) < day:
            yield first


def _lives(session: Session, club_id: int) -> list[Life]:
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
    return [
        Life(one, visits[one], terms[one], freezes[one], failures[one], trainers[one])
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
