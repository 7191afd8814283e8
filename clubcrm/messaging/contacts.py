"""Queries room: on which days people were written to, by journeys and campaigns alike."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.messaging.models import Message, MessageState

CAMPAIGN, JOURNEY, LOYALTY = "campaign:", "touch:", "loyalty:"
# What waits counts like what has left: it will be read before anything decided today.
COUNTED = (
    MessageState.QUEUED,
    MessageState.HELD,
    MessageState.CLAIMED,
    MessageState.SENT,
    MessageState.UNKNOWN,
)
SERVICE_CODE = "X%"


def contact_days(
    people: Collection[int], zone: str, prefixes: Collection[str] = (CAMPAIGN, JOURNEY, LOYALTY)
) -> dict[int, list[date]]:
    """Return the days of the last year on which each was written to for one of these causes.

    A message that waits counts on the day it may leave. Service messages are not counted.
    """
    if not people:
        return {}
    when = func.coalesce(Message.sent_at, Message.next_at, type_=Message.next_at.type)
    rows = db.session.execute(
        select(Message.person_id, when).where(
            Message.person_id.in_(people),
            Message.created_at >= clock.now() - timedelta(days=366),
            Message.state.in_(COUNTED),
            or_(*(Message.dedupe_key.startswith(one) for one in prefixes)),
            Message.code.not_like(SERVICE_CODE),
        )
    )
    found: dict[int, list[date]] = defaultdict(list)
    for person, at in rows:
        found[person].append(clock.local_day(at, zone))
    return found
