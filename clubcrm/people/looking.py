"""Services room: who opened what is kept about a person, written by one insert after the answer.

Reading changes nothing that is read; that somebody has read is a fact of its own, like the use of a
session, and no page waits for it to decide anything.
"""

import zlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Response, current_app, request
from sqlalchemy import Select, delete, insert, literal, select, text

from clubcrm.core import clock
from clubcrm.core.db import db, separate_unit
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import current_actor
from clubcrm.core.types import UtcInstant
from clubcrm.people.models import Person
from clubcrm.people.paper_tables import CardLook

FOLDED = timedelta(minutes=30)
ARGUMENTS = ("person_id", "public_id", "member_id")
SIGNED_IN = frozenset({"user", "token"})
log = structlog.get_logger()
WhoseThing = Callable[[str], Select[Any]]


def watch_looks(
    app: Flask, looked_at: Mapping[str, str], whose: Mapping[str, WhoseThing] | None = None
) -> None:
    """Each good answer of these endpoints leaves a line of who saw what of whom.

    `whose` asks for the person where the address names something of his.
    """
    app.extensions["club_looks"] = looked_at
    app.extensions["club_shown_people"] = whose or {}
    app.after_request(_after)


def _after(response: Response) -> Response:
    looked_at: Mapping[str, str] = current_app.extensions["club_looks"]
    what = looked_at.get(request.endpoint or "")
    if what is None or request.method != "GET" or response.status_code != 200:
        return response
    values, actor = request.view_args or {}, current_actor()
    named = str(next((values[name] for name in ARGUMENTS if name in values), ""))
    if named and actor.kind in SIGNED_IN:
        whose = current_app.extensions["club_shown_people"].get(request.endpoint, _person)
        try:
            note_look(whose(named), actor.ref, what)
        except DomainError:
            # A store too busy for half a minute must not keep the desk from a card that it has.
            log.warning("look_not_written", what=what, viewer=actor.ref)
    return response


def note_look(whose: Select[Any], viewer: str, what: str) -> None:
    """A line says that the viewer looked, unless one of the last half hour says so.

    Two looks of one viewer in the same instant leave one line: the second waits for the first.
    """
    moment = clock.now()
    known = (
        select(CardLook.id)
        .where(
            CardLook.person_id == Person.id,
            CardLook.viewer == viewer,
            CardLook.what == what,
            CardLook.at > moment - FOLDED,
        )
        .exists()
    )
    row = select(Person.id, literal(viewer), literal(what), literal(moment, UtcInstant)).where(
        Person.id == whose.scalar_subquery(), ~known
    )
    with separate_unit() as unit:
        # SQLite lets one writer in at a time anyway.
        if unit.get_bind().dialect.name == "postgresql":
            key = zlib.crc32(f"look:{viewer}:{what}".encode())
            unit.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
        unit.execute(insert(CardLook).from_select(["person_id", "viewer", "what", "at"], row))


def _person(public_id: str) -> Select[Any]:
    return select(Person.id).where(Person.public_id == public_id)


def forget_looks(club_id: int, days: int) -> int:
    """Looks at people of a club older than so many days are gone; returns how many there were."""
    of_club = select(Person.id).where(Person.club_id == club_id)
    done = db.session.execute(
        delete(CardLook)
        .where(CardLook.person_id.in_(of_club), CardLook.at < clock.now() - timedelta(days=days))
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
