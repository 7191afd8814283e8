"""The job that takes tasks off the lists when their time has run out."""

from clubcrm.core import clock
from clubcrm.core.jobs import JobContext, Outcome
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
