"""Queries room: tickets that time alone moves: overdue ones, and those solved long ago."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.rules.cases import HIGHEST_LEVEL, TicketState


def late_ones(moment: datetime, after: int, limit: int) -> Sequence[int]:
    """Return tickets that are overdue and not with the owner yet, in order of their numbers."""
    return db.session.scalars(
        select(Ticket.id)
        .where(
            Ticket.state == TicketState.OPEN,
            Ticket.due_at < moment,
            Ticket.level < HIGHEST_LEVEL,
            Ticket.id > after,
        )
        .order_by(Ticket.id)
        .limit(limit)
    ).all()


def solved_before(moment: datetime, after: int, limit: int) -> Sequence[tuple[int, int, datetime]]:
    """Return number, club and time of solved tickets that are older, in order of their numbers."""
    rows = db.session.execute(
        select(Ticket.id, Ticket.club_id, Ticket.solved_at)
        .where(Ticket.state == TicketState.SOLVED, Ticket.solved_at < moment, Ticket.id > after)
        .order_by(Ticket.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows if row[2] is not None]
