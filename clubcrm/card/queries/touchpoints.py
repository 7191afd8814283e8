"""What the journey planned, did and left out for one person, in two selects."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.journeys.models import Touchpoint, TouchRefusal, TouchState
from clubcrm.messaging.models import Message, MessageState

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
    """Return what was planned and what was refused for a person, newest first."""
    planned = db.session.execute(
        select(
            Touchpoint.code,
            Touchpoint.occurrence,
            Touchpoint.performer,
            Touchpoint.planned_on,
            Touchpoint.state,
            Touchpoint.why,
            Message.state,
            Message.sent_at,
        )
        .outerjoin(Message, Message.id == Touchpoint.message_id)
        .where(Touchpoint.person_id == person_id)
        .order_by(Touchpoint.planned_on.desc(), Touchpoint.id.desc())
        .limit(MOST_SHOWN)
    )
    refused = db.session.execute(
        select(TouchRefusal.code, TouchRefusal.last_on, TouchRefusal.why)
        .where(TouchRefusal.person_id == person_id)
        .order_by(TouchRefusal.last_on.desc())
        .limit(MOST_SHOWN)
    )
    rows = [
        *(TouchRow(*row) for row in planned),
        *(TouchRow(row.code, 0, "", row.last_on, None, row.why, None, None) for row in refused),
    ]
    return sorted(rows, key=lambda row: row.day, reverse=True)[:MOST_SHOWN]
