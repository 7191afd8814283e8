"""The hourly tidying: what has done its work and would only fill the store is let go, in pieces."""

from datetime import timedelta
from typing import cast

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.events import Delivery, DeliveryState
from clubcrm.core.idempotency import KEPT_HOURS, IdempotencyKey
from clubcrm.core.jobs import JobContext, JobRun, Outcome, RunState

PIECE = 2_000
RUNS_KEPT = timedelta(days=7)
DELIVERIES_KEPT = timedelta(days=30)


def tidy(context: JobContext) -> Outcome:
    """Old client keys, finished short-lived runs and carried-out deliveries are gone.

    Runs of daily jobs stay: they tell which days have been done.
    """
    moment = now()
    done = drop_in_pieces(
        context,
        IdempotencyKey.id,
        IdempotencyKey.claimed_at < moment - timedelta(hours=KEPT_HOURS),
    )
    done += drop_in_pieces(
        context,
        JobRun.id,
        JobRun.state == RunState.DONE,
        JobRun.finished_at < moment - RUNS_KEPT,
        JobRun.slot.not_like("%:%"),
    )
    done += drop_in_pieces(
        context,
        Delivery.id,
        Delivery.state == DeliveryState.DONE,
        Delivery.next_at < moment - DELIVERIES_KEPT,
    )
    return Outcome(done=done)


def drop_in_pieces(
    context: JobContext, key: InstrumentedAttribute[int], *conditions: ColumnElement[bool]
) -> int:
    """Rows that fit the conditions are gone, a piece per unit of work; returns how many."""
    table = cast(type[Model], key.class_)
    dropped = 0
    while True:
        with context.unit() as session:
            piece = list(session.scalars(select(key).where(*conditions).limit(PIECE)))
            if piece:
                session.execute(delete(table).where(key.in_(piece)))
        dropped += len(piece)
        if len(piece) < PIECE:
            return dropped
