import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from clubcrm.cli.server import migrate, run_jobs, serve
from clubcrm.core import schema
from clubcrm.core.db import Model, db, unit_of_work
from clubcrm.core.jobs import Job, JobContext, JobRun, Outcome, RunState
from tests.cast import Cast


def counting_job(name: str, seen: list[JobContext]) -> Job:
    def run(context: JobContext) -> Outcome:
        seen.append(context)
        return Outcome(done=3)

    return Job(name=name, run=run, every=timedelta(hours=1))


def test_due_job_runs_once_per_slot(app: Flask, cast: Cast) -> None:
    seen: list[JobContext] = []
    app.extensions["club_jobs"] = (counting_job("hourly", seen),)
    runner = app.test_cli_runner()

    first = runner.invoke(run_jobs, ["--once", "--json"])
    second = runner.invoke(run_jobs, ["--once", "--json"])

    assert [line["done"] for line in json.loads(first.output)] == [3]
    assert json.loads(second.output) == []
    assert len(seen) == 1


def test_named_job_runs_whether_due_or_not(app: Flask, cast: Cast) -> None:
    seen: list[JobContext] = []
    app.extensions["club_jobs"] = (counting_job("hourly", seen), counting_job("other", seen))
    runner = app.test_cli_runner()
    runner.invoke(run_jobs, ["--once"])

    again = runner.invoke(run_jobs, ["--once", "--job", "hourly"])

    assert again.exit_code == 0, again.output
    assert [context.job for context in seen] == ["hourly", "other", "hourly"]


def test_unknown_job_is_wrong_use(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(run_jobs, ["--once", "--job", "tea"])

    assert answer.exit_code == 2
    assert "no such job: tea" in answer.output


def test_failing_job_is_kept_and_tried_again(app: Flask, cast: Cast) -> None:
    def explode(_: JobContext) -> Outcome:
        raise ValueError("no milk")

    app.extensions["club_jobs"] = (Job(name="shake", run=explode, every=timedelta(hours=1)),)
    runner = app.test_cli_runner()

    for _ in range(5):
        runner.invoke(run_jobs, ["--once"])

    with app.app_context(), unit_of_work(write=False) as session:
        kept = session.scalars(select(JobRun)).one()
        assert kept.state is RunState.FAILED
        assert kept.attempts == 3
        assert "no milk" in kept.error


def test_serving_an_unknown_schema_names_the_command(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    answer = app.test_cli_runner().invoke(serve, [])

    assert answer.exit_code == 1
    assert "clubcrm migrate" in answer.output


def test_migrating_twice_changes_nothing(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(migrate, [])

    assert answer.exit_code == 0
    assert answer.output.strip() == f"schema {schema.latest_revision()}"
    assert Model.metadata.tables


@pytest.mark.parametrize("command", [serve, run_jobs, migrate])
def test_every_command_explains_itself(app: Flask, command: object) -> None:
    answer = app.test_cli_runner().invoke(command, ["--help"])

    assert answer.exit_code == 0
    assert "Example: clubcrm" in answer.output
