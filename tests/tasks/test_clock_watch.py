"""F39: the server's clock jumps; marketing waits until a person has looked."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import Job, JobContext, JobRun, run
from clubcrm.messaging.models import OutboxHold
from clubcrm.tasks.clock_watch import SEEN, watch_clock
from clubcrm.tasks.models import Task
from tests.cast import Cast

pytestmark = pytest.mark.fault
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
JOB = Job("watch-clock", watch_clock, every=timedelta(minutes=1))


def look(app: Flask) -> tuple[list[str], list[str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(OutboxHold.why))), list(
            session.scalars(select(Task.role))
        )


def watch(app: Flask) -> None:
    with app.app_context():
        moment = clock.now()
        assert run(JOB, JobContext(JOB.name, str(moment.timestamp()), moment)) is not None


@pytest.mark.parametrize(
    ("case", "jump", "minutes"),
    [
        ("a day ahead", timedelta(days=1), 1440),
        ("a day back", timedelta(days=-1), -1440),
        ("six minutes ahead", timedelta(minutes=6), 6),
    ],
)
def test_f39_jump_holds_marketing_and_alerts_the_manager(
    app: Flask, cast: Cast, case: str, jump: timedelta, minutes: int
) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        watch(app)
        traveller.shift(jump)
        watch(app)

    assert look(app) == (
        [f"The clock of the server has jumped by {minutes} minutes."],
        ["manager"],
    ), case


def test_f39_clock_there_and_back_holds_once(app: Flask, cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        for jump in (timedelta(), timedelta(days=1), timedelta(days=-1, seconds=1)):
            traveller.shift(jump)
            watch(app)

    holds, tasks = look(app)
    assert (len(holds), len(tasks)) == (1, 2)


def test_f39_small_correction_is_no_jump(app: Flask, cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        watch(app)
        traveller.shift(timedelta(minutes=4))
        watch(app)

    assert look(app) == ([], [])


def test_f39_process_started_after_a_jump_back_notices_it(app: Flask, cast: Cast) -> None:
    """The store remembers work of tomorrow; the process knows nothing yet."""
    with time_machine.travel(NOON, tick=False) as traveller:
        watch(app)
        del app.extensions[SEEN]
        traveller.shift(timedelta(hours=-2))
        watch(app)

    assert look(app) == (["The clock of the server has jumped by -120 minutes."], ["manager"])
    with app.app_context(), unit_of_work(write=False) as session:
        assert len(session.scalars(select(JobRun.id)).all()) == 2
