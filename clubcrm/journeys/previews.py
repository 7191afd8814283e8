"""Queries room: the words of a touchpoint as one member would read them, in each form."""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.rules.stages import Stage
from clubcrm.messaging.calls import CallScript, call_script
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.messaging.rules.parts import sms_parts
from clubcrm.messaging.rules.wording import fields_of, render
from clubcrm.messaging.samples import sample_links
from clubcrm.messaging.story_queries import stories_of
from clubcrm.messaging.text_words import placeholder_words
from clubcrm.messaging.texts import texts_of
from clubcrm.messaging.values import day_words, values_of
from clubcrm.people.models import Person

MOST_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Worded:
    """One form of a text: subject and body filled in, what is missing, and its parts as SMS."""

    kind: str
    language: str
    subject: str
    body: str
    missing: tuple[str, ...]
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """A touchpoint for one reader: its written forms and the sentence for a talk."""

    written: tuple[Worded, ...]
    call: CallScript | None


def preview_of(code: str, club_id: int, person: Person, language: str) -> Preview:
    """Return what this person would read and hear; makes no link and sends nothing."""
    club = db.session.get_one(Club, club_id)
    forms = (_worded(code, club, person, language, kind) for kind in TextKind)
    return Preview(tuple(one for one in forms if one is not None), call_script(code, language))


def readers_of(club_id: int) -> list[Person]:
    """Return a few members to read a text as, those who come first."""
    return list(
        db.session.scalars(
            select(Person)
            .join(MemberFacts, MemberFacts.person_id == Person.id)
            .where(
                MemberFacts.club_id == club_id,
                MemberFacts.stage.in_((Stage.ACTIVE, Stage.REGULAR, Stage.AT_RISK)),
            )
            .order_by(MemberFacts.visits.desc(), Person.id)
            .limit(MOST_OFFERED)
        )
    )


def reader_for(club_ids: tuple[int, ...], public_id: str) -> Person | None:
    """Return a person of these clubs."""
    return db.session.scalars(
        select(Person).where(Person.public_id == public_id, Person.club_id.in_(club_ids))
    ).first()


def _worded(code: str, club: Club, person: Person, language: str, kind: TextKind) -> Worded | None:
    session: Any = db.session()
    text = texts_of(session, club.id, (code,)).draft(code, kind, language, club.locale)
    if text is None:
        return None
    names = {*fields_of(text.subject), *fields_of(text.body), "given_name", "club"}
    story = stories_of(session, club, [person.id], names)[person.id]
    values = {**values_of(story, names, text.language), **sample_links(names)}
    if "by_day" in names:
        values["by_day"] = day_words(clock.local(clock.now(), club.zone), text.language)
    done = render(text.subject, text.body, values)
    parts = sms_parts(done.body).parts if kind is TextKind.SMS else 0
    missing = tuple(placeholder_words(name) for name in done.missing)
    return Worded(kind.value, text.language, done.subject, done.body, missing, parts)


def own_address(user_id: int) -> str:
    """Return the e-mail address of somebody who works here, empty when there is none."""
    return db.session.execute(select(User.email).where(User.id == user_id)).scalar() or ""


def has_mail() -> bool:
    """Tell whether letters can leave at all."""
    return bool(current_app.extensions["club_settings"].smtp_url)
