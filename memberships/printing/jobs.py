"""The job that prints what could not be printed at once."""

from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from memberships.printing.queries import due_jobs
from memberships.printing.running import print_all


def print_waiting(context: JobContext) -> Outcome:
    """Every slip whose turn has come is on paper or waits for its next turn."""
    with unit_of_work(write=False):
        due = due_jobs(context.moment)
    return print_all(due, context.unit)
