"""Queries: numbers of the trade for /metrics: the gate's decisions and the outbox."""

from sqlalchemy import func, select

from access_control.models import AccessEvent
from clubcrm.core.db import db
from clubcrm.core.metrics import Figure
from clubcrm.messaging.models import Message

NEWEST_SCANS = 10_000


def gate_decisions() -> list[tuple[str, float]]:
    """Return how often each decision fell among the newest 10,000 scans."""
    newest = (
        select(AccessEvent.decision).order_by(AccessEvent.id.desc()).limit(NEWEST_SCANS).subquery()
    )
    rows = db.session.execute(
        select(newest.c.decision, func.count()).group_by(newest.c.decision)
    ).all()
    return [(decision.value, float(count)) for decision, count in rows]


def messages() -> list[tuple[str, float]]:
    """Return how many messages of the outbox are in each state."""
    rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
    return [(state.value, float(count)) for state, count in rows]


FIGURES: tuple[Figure, ...] = (
    Figure(
        "clubcrm_gate_decisions", "The newest 10,000 scans by decision", "decision", gate_decisions
    ),
    Figure("clubcrm_messages", "Messages of the outbox by state", "state", messages),
)
