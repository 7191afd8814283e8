"""Queries room: events of a club, who answered what, and the links that invite."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from clubcrm.campaigns.campaign_tables import AnswerState, Campaign, ClubEvent, EventAnswer
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person


def event_for(scope: Scope, public_id: str) -> ClubEvent | None:
    """Return an event of the scope by its public id."""
    if not (public_id.isascii() and public_id.isalnum()):
        return None
    return db.session.scalars(
        select(ClubEvent).where(
            ClubEvent.public_id == public_id, ClubEvent.club_id.in_(scope.club_ids)
        )
    ).first()


def events_of(club_id: int, limit: int = 100) -> Sequence[ClubEvent]:
    """Return the events of a club, the latest first."""
    return db.session.scalars(
        select(ClubEvent)
        .where(ClubEvent.club_id == club_id)
        .order_by(ClubEvent.starts_at.desc(), ClubEvent.id.desc())
        .limit(limit)
    ).all()


def answers_of(event_id: int, state: AnswerState | None = None) -> Sequence[EventAnswer]:
    """Return the answers to an invitation in the order of answering."""
    chosen = select(EventAnswer).where(EventAnswer.event_id == event_id)
    if state is not None:
        chosen = chosen.where(EventAnswer.state == state)
    return db.session.scalars(chosen.order_by(EventAnswer.answered_at, EventAnswer.id)).all()


def answer_counts(event_id: int) -> dict[AnswerState, int]:
    """Return how many people gave each answer."""
    rows = db.session.execute(
        select(EventAnswer.state, func.count())
        .where(EventAnswer.event_id == event_id)
        .group_by(EventAnswer.state)
    )
    return {row[0]: row[1] for row in rows}


def answer_by(event_id: int, person_id: int) -> EventAnswer | None:
    """Return what a person answered last."""
    return db.session.scalars(
        select(EventAnswer).where(
            EventAnswer.event_id == event_id, EventAnswer.person_id == person_id
        )
    ).first()


def answer_of_member(event_id: int, public_id: str) -> EventAnswer | None:
    """Return what the member of that public id answered last."""
    if not (public_id.isascii() and public_id.isalnum()):
        return None
    return db.session.scalars(
        select(EventAnswer)
        .join(Person, Person.id == EventAnswer.person_id)
        .where(EventAnswer.event_id == event_id, Person.public_id == public_id)
    ).first()


@dataclass(frozen=True, slots=True)
class Guest:
    """Who reads an invitation, as the frame of a member's own pages wants to know."""

    given_name: str
    club_name: str
    language: str


def guest_of(person_id: int, club: Club) -> Guest:
    """Return who reads the invitation, and in which language."""
    person = db.session.get_one(Person, person_id)
    return Guest(person.given_name, club.name, person.language or club.locale)


def invitations_of(event_id: int) -> Sequence[Campaign]:
    """Return the campaigns that invite to an event."""
    return db.session.scalars(
        select(Campaign).where(Campaign.event_id == event_id).order_by(Campaign.id)
    ).all()


def places_taken_add_up() -> list[str]:
    """Return the events whose places taken are not the heads of those who come."""
    heads = (
        select(func.coalesce(func.sum(EventAnswer.heads), 0))
        .where(
            EventAnswer.event_id == ClubEvent.id,
            EventAnswer.state == AnswerState.COMES,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(ClubEvent.public_id, ClubEvent.taken, heads).where(ClubEvent.taken != heads)
    )
    return [f"event {row[0]}: {row[1]} places taken, {row[2]} heads come" for row in rows]
