"""Queries room: erasures and what stands in their way; everything that is kept about one person."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Club, Scope, club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.types import JsonObject
from clubcrm.people.models import Person
from clubcrm.people.privacy_tables import Erasure
from clubcrm.people.queries.ties import plain
from clubcrm.people.queries.traces import rows_about
from clubcrm.people.rules.privacy import SETTING, KeepTimes, times_of

Stop = Callable[[int], list[str]]
Idle = Callable[[int, date], set[int]]
# Guesses and indexes of ours, and secrets by which somebody else could act as the person.
NOT_TOLD = frozenset({"double_pair", "search_word", "person_merge", "person_merge_part"})
SECRETS = frozenset({"digest", "token", "claim_token", "search_text", "sort_name", "path"})


def erasure_of(person_id: int) -> Erasure | None:
    """Return the erasure of a person, if he was erased."""
    query = select(Erasure).where(Erasure.person_id == person_id, Erasure.finished_at.is_not(None))
    return db.session.scalars(query).first()


def erasure_stops(person: Person) -> list[str]:
    """Return why a person cannot be erased yet, as sentences."""
    if not person.sort_name:
        return [_("This record has no name any more.")]
    stops: Sequence[Stop] = current_app.extensions.get("club_erase_stops", ())
    return [sentence for stop in stops for sentence in stop(person.id)]


def erasure_in(scope: Scope, public_id: str) -> Erasure:
    """Return the erasure of that public id; raises NOT_FOUND outside the scope too."""
    found = None
    if public_id.isascii() and public_id.isalnum():
        found = db.session.scalars(
            select(Erasure).where(
                Erasure.public_id == public_id,
                Erasure.club_id.in_(scope.club_ids),
                Erasure.finished_at.is_not(None),
            )
        ).first()
    if found is None:
        raise not_found(_("There is no such certificate in your clubs."))
    return found


def newest_erasures(scope: Scope, limit: int = 30) -> Sequence[Erasure]:
    """Return the newest erasures of the scope."""
    return db.session.scalars(
        select(Erasure)
        .where(Erasure.club_id.in_(scope.club_ids), Erasure.finished_at.is_not(None))
        .order_by(Erasure.id.desc())
        .limit(limit)
    ).all()


def keep_times(club_id: int) -> KeepTimes:
    """Return how long the club keeps what it knows of people."""
    return times_of(club_setting(club_id, SETTING, {}))


def forgettable(club_id: int, today: date, limit: int) -> list[int]:
    """Return people of whom nothing has been heard for the years after which the club forgets."""
    years = keep_times(club_id).people_years
    if not years:
        return []
    before = today - timedelta(days=round(365.25 * years))
    idle: Idle | None = current_app.extensions.get("club_idle_people")
    quiet = idle(club_id, before) if idle else set()
    known = set(
        db.session.scalars(
            select(Person.id).where(
                Person.club_id == club_id,
                Person.sort_name > "",
                Person.created_at < _midnight(before),
            )
        )
    )
    return sorted(known & quiet)[:limit]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def papers_over(club_id: int, today: date) -> list[int]:
    """Return erasures of a club whose papers have been kept for the set years."""
    oldest = today - timedelta(days=round(365.25 * keep_times(club_id).paper_years))
    rows = db.session.execute(
        select(Erasure.id, Erasure.begun_at, Erasure.certificate).where(
            Erasure.club_id == club_id, Erasure.finished_at.is_not(None)
        )
    )
    return [row.id for row in rows if row.certificate.get("kept") and row.begun_at.date() <= oldest]


def copy_of(person: Person) -> JsonObject:
    """Return everything that is kept about a person, table by table, as plain values."""
    club = db.session.get_one(Club, person.club_id)
    tables: dict[str, list[JsonObject]] = {}
    for hanging in rows_about(person.id):
        if hanging.table.name not in NOT_TOLD:
            tables[hanging.table.name] = [_told(row) for row in hanging.rows]
    lines = db.session.scalars(
        select(AuditLine)
        .where(AuditLine.subject_kind == "person", AuditLine.subject_id == str(person.id))
        .order_by(AuditLine.id)
    )
    own = db.session.execute(
        select(Person.__table__).where(Person.__table__.c.id == person.id)
    ).one()
    return {
        "club": {"name": club.name, "country": club.country},
        "person": _told(own),
        "records": dict(sorted(tables.items())),
        "changes": [
            {"at": line.at.isoformat(), "by": line.actor, "what": line.action} for line in lines
        ],
    }


def _told(row: Any) -> JsonObject:
    return {name: value for name, value in plain(row._mapping).items() if name not in SECRETS}
