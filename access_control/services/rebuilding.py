"""Visits made anew around a passage that arrived late, so that order of arrival changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from access_control.models import Visit, VisitDay
from access_control.queries.scans import StoredPassage, passages_between
from access_control.rules.decide import cheapest
from access_control.rules.facts import facts_from
from access_control.rules.passing import DEFAULT_REENTRY
from access_control.rules.policy import GatePolicy
from access_control.rules.visits import LeftHow, Pass, Stay, StayRules, auto_exit, pair_visits
from access_control.services.visits import VISIT, NewVisit, begin_visit
from clubcrm.core import clock
from clubcrm.core.db import db
from memberships.api import return_visit, rights_at
from memberships.contracts.rules import ContractRight

AROUND = timedelta(hours=48)
SETTLED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose visits are rebuilt, in which club, by which rules."""

    person_id: int
    club_id: int
    tz: str
    policy: GatePolicy
    by: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a passage grants: the window to come back, and what pays if it begins a visit."""

    reentry: timedelta = timedelta(minutes=DEFAULT_REENTRY)
    contract_id: int | None = None
    lot_id: int | None = None


def stay_rules(policy: GatePolicy) -> StayRules:
    """Return the club's rules for forgotten exits as the pairing wants them."""
    return StayRules(
        auto_exit=timedelta(minutes=policy.auto_exit_minutes),
        longest_stay=timedelta(minutes=policy.longest_stay_minutes),
        duplicate=timedelta(seconds=policy.duplicate_seconds),
    )


def rebuild_visits(whose: Whose, around: datetime) -> None:
    """The person's visits within a day of the instant are those that all known passages make."""
    passages = passages_between(whose.person_id, whose.club_id, around - AROUND, around + AROUND)
    terms = {one.event_id: _terms_of(one, whose) for one in passages}
    stays = pair_visits(
        [
            Pass(one.event_id, one.at, one.direction, terms[one.event_id].reentry)
            for one in passages
        ],
        stay_rules(whose.policy),
    )
    kept = _visits_between(whose, around - AROUND, around + AROUND)
    by_event = {event_id: stay for stay in stays for event_id in stay.event_ids}
    days = {visit.day for visit in kept}
    taken: dict[int, Visit] = {}
    for visit in kept:
        stay = by_event.get(visit.entry_event_id)
        if stay is None:
            continue
        if stay.entry_event_id in taken:
            _drop(visit, whose)
        else:
            taken[stay.entry_event_id] = visit
    for stay in stays:
        if abs(stay.entered_at - around) <= SETTLED:
            days.add(_settle(stay, taken.get(stay.entry_event_id), whose, terms))
    db.session.flush()
    for day in days:
        _count_again(whose, day)


def _visits_between(whose: Whose, start: datetime, end: datetime) -> list[Visit]:
    return list(
        db.session.scalars(
            select(Visit)
            .where(
                Visit.person_id == whose.person_id,
                Visit.club_id == whose.club_id,
                Visit.entered_at.between(start, end),
            )
            .order_by(Visit.entered_at, Visit.id)
            .execution_options(populate_existing=True)
        )
    )


def _settle(stay: Stay, visit: Visit | None, whose: Whose, terms: dict[int, Terms]) -> date:
    day = clock.visit_day(stay.entered_at, whose.tz)
    left_at, how = stay.left_at, stay.left_how
    if left_at is None:
        left_at = auto_exit(
            stay.last_at, clock.now(), timedelta(minutes=whose.policy.auto_exit_minutes)
        )
        how = LeftHow.AUTO if left_at is not None else None
    exit_event_id = stay.event_ids[-1] if how is LeftHow.SCAN else None
    if visit is not None:
        visit.entered_at, visit.day = stay.entered_at, day
        visit.entry_event_id = stay.entry_event_id
        visit.left_at, visit.left_how, visit.exit_event_id = left_at, how, exit_event_id
        db.session.flush()
        return day
    first = terms[stay.entry_event_id]
    begin_visit(
        NewVisit(
            club_id=whose.club_id,
            person_id=whose.person_id,
            contract_id=first.contract_id,
            tz=whose.tz,
            entered_at=stay.entered_at,
            entry_event_id=stay.entry_event_id,
            draws_lot=first.lot_id,
            by=whose.by,
            left_at=left_at,
            left_how=how,
            exit_event_id=exit_event_id,
        ),
        must_draw=False,
    )
    return day


def _drop(visit: Visit, whose: Whose) -> None:
    if visit.units:
        return_visit(
            VISIT, visit.public_id, clock.now(), whose.by, "the scans turned out to be one visit"
        )
    db.session.execute(delete(Visit).where(Visit.id == visit.id))


def _count_again(whose: Whose, day: date) -> None:
    session = db.session()
    visits = session.execute(
        select(func.count()).where(Visit.person_id == whose.person_id, Visit.day == day)
    ).scalar_one()
    days = cast(Table, VisitDay.__table__)
    mine = (days.c.person_id == whose.person_id) & (days.c.day == day)
    if visits == 0:
        session.execute(delete(VisitDay).where(mine))
        return
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    session.execute(
        make(days)
        .values(person_id=whose.person_id, day=day, club_id=whose.club_id, visits=visits)
        .on_conflict_do_nothing()
    )
    session.execute(update(VisitDay).where(mine).values(visits=visits))


def _terms_of(one: StoredPassage, whose: Whose) -> Terms:
    """Return the terms of a passage: as decided then, or as they stood on the day of a stranger."""
    if not one.inputs.get("person"):
        day = clock.local_day(one.at, whose.tz)
        running = rights_at(whose.person_id, day).contracts
        return _terms(
            cheapest(
                tuple(right for right in running if right.state == "signed" and right.covers(day))
            )
        )
    contracts = facts_from(one.inputs).rights.contracts
    if one.contract_id is not None:
        return _terms(next(right for right in contracts if right.contract_id == one.contract_id))
    minutes = max((right.reentry_minutes for right in contracts), default=DEFAULT_REENTRY)
    return Terms(timedelta(minutes=minutes))


def _terms(right: ContractRight | None) -> Terms:
    if right is None:
        return Terms()
    lot_id = right.lot_id if right.units_left is not None else None
    return Terms(timedelta(minutes=right.reentry_minutes), right.contract_id, lot_id)
