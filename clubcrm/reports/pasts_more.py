"""Queries room: what few members have and the model of who leaves looks at, by member."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bar_inventory.sales.models import Sale
from clubcrm.reports.rules.snapshots import NOTHING_MORE, More
from clubcrm.tasks.models import SurveyAnswer, TaskAttempt
from clubcrm.tasks.outcomes import CONSEQUENCES, Ending
from clubcrm.tickets.models import Ticket
from memberships.packages.models import PackageEntry, PackageLot
from memberships.schedule.models import Booking, BookingState, ClassSession

TALKED = tuple(one for one, then in CONSEQUENCES.items() if then.ending is Ending.DONE)
BATCH = 500
Kept = dict[int, list[Any]]
Rows = Select[*tuple[Any, ...]]


def more_of(session: Session, ids: Sequence[int], zone: str) -> dict[int, More]:
    """Return by member what he has of it, in the order of days; whoever has nothing shares one."""
    clock = ZoneInfo(zone)
    classes = _kept(session, _classes(), Booking.person_id, ids, lambda row: row[1])
    units = _kept(session, _units(), PackageLot.person_id, ids, _dated(clock))
    tickets = _kept(session, _tickets(), Ticket.person_id, ids, _span(clock))
    talks = _kept(session, _talks(), TaskAttempt.person_id, ids, lambda row: _day(row[1], clock))
    scores = _kept(session, _scores(), SurveyAnswer.person_id, ids, _dated(clock))
    bar = _kept(session, _bar(), Sale.person_id, ids, lambda row: (row[1], int(row[2])))
    parts = (classes, units, tickets, talks, scores, bar)
    some = set().union(*parts)
    return {
        one: More(*(part.get(one, ()) for part in parts)) if one in some else NOTHING_MORE
        for one in ids
    }


def _classes() -> Rows:
    return (
        select(Booking.person_id, ClassSession.day)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(Booking.state == BookingState.ATTENDED)
        .order_by(Booking.person_id, ClassSession.day)
    )


def _units() -> Rows:
    return (
        select(PackageLot.person_id, PackageEntry.at, PackageEntry.delta)
        .join(PackageLot, PackageLot.id == PackageEntry.lot_id)
        .order_by(PackageLot.person_id, PackageEntry.at)
    )


def _tickets() -> Rows:
    done = func.coalesce(Ticket.solved_at, Ticket.closed_at, type_=Ticket.solved_at.type)
    return select(Ticket.person_id, Ticket.opened_at, done).order_by(
        Ticket.person_id, Ticket.opened_at
    )


def _talks() -> Rows:
    return (
        select(TaskAttempt.person_id, TaskAttempt.at)
        .where(TaskAttempt.outcome.in_(TALKED))
        .order_by(TaskAttempt.person_id, TaskAttempt.at)
    )


def _scores() -> Rows:
    return select(SurveyAnswer.person_id, SurveyAnswer.at, SurveyAnswer.score).order_by(
        SurveyAnswer.person_id, SurveyAnswer.at
    )


def _bar() -> Rows:
    return (
        select(Sale.person_id, Sale.sold_on, func.sum(Sale.total_minor))
        .group_by(Sale.person_id, Sale.sold_on)
        .order_by(Sale.person_id, Sale.sold_on)
    )


def _kept(session: Session, chosen: Rows, person: Any, ids: Sequence[int], shape: Any) -> Kept:
    found: Kept = defaultdict(list)
    for batch in _batches(ids):
        for row in session.execute(chosen.where(person.in_(batch))):
            found[row[0]].append(shape(row))
    return dict(found)


def _dated(clock: ZoneInfo) -> Any:
    """Return what makes a day and an amount of a row."""

    def shape(row: Any) -> tuple[date, int]:
        return _day(row[1], clock), row[2]

    return shape


def _span(clock: ZoneInfo) -> Any:
    """Return what makes a first and a last day of a row."""

    def shape(row: Any) -> tuple[date, date | None]:
        return _day(row[1], clock), None if row[2] is None else _day(row[2], clock)

    return shape


def _day(at: datetime, clock: ZoneInfo) -> date:
    return at.astimezone(clock).date()


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), BATCH):
        yield ids[at : at + BATCH]
