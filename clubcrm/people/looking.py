"""Services room: who opened what is kept about a person, written by one insert after the answer.

Reading changes nothing that is read; that somebody has read is a fact of its own, like the use of a
session, and no page waits for it to decide anything.
"""

from collections.abc import Mapping
from datetime import timedelta

import structlog
from flask import Flask, Response, current_app, request
from sqlalchemy import delete, insert, literal, select

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


def watch_looks(app: Flask, looked_at: Mapping[str, str]) -> None:
    """Each good answer of these endpoints leaves a line of who saw what of whom."""
    app.extensions["club_looks"] = looked_at
    app.after_request(_after)


def _after(response: Response) -> Response:
    looked_at: Mapping[str, str] = current_app.extensions["club_looks"]
    what = looked_at.get(request.endpoint or "")
    if what is None or request.method != "GET" or response.status_code != 200:
        return response
    values, actor = request.view_args or {}, current_actor()
    person = next((values[name] for name in ARGUMENTS if name in values), "")
    if person and actor.kind in SIGNED_IN:
        try:
            note_look(str(person), actor.ref, what)
        except DomainError:
            # A store too busy for half a minute must not keep the desk from a card that it has.
            log.warning("look_not_written", what=what, viewer=actor.ref)
    return response


def note_look(public_id: str, viewer: str, what: str) -> None:
    """A line says that the viewer looked, unless one of the last half hour says so."""
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
        Person.public_id == public_id, ~known
    )
    with separate_unit() as unit:
        unit.execute(insert(CardLook).from_select(["person_id", "viewer", "what", "at"], row))


def forget_looks(club_id: int, days: int) -> int:
    """Looks at people of a club older than so many days are gone; returns how many there were."""
    of_club = select(Person.id).where(Person.club_id == club_id)
    done = db.session.execute(
        delete(CardLook)
        .where(CardLook.person_id.in_(of_club), CardLook.at < clock.now() - timedelta(days=days))
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
