"""Queries: by which addresses people may be written to, for one purpose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, or_, select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.models import (
    Channel,
    ContactHold,
    ContactKind,
    ContactPoint,
    HoldKind,
    Person,
    Purpose,
    ReachState,
)
from clubcrm.people.queries.persons import newest_answers

CHANNELS_OF = {
    ContactKind.EMAIL: (Channel.EMAIL,),
    ContactKind.PHONE: (Channel.SMS, Channel.WHATSAPP, Channel.PHONE),
    ContactKind.TELEGRAM: (Channel.TELEGRAM,),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """One address by one channel: whether it works and may be used for the purpose."""

    channel: Channel
    address: str
    works: bool
    consented: bool


@dataclass(frozen=True, slots=True)
class PersonReach:
    """All ways to one person; `language` is his own or his club's."""

    person_id: int
    name: str
    language: str
    do_not_contact: bool
    reaches: tuple[Reach, ...]


def reach_of(person_id: int, purpose: Purpose) -> PersonReach | None:
    """Return how one person may be reached for the purpose, if he exists."""
    return reach_of_many([person_id], purpose).get(person_id)


def reach_of_many(person_ids: Sequence[int], purpose: Purpose) -> dict[int, PersonReach]:
    """Return how each person may be reached; three selects for any number.

    Service messages may go until they are refused, marketing only after a yes.
    """
    return reach_for(person_ids, (purpose,))[purpose]


def reach_for(
    person_ids: Sequence[int], purposes: Sequence[Purpose]
) -> dict[Purpose, dict[int, PersonReach]]:
    """Return the same for several purposes, one more select for each of them."""
    people = db.session.execute(
        select(
            Person.id,
            Person.given_name,
            Person.family_name,
            Person.language,
            or_(Person.do_not_contact, _has_died()).label("do_not_contact"),
            Club.locale,
        )
        .join(Club, Club.id == Person.club_id)
        .where(Person.id.in_(person_ids))
    ).all()
    points = _points(person_ids)
    found: dict[Purpose, dict[int, PersonReach]] = {}
    for purpose in purposes:
        ways = _ways(points, newest_answers(person_ids, purpose), purpose)
        found[purpose] = {
            row.id: PersonReach(
                row.id,
                f"{row.given_name} {row.family_name}".strip(),
                row.language or row.locale,
                row.do_not_contact,
                tuple(ways.get(row.id, ())),
            )
            for row in people
        }
    return found


def _ways(
    points: Iterable[Row[int, ContactKind, str, ReachState]],
    answers: Mapping[tuple[int, Channel], bool],
    purpose: Purpose,
) -> dict[int, list[Reach]]:
    unasked = purpose is Purpose.SERVICE
    ways: dict[int, list[Reach]] = {}
    for person, kind, value, state in points:
        for channel in CHANNELS_OF[kind]:
            allowed = answers.get((person, channel), unasked)
            reach = Reach(channel, value, state is ReachState.GOOD, allowed)
            ways.setdefault(person, []).append(reach)
    return ways


def _points(person_ids: Sequence[int]) -> Sequence[Row[int, ContactKind, str, ReachState]]:
    return db.session.execute(
        select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.value, ContactPoint.state)
        .where(ContactPoint.person_id.in_(person_ids))
        .order_by(ContactPoint.person_id, ContactPoint.is_primary.desc(), ContactPoint.id)
    ).all()


def _has_died() -> ColumnElement[bool]:
    return (
        select(ContactHold.id)
        .where(
            ContactHold.person_id == Person.id,
            ContactHold.kind == HoldKind.DECEASED,
            ContactHold.lifted_at.is_(None),
        )
        .exists()
    )
