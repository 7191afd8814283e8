"""Jobs of staff work: off the lists when its time has run out, on them when it comes again."""

from clubcrm.core import clock
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.tasks.planned import open_recurring
from clubcrm.tasks.services import expire_due


def expire_tasks(context: JobContext) -> Outcome:
    """No open task is past its last useful moment."""
    outcome = Outcome()
    while True:
        with context.unit():
            expired = expire_due(clock.now())
        outcome.done += expired
        if not expired:
            return outcome


def open_recurring_tasks(context: JobContext) -> Outcome:
    """What comes again on the club's day stands on its list."""
    outcome = Outcome()
    if context.club_id is None or context.day is None:
        return outcome
    with context.unit():
        outcome.done = open_recurring(context.club_id, context.day)
    return outcome
