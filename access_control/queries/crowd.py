"""Queries room: the facts of many scans at one door, in a few selects for all of their people."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select

from access_control.models import AccessEvent, Credential, CredentialState, Visit, VisitDay
from access_control.queries.doors import Door
from access_control.queries.entry import ADMITTED, PASSED
from access_control.queries.holders import Holder, flag
from access_control.rules.codes import CredentialKind
from access_control.rules.facts import Passage
from clubcrm.core.clubs import ClosedDay
from clubcrm.core.db import db, live_connection
from clubcrm.people.models import Person
from memberships.schedule.models import GuestPass
from memberships.schedule.rules.guests import PassState

Value = tuple[CredentialKind, str]
_event = AccessEvent.__table__
_visit = Visit.__table__
_day = VisitDay.__table__


@dataclass(frozen=True, slots=True)
class HolderFound:
    """Who holds a credential, and whose guardian must be inside for him."""

    holder: Holder
    guardian_id: int | None


@dataclass(frozen=True, slots=True)
class PastFound:
    """What the store knows of a person's passages and visits at a club before any of the scans.

    `newest_at` is the latest admitted scan in any club, `last` the latest passage.
    """

    person_id: int
    last: Passage | None
    newest_at: datetime | None
    visit_id: int | None
    visit_since: datetime | None
    visit_left_at: datetime | None
    last_visit_day: date | None
    was_guest: bool


def _holders() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Credential.kind,
        Credential.value,
        Person.guardian_id,
        Credential.id,
        Credential.state == CredentialState.BLOCKED,
        Credential.passback_free,
        Person.id,
        Person.public_id,
        Person.given_name,
        Person.family_name,
        Person.birth_date,
        Person.photo_id.is_not(None),
        flag("open_task"),
        flag("pay_method_expiring"),
    )
    return (
        select(*columns)
        .join(Person, Person.id == Credential.person_id)
        .where(
            Credential.kind.in_(_list_of("kinds")),
            Credential.value.in_(_list_of("values")),
            Credential.state != CredentialState.ENDED,
        )
        .order_by(Person.id)
        .with_for_update(of=Person, key_share=True)
    )


def _list_of(name: str) -> Any:
    return bindparam(name, expanding=True)


# Built once: each backlog asks the same some hundred times.
_HOLDERS = _holders()


def holders_of(values: Collection[Value]) -> dict[Value, HolderFound]:
    """Return who holds these values; their rows are locked, always in the same order."""
    if not values:
        return {}
    asked = {"kinds": list({kind for kind, _ in values}), "values": list({v for _, v in values})}
    found = {}
    for kind, value, guardian_id, *told in _ask(_HOLDERS, asked):
        # Whether a guardian is inside changes from scan to scan: the caller knows.
        told.insert(-2, False)
        found[kind, value] = HolderFound(Holder(*told), guardian_id)
    return found


def _ask(statement: Select[Any], asked: dict[str, Any]) -> Any:
    return live_connection().execute(statement, asked)


def _pasts() -> Select[Any]:
    last_passage = (
        select(_event.c.id)
        .where(_event.c.person_id == Person.id, PASSED, ADMITTED)
        .order_by(_event.c.at.desc(), _event.c.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    newest_at = (
        select(_event.c.at)
        .where(_event.c.person_id == Person.id, ADMITTED)
        .order_by(_event.c.at.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    last_visit = (
        select(_visit.c.id)
        .where(_visit.c.person_id == Person.id, _visit.c.club_id == bindparam("club_id"))
        .order_by(_visit.c.entered_at.desc(), _visit.c.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    last_day = (
        select(func.max(_day.c.day))
        .where(_day.c.person_id == Person.id, _day.c.day < bindparam("first_day"))
        .correlate(Person)
        .scalar_subquery()
    )
    came = exists().where(GuestPass.guest_id == Person.id, GuestPass.state == PassState.USED)
    return (
        select(
            Person.id,
            *(_event.c.at, _event.c.direction, _event.c.zone),
            newest_at,
            *(_visit.c.id, _visit.c.entered_at, _visit.c.left_at),
            last_day,
            came,
        )
        .outerjoin(_event, _event.c.id == last_passage)
        .outerjoin(_visit, _visit.c.id == last_visit)
        .where(Person.id.in_(_list_of("people")))
    )


_PASTS = _pasts()


def pasts_of(door: Door, people: Collection[int], first_day: date) -> list[PastFound]:
    """Return what was before for each of these people; visit-days count before the first day."""
    asked = {"club_id": door.club_id, "people": list(people), "first_day": first_day}
    rows = _ask(_PASTS, asked) if people else ()
    return [PastFound(row[0], Passage(*row[1:4]) if row[1] else None, *row[4:]) for row in rows]


_DAYS = select(_day.c.person_id, _day.c.day, _day.c.visits).where(
    _day.c.person_id.in_(_list_of("people")), _day.c.day >= bindparam("first_day")
)
_OPEN = select(_visit.c.person_id, _visit.c.id).where(
    _visit.c.club_id == bindparam("club_id"),
    _visit.c.left_at.is_(None),
    _visit.c.person_id.in_(_list_of("people")),
)
_TAPS = select(_event.c.credential_value, _event.c.at).where(
    _event.c.device_id == bindparam("device_id"),
    _event.c.credential_value.in_(_list_of("values")),
    _event.c.at > bindparam("first"),
    _event.c.at < bindparam("last"),
    PASSED,
)


def days_of(people: Collection[int], first_day: date) -> dict[int, dict[date, int]]:
    """Return the visit-days from a day on, with their counts, of those who have any."""
    found: defaultdict[int, dict[date, int]] = defaultdict(dict)
    if people:
        for row in _ask(_DAYS, {"people": list(people), "first_day": first_day}):
            found[row.person_id][row.day] = row.visits
    return found


def open_visits_of(club_id: int, people: Collection[int]) -> Counter[int]:
    """Return how many visits in the club are open, of those of these people who are inside."""
    if not people:
        return Counter()
    rows = _ask(_OPEN, {"club_id": club_id, "people": list(people)})
    return Counter(row.person_id for row in rows)


def taps_of(
    door: Door, values: Collection[str], first: datetime, last: datetime
) -> defaultdict[str, list[datetime]]:
    """Return when these values were shown at the door around the scans."""
    width = timedelta(seconds=door.policy.duplicate_seconds)
    asked = {"device_id": door.device_id, "values": list(values)}
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in _ask(_TAPS, asked | {"first": first - width, "last": last + width}):
        found[row.credential_value].append(row.at)
    return found


def inside_count(club_id: int) -> int:
    """Return how many visits of the club are open."""
    return db.session.execute(
        select(func.count()).where(_visit.c.club_id == club_id, _visit.c.left_at.is_(None))
    ).scalar_one()


def closed_days(club_id: int, days: Sequence[date]) -> set[date]:
    """Return which of these days the club is closed on."""
    return set(
        db.session.scalars(
            select(ClosedDay.day).where(ClosedDay.club_id == club_id, ClosedDay.day.in_(days))
        )
    )
