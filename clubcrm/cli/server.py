"""Commands that run the product: serve, jobs, run-jobs, migrate."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import date, time
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication

from clubcrm.accounts.api import setup_token
from clubcrm.app import create_app
from clubcrm.core import backups, clock, logs, schema
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import Job, JobContext, due_contexts, run
from clubcrm.core.scheduler import Scheduler


class Server(BaseApplication):  # type: ignore[misc] # the library is untyped
    """Gunicorn around our app with the settings of the command."""

    def __init__(self, options: dict[str, object]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take over the options of the command."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the app of one worker; each worker opens the store for itself."""
        return create_app()


def refuse_unknown_schema() -> None:
    """Raise UsageError saying the command to run when store and code differ."""
    known, stored = schema.latest_revision(), schema.stored_revision(db.engine)
    if stored != known:
        raise click.ClickException(
            f"the store has schema {stored or 'none'}, this version needs {known}: "
            "run `clubcrm migrate`"
        )


def _offer_setup(address: str) -> None:
    """Print the token of the first run while nobody works here yet."""
    with unit_of_work():
        token = setup_token()
    if token is not None:
        click.echo(f"Open {address}/setup and type this token, which works once: {token}")


def _settle() -> None:
    """What is loaded stays, so nobody looks through it for garbage while somebody waits."""
    gc.collect()
    gc.freeze()


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option("--with-jobs", is_flag=True, help="Run the scheduler beside the web server.")
@with_appcontext
def serve(host: str, port: int, workers: int, threads: int, *, with_jobs: bool) -> None:
    """Run the web server.

    Example: clubcrm serve --port 8000 --with-jobs
    """
    refuse_unknown_schema()
    logs.write_to_stdout()
    _offer_setup(f"http://{host}:{port}")
    db.engine.dispose()
    _settle()
    jobs = subprocess.Popen([sys.argv[0], "jobs"]) if with_jobs else None  # noqa: S603
    try:
        Server(
            {
                "bind": f"{host}:{port}",
                "workers": workers,
                "threads": threads,
                "worker_class": "gthread",
                "timeout": 60,
                "graceful_timeout": 10,
                "keepalive": 15,
                "accesslog": None,
                "loglevel": "warning",
                "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
            }
        ).run()
    finally:
        if jobs is not None:
            jobs.terminate()
            jobs.wait(timeout=20)


@click.command("jobs")
@with_appcontext
def jobs_command() -> None:
    """Run the scheduler until it is told to stop.

    Example: clubcrm jobs
    """
    refuse_unknown_schema()
    logs.write_to_stdout()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    scheduler = Scheduler(app, app.extensions["club_jobs"])
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    _settle()
    scheduler.start()
    stop.wait()
    scheduler.stop()


@click.command("run-jobs")
@click.option("--once", is_flag=True, required=True, help="Run what is due, then exit.")
@click.option("--job", "names", multiple=True, help="Only this job, due or not.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="As if on this club day.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def run_jobs(*, once: bool, names: tuple[str, ...], day: object, as_json: bool) -> None:
    """Run the jobs that are due once and say what was done.

    Example: clubcrm run-jobs --once --job nightly-facts
    """
    _ = once
    refuse_unknown_schema()
    known: tuple[Job, ...] = current_app.extensions["club_jobs"]
    unknown = set(names) - {job.name for job in known}
    if unknown:
        raise click.UsageError(f"no such job: {', '.join(sorted(unknown))}")
    wanted = date.fromisoformat(str(day)[:10]) if day else None
    lines = []
    for job in known:
        if names and job.name not in names:
            continue
        for context in _contexts(job, wanted, forced=bool(names)):
            outcome = run(job, context)
            if outcome is not None:
                lines.append(
                    {
                        "job": job.name,
                        "slot": context.slot,
                        "done": outcome.done,
                        "failed": outcome.failed,
                        "errors": outcome.errors,
                    }
                )
    if as_json:
        click.echo(json.dumps(lines))
    for line in [] if as_json else lines:
        click.echo(f"{line['job']} {line['slot']}: {line['done']} done, {line['failed']} failed")
    if any(line["failed"] for line in lines):
        sys.exit(1)


def _contexts(job: Job, day: date | None, *, forced: bool) -> list[JobContext]:
    moment = clock.now()
    found = due_contexts(job, moment, None)
    if not forced and day is None:
        return found
    # A forced run gets a slot of its own, so that it neither meets nor replaces the regular one.
    mark = f"by-hand:{moment.timestamp()}"
    if job.every is not None:
        return [JobContext(job.name, mark, moment)]
    clubs = sorted({context.club_id for context in due_contexts(_always(job), moment, None)})  # type: ignore[type-var]
    return [
        JobContext(job.name, f"{mark}:{club_id}", moment, club_id, day or _today(club_id))
        for club_id in clubs
    ]


def _always(job: Job) -> Job:
    return Job(name=f"{job.name}/by-hand", run=job.run, daily_at=time(0))


def _today(club_id: int | None) -> date:
    zone = db.session.get_one(Club, club_id).zone
    db.session.rollback()
    return clock.today(zone)


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Upgrade the store's schema to what this version needs.

    Example: clubcrm migrate
    """
    before = schema.stored_revision(db.engine)
    if before not in {None, schema.latest_revision()}:
        settings = current_app.extensions["club_settings"]
        kept = settings.data_dir / "backups" / f"before-{schema.latest_revision()}.backup"
        click.echo(f"backup: {backups.backup(settings, db.engine, kept).path}")
    schema.upgrade(db.engine)
    after = schema.stored_revision(db.engine)
    click.echo(f"schema {before or 'none'} -> {after}" if before != after else f"schema {after}")
