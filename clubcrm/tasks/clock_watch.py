"""Jobs room: notice when the server's clock jumps, and keep marketing back until somebody looks.

A jump forward would make everybody look silent for days, one back would say things twice.
"""

import time
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, end_reading
from clubcrm.core.jobs import JobContext, JobRun, Outcome
from clubcrm.messaging.api import hold_outbox
from clubcrm.tasks.api import TaskOrder, open_task

TOLERANCE = timedelta(minutes=5)
SEEN = "club_clock_seen"
TITLE = _l("The clock of the server has jumped")
SENTENCE = _l("Messages are held back. Set the clock right, then let them leave from the outbox.")


def watch_clock(context: JobContext) -> Outcome:
    """After a jump of more than five minutes no marketing leaves and a manager knows of it."""
    jump = _jump()
    if abs(jump) <= TOLERANCE:
        return Outcome()
    minutes = round(jump.total_seconds() / 60)
    with context.unit() as session:
        hold_outbox(f"The clock of the server has jumped by {minutes} minutes.")
        open_task(
            TaskOrder(
                source=f"clock:{context.slot}",
                club_id=session.scalars(select(func.min(Club.id))).one(),
                kind="clock_jump",
                title=str(TITLE),
                sentence=str(SENTENCE),
                role="manager",
                due_at=clock.now(),
            )
        )
    return Outcome(1)


def _jump() -> timedelta:
    """Return by how much the wall clock moved beside the machine's own, since the last look."""
    wall, steady = clock.now(), _steady()
    before: tuple[datetime, float] | None = current_app.extensions.get(SEEN)
    current_app.extensions[SEEN] = (wall, steady)
    if before is not None:
        return (wall - before[0]) - timedelta(seconds=steady - before[1])
    # A fresh process only knows what the store remembers: work that began in its future.
    latest = db.session.scalar(select(func.max(JobRun.started_at)))
    end_reading()
    return min(timedelta(), wall - latest) if latest is not None else timedelta()


def _steady() -> float:
    # Unlike the monotonic clock this one goes on while a machine sleeps.
    return time.clock_gettime(time.CLOCK_BOOTTIME)
