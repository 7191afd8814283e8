"""Queries room: jobs that have fallen silent, and runs that last longer than they should."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.jobs import Job, JobRun, RunState

# Fewer than a minute is no silence: jobs of five seconds wait for one another.
SHORTEST = timedelta(minutes=1)
DAILY = timedelta(days=1)


class Trouble(StrEnum):
    """What is wrong with a job."""

    SILENT = "silent"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class JobTrouble:
    """A job that has not ended well for two intervals, or whose run outlasts its interval."""

    job: str
    trouble: Trouble
    since: datetime


def troubled_jobs(jobs: Iterable[Job], moment: datetime) -> list[JobTrouble]:
    """Return the jobs in trouble at a moment; one that has never run here is not judged."""
    found = (_trouble(job, moment) for job in jobs)
    return [one for one in found if one is not None]


def _trouble(job: Job, moment: datetime) -> JobTrouble | None:
    interval = max(job.every or DAILY, SHORTEST)
    last = _newest(job, done=False)
    if last is None:
        return None
    if last.state is RunState.RUNNING and moment - last.started_at > interval:
        return JobTrouble(job.name, Trouble.LONG, last.started_at)
    done = _newest(job, done=True)
    since = done.finished_at if done and done.finished_at else last.started_at
    if moment - since > 2 * interval:
        return JobTrouble(job.name, Trouble.SILENT, since)
    return None


def _newest(job: Job, *, done: bool) -> JobRun | None:
    """Return the newest run; slots of intervals grow with time, so the unique index finds it."""
    chosen = select(JobRun).where(JobRun.job == job.name)
    if done:
        chosen = chosen.where(JobRun.state == RunState.DONE)
    order = JobRun.slot.desc() if job.every is not None else JobRun.started_at.desc()
    return db.session.scalars(chosen.order_by(order).limit(1)).first()
