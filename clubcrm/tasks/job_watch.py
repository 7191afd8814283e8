"""Jobs room: notice when other jobs fall silent or never end, and tell a manager once a day."""

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.job_health import JobTrouble, Trouble, troubled_jobs
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.tasks.api import TaskOrder, open_task

KIND = "job_trouble"
TITLES = {
    Trouble.SILENT: _l("Work of the night or of the minute has stopped"),
    Trouble.LONG: _l("Work in the background does not come to an end"),
}
SENTENCE = _l(
    "Whoever looks after the system finds the name of the work and its errors in the log."
)


def watch_jobs(context: JobContext) -> Outcome:
    """A manager knows of every job that has been silent for two intervals or does not end."""
    jobs = current_app.extensions["club_jobs"]
    with context.unit() as session:
        found = troubled_jobs(jobs, context.moment)
        club = session.scalars(select(func.min(Club.id))).one()
        for one in found:
            open_task(_order(one, club))
    return Outcome(len(found))


def _order(one: JobTrouble, club_id: int) -> TaskOrder:
    return TaskOrder(
        source=f"job:{one.job}:{one.trouble.value}:{clock.now():%Y-%m-%d}",
        club_id=club_id,
        kind=KIND,
        title=f"{TITLES[one.trouble]}: {one.job}",
        sentence=str(SENTENCE),
        role="manager",
        due_at=clock.now(),
    )
