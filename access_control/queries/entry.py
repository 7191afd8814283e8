"""The facts of one scan in at most three selects: two of rights, one of history.

The holder, a fourth one, stands beside it.

Core statements built once; no objects of the ORM in the path of the turnstile.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Select,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import Subquery

from access_control.models import (
    AccessEvent,
    EventStatus,
    Visit,
    VisitDay,
)
from access_control.queries.doors import Door
from access_control.queries.holders import Holder
from access_control.rules.anniversaries import age_on, birthday_in
from access_control.rules.codes import Code, Direction, Severity
from access_control.rules.facts import NO_RIGHTS, EntryFacts, Passage, PersonFact
from clubcrm.core import clock
from clubcrm.core.clubs import ClosedDay, Club
from clubcrm.core.db import live_connection
from clubcrm.core.prepared import Prepared
from memberships.contracts.queries import rights_at
from memberships.contracts.rules import MemberRights, PlanKind
from memberships.schedule.passes import first_pass
from memberships.schedule.rules.guests import year_before

_event = AccessEvent.__table__
_visit = Visit.__table__
NEVER = date(9999, 12, 31)
NEARLY_FULL = 10
PASSED = or_(_event.c.status == EventStatus.NORMAL, _event.c.status == EventStatus.OFFLINE_ADMIT)
ADMITTED = or_(_event.c.decision != Severity.DENY, _event.c.status == EventStatus.OFFLINE_ADMIT)


@dataclass(frozen=True, slots=True)
class Before:
    """What happened before the scan: the last passage and visit, counts, and a first tap."""

    last: Passage | None = None
    visit_id: int | None = None
    visit_since: datetime | None = None
    visit_left_at: datetime | None = None
    visits_today: int = 0
    last_visit_day: date | None = None
    guest_visits: int = 0
    inside: int = 0
    closed: bool = False
    newer: bool = False
    tap_id: int | None = None
    tap_direction: Direction | None = None

    def first_tap(self, direction: Direction) -> int | None:
        """Return the scan of which this one is a bounce, None when it went the other way."""
        if direction in {Direction.TOGGLE, Direction.UNKNOWN} or direction is self.tap_direction:
            return self.tap_id
        return None


@dataclass(frozen=True, slots=True)
class Sighting:
    """The facts of a scan with the rows they came from."""

    facts: EntryFacts
    holder: Holder | None
    before: Before


def _first_tap() -> Select[Any]:
    return (
        select(_event.c.id.label("tap_id"), _event.c.direction.label("tap_direction"))
        .where(
            _event.c.device_id == bindparam("device_id"),
            _event.c.credential_value == bindparam("value"),
            _event.c.at > bindparam("tap_from"),
            _event.c.at < bindparam("tap_to"),
            PASSED,
        )
        .order_by(_event.c.at, _event.c.id)
        .limit(1)
    )


def _last_passage() -> Subquery:
    return (
        select(_event.c.at, _event.c.direction, _event.c.zone)
        .where(
            _event.c.person_id == bindparam("person_id"),
            # Clocks of two gates differ a little: a passage just after this one is seen as well.
            _event.c.at < bindparam("until"),
            PASSED,
            ADMITTED,
        )
        .order_by(_event.c.at.desc(), _event.c.id.desc())
        .limit(1)
        .subquery("last_passage")
    )


def _last_visit() -> Subquery:
    return (
        select(_visit.c.id, _visit.c.entered_at, _visit.c.left_at)
        .where(
            _visit.c.person_id == bindparam("person_id"),
            _visit.c.club_id == bindparam("club_id"),
            _visit.c.entered_at <= bindparam("at"),
        )
        .order_by(_visit.c.entered_at.desc(), _visit.c.id.desc())
        .limit(1)
        .subquery("last_visit")
    )


@lru_cache(maxsize=2)
def _history(with_capacity: bool) -> Prepared:
    inside = select(func.count()).where(
        _visit.c.club_id == bindparam("club_id"), _visit.c.left_at.is_(None)
    )
    days = VisitDay.__table__
    person = days.c.person_id == bindparam("person_id")
    newer = exists().where(
        _event.c.person_id == bindparam("person_id"),
        _event.c.at > bindparam("at"),
        _event.c.club_id == bindparam("club_id"),
        ADMITTED,
    )
    closed = exists().where(
        ClosedDay.club_id == bindparam("club_id"), ClosedDay.day == bindparam("day")
    )
    last, visit = _last_passage(), _last_visit()
    tap = _first_tap().subquery("first_tap")
    one = select(literal(1).label("one")).subquery("one")
    history = select(
        last.c.at,
        last.c.direction,
        last.c.zone,
        visit.c.id,
        visit.c.entered_at,
        visit.c.left_at,
        func.coalesce(
            select(days.c.visits)
            .where(person, days.c.day == bindparam("visit_day"))
            .scalar_subquery(),
            0,
        ),
        select(func.max(days.c.day))
        .where(person, days.c.day < bindparam("visit_day"))
        .scalar_subquery(),
        func.coalesce(
            select(func.sum(days.c.visits))
            .where(person, days.c.day >= func.coalesce(first_pass(), bindparam("guest_since")))
            .scalar_subquery(),
            0,
        ),
        inside.scalar_subquery() if with_capacity else literal(0),
        closed,
        newer,
        tap.c.tap_id,
        tap.c.tap_direction,
    ).select_from(one.outerjoin(last, true()).outerjoin(visit, true()).outerjoin(tap, true()))
    return Prepared(history)


_TAP = Prepared(_first_tap())
# The last places go one by one; SQLite has one writer anyway and ignores the lock.
_LOCK_CLUB = Prepared(
    select(Club.id).where(Club.id == bindparam("club_id")).with_for_update(key_share=True)
)


def sighting_of(
    door: Door, holder: Holder | None, at: datetime, value: str, direction: Direction
) -> Sighting:
    """Return the facts for deciding on a scan; with the holder's select at most four in all.

    `direction` may be toggle: it is resolved here from whether the person is inside.
    """
    if holder is None:
        before = _before_stranger(door, at, value)
        return Sighting(stranger_facts(door, at, direction, before), None, before)
    day = clock.local_day(at, door.tz)
    rights = NO_RIGHTS if direction is Direction.OUT else rights_at(holder.person_id, day)
    before = _before(door, holder.person_id, at, value, rights)
    if door.capacity and before.inside >= door.capacity - NEARLY_FULL:
        before = _before_in_line(door, holder.person_id, at, value, rights)
    return Sighting(holder_facts(door, holder, (at, direction), rights, before), holder, before)


def stranger_facts(door: Door, at: datetime, direction: Direction, before: Before) -> EntryFacts:
    """Return the facts of a scan whose value nobody holds."""
    return EntryFacts(
        at=at,
        day=clock.local_day(at, door.tz),
        tz=door.tz,
        club_id=door.club_id,
        zone=door.zone,
        direction=_resolved(direction, before, at, door),
        policy=door.policy,
    )


def holder_facts(
    door: Door,
    holder: Holder,
    scanned: tuple[datetime, Direction],
    rights: MemberRights,
    before: Before,
) -> EntryFacts:
    """Return the facts of a scan of somebody known: when and which way, his rights, what was."""
    at, direction = scanned
    day = clock.local_day(at, door.tz)
    return EntryFacts(
        at=at,
        day=day,
        tz=door.tz,
        club_id=door.club_id,
        zone=door.zone,
        direction=_resolved(direction, before, at, door),
        person=_person(holder, day),
        card_blocked=holder.blocked,
        rights=rights,
        club_open=door.open_at(at) and not before.closed,
        capacity=door.capacity or None,
        inside=before.inside,
        last=before.last,
        visit_since=before.visit_since,
        visits_today=before.visits_today,
        last_visit_day=before.last_visit_day,
        guest_visits=before.guest_visits,
        policy=door.policy,
    )


def _before_stranger(door: Door, at: datetime, value: str) -> Before:
    asked = {"device_id": door.device_id, "value": value, **_tap_span(door, at)}
    row = _TAP.first(live_connection(), asked)
    return Before() if row is None else Before(tap_id=row[0], tap_direction=row[1])


def _tap_span(door: Door, at: datetime) -> dict[str, datetime]:
    width = timedelta(seconds=door.policy.duplicate_seconds)
    return {"tap_from": at - width, "tap_to": at + width}


def _before(door: Door, person_id: int, at: datetime, value: str, rights: MemberRights) -> Before:
    trials = [one.starts_on for one in rights.contracts if one.plan_kind is PlanKind.TRIAL]
    row = _history(bool(door.capacity)).first(
        live_connection(),
        {
            "person_id": person_id,
            "club_id": door.club_id,
            "device_id": door.device_id,
            "value": value,
            "at": at,
            "until": at + timedelta(seconds=max(1, door.policy.passback_seconds)),
            "day": clock.local_day(at, door.tz),
            "visit_day": clock.visit_day(at, door.tz),
            "guest_since": min(trials, default=NEVER),
            "year_ago": year_before(clock.local_day(at, door.tz)),
            **_tap_span(door, at),
        },
    )
    assert row is not None  # noqa: S101 - one row always, made of outer joins
    last = Passage(row[0], row[1], row[2]) if row[0] is not None else None
    return Before(last, *row[3:])


def stand_in_line(club_id: int) -> None:
    """No other gate of the club lets anybody in by its last places until this unit ends."""
    _LOCK_CLUB.first(live_connection(), {"club_id": club_id})


def _before_in_line(
    door: Door, person_id: int, at: datetime, value: str, rights: MemberRights
) -> Before:
    """Return what happened before, counted while no other gate of the club lets anybody in."""
    stand_in_line(door.club_id)
    return _before(door, person_id, at, value, rights)


def _resolved(direction: Direction, before: Before, at: datetime, door: Door) -> Direction:
    if direction is not Direction.TOGGLE:
        return Direction.OUT if direction is Direction.OUT else Direction.IN
    last = before.last
    fresh = last is not None and at - last.at < timedelta(minutes=door.policy.auto_exit_minutes)
    inside = before.visit_since is not None and before.visit_left_at is None
    return Direction.OUT if inside and fresh else Direction.IN


def _person(holder: Holder, day: date) -> PersonFact:
    birth = holder.birth_date
    notes = []
    if holder.pay_method:
        notes.append(Code.PAY_METHOD_EXPIRING)
    if holder.open_task:
        notes.append(Code.OPEN_TASK)
    return PersonFact(
        person_id=holder.person_id,
        age=age_on(birth, day) if birth else None,
        birthday=birth is not None and birthday_in(birth, day.year) == day,
        has_photo=holder.has_photo,
        guardian_inside=holder.guardian_inside,
        passback_free=holder.passback_free,
        notes=tuple(notes),
    )
