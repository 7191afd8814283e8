"""Work in the background that stops or never ends is seen by watchdogs and told to a manager."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import Job, JobContext, JobRun, Outcome, RunState, due_contexts, run
from clubcrm.core.scheduler import Scheduler
from clubcrm.tasks.job_watch import watch_jobs
from clubcrm.tasks.models import Task
from tests.cast import Cast

NOW = datetime.fromisoformat("2026-03-20T06:00:00+00:00")


@pytest.fixture(autouse=True)
def clocked() -> Iterator[time_machine.Traveller]:
    """Stand at a moment that only the test moves."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a watchdog's way to ask."""
    return app.test_client()


def milking(app: Flask, every: timedelta | None = timedelta(minutes=5)) -> Job:
    job = Job("milk", lambda _context: Outcome(done=1), every)
    app.extensions["club_jobs"] = (job,)
    return job


def begin(app: Flask, job: Job, state: RunState) -> None:
    """A run of the job began now and stands where it stands."""
    with app.app_context(), unit_of_work() as session:
        slot = str(int(clock.now().timestamp()) // 300 * 300)
        ended = clock.now() if state is not RunState.RUNNING else None
        row = JobRun(job=job.name, slot=slot, state=state, attempts=1, started_at=clock.now())
        row.finished_at = ended
        session.add(row)


def told(app: Flask) -> list[str]:
    with app.app_context():
        run(Job("watch-jobs", watch_jobs, timedelta(minutes=5)), context(app))
        with unit_of_work(write=False) as session:
            return list(session.scalars(select(Task.title).order_by(Task.id)))


def context(app: Flask) -> JobContext:
    return JobContext("watch-jobs", str(clock.now()), clock.now())


@pytest.mark.fault
def test_f47_job_silent_for_two_intervals_degrades_and_is_told_once_a_day(
    app: Flask, cast: Cast, client: FlaskClient, clocked: time_machine.Traveller
) -> None:
    job = milking(app)
    begin(app, job, RunState.DONE)
    assert client.get("/readyz").json["status"] == "ready"
    clocked.shift(timedelta(minutes=10))
    assert (client.get("/readyz").json["checks"]["jobs"]["ok"], told(app)) == (True, [])

    clocked.shift(timedelta(seconds=1))

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    assert answer.json["checks"]["jobs"]["trouble"] == {"milk": "silent"}
    assert told(app) == ["Work of the night or of the minute has stopped: milk"]
    clocked.shift(timedelta(minutes=5))
    assert len(told(app)) == 1


@pytest.mark.fault
def test_f47_job_that_only_fails_is_silent_too(
    app: Flask, cast: Cast, client: FlaskClient, clocked: time_machine.Traveller
) -> None:
    job = milking(app)
    begin(app, job, RunState.DONE)
    clocked.shift(timedelta(minutes=5))
    begin(app, job, RunState.FAILED)
    clocked.shift(timedelta(minutes=5, seconds=1))

    assert client.get("/readyz").json["checks"]["jobs"]["trouble"] == {"milk": "silent"}


def test_daily_job_is_silent_after_two_days(
    app: Flask, cast: Cast, client: FlaskClient, clocked: time_machine.Traveller
) -> None:
    job = milking(app, None)
    begin(app, job, RunState.DONE)

    clocked.shift(timedelta(days=2))
    assert client.get("/readyz").json["checks"]["jobs"]["ok"]
    clocked.shift(timedelta(seconds=1))
    assert not client.get("/readyz").json["checks"]["jobs"]["ok"]


@pytest.mark.fault
def test_f46_run_longer_than_its_interval_is_told(
    app: Flask, cast: Cast, client: FlaskClient, clocked: time_machine.Traveller
) -> None:
    begin(app, milking(app), RunState.RUNNING)
    clocked.shift(timedelta(minutes=5, seconds=1))

    assert client.get("/readyz").json["checks"]["jobs"]["trouble"] == {"milk": "long"}
    assert told(app) == ["Work in the background does not come to an end: milk"]


@pytest.mark.fault
def test_f46_run_longer_than_its_interval_is_not_started_beside_itself(
    app: Flask, cast: Cast, clocked: time_machine.Traveller
) -> None:
    """The leader's clock turns twice while the first run still goes on."""
    inside: list[int] = []
    most: list[int] = []

    def slow(_context: JobContext) -> Outcome:
        inside.append(1)
        most.append(len(inside))
        clocked.shift(timedelta(minutes=11))
        inside.pop()
        return Outcome(done=1)

    job = Job("milk", slow, timedelta(minutes=5))
    scheduler = Scheduler(app, [job])
    limit = scheduler._ticks._job_defaults
    assert (limit["max_instances"], limit["coalesce"]) == (1, True)
    with app.app_context():
        for due in due_contexts(job, clock.now(), None):
            run(job, due)
            again = run(job, due)

    assert (most, again) == ([1], None)
