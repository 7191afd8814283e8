"""What the journey planned, did and left out for one person, in one select."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select, union_all

from clubcrm.core.db import db
from clubcrm.journeys.models import Touchpoint, TouchRefusal, TouchState
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import Person

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class TouchRow:
    """One touchpoint: when, by whom, where it stands and why; `state` of None: never planned."""

    code: str
    occurrence: int
    performer: str
    day: date
    state: TouchState | None
    why: str
    message_state: MessageState | None
    sent_at: datetime | None


def touchpoints_of(person_id: int) -> list[TouchRow]:
    """Return what was planned and what was refused for a person, newest first, in one select."""
    both = union_all(_planned(person_id), _refused(person_id)).subquery()
    rows = db.session.execute(select(both).order_by(both.c.day.desc()).limit(MOST_SHOWN))
    return [
        TouchRow(
            code=row.code,
            occurrence=row.occurrence,
            performer=row.performer,
            day=row.day,
            state=TouchState(row.state) if row.state else None,
            why=row.why,
            message_state=MessageState(row.message_state) if row.message_state else None,
            sent_at=row.sent_at,
        )
        for row in rows
    ]


def _planned(person_id: int) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Touchpoint.code,
        Touchpoint.occurrence,
        cast(Touchpoint.performer, String).label("performer"),
        Touchpoint.planned_on.label("day"),
        cast(Touchpoint.state, String).label("state"),
        Touchpoint.why,
        cast(Message.state, String).label("message_state"),
        Message.sent_at,
    )
    return (
        select(*columns)
        .outerjoin(Message, Message.id == Touchpoint.message_id)
        .where(Touchpoint.person_id == person_id)
    )


def _refused(person_id: int) -> Select[Any]:
    never = func.nullif(Person.created_at, Person.created_at)
    columns: tuple[Any, ...] = (
        TouchRefusal.code,
        literal(0),
        literal(""),
        TouchRefusal.last_on,
        literal(""),
        TouchRefusal.why,
        literal(""),
        never,
    )
    return (
        select(*columns)
        .join(Person, Person.id == TouchRefusal.person_id)
        .where(TouchRefusal.person_id == person_id)
    )
