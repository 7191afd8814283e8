"""The scheduler process: one leader by lease starts what is due; the others wait to take over."""

import os
import secrets
import socket
import threading
from collections.abc import Sequence
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from clubcrm.core import clock, leases
from clubcrm.core.jobs import Job, due_contexts, run

log = structlog.get_logger(__name__)
DAILY_LOOK = timedelta(seconds=30)
RENEWAL = timedelta(seconds=leases.LEASE_SECONDS // 3)


class Scheduler:
    """Runs the declared jobs in the background while it holds the lease."""

    def __init__(self, app: Flask, jobs: Sequence[Job]) -> None:
        self.app = app
        self.jobs = tuple(jobs)
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.reign: leases.Reign | None = None
        self._stopped = threading.Event()
        self._ticks = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """The jobs run from now on, as soon as this process leads."""
        self.renew()
        self._ticks.add_job(self.renew, "interval", seconds=RENEWAL.total_seconds(), id="lease")
        for job in self.jobs:
            every = job.every or DAILY_LOOK
            self._ticks.add_job(
                self.tick, "interval", args=(job,), seconds=every.total_seconds(), id=job.name
            )
        self._ticks.start()

    def stop(self) -> None:
        """No job starts any more, running ones have ended, and the lease is free."""
        self._stopped.set()
        self._ticks.shutdown(wait=True)
        if self.reign is not None:
            with self.app.app_context():
                leases.release(self.reign)

    def renew(self) -> None:
        """Hold or take the lease; without it ticks do nothing."""
        try:
            with self.app.app_context():
                self.reign = leases.acquire(self.holder)
        except Exception:
            self.reign = None
            log.exception("the lease could not be renewed")

    def tick(self, job: Job) -> None:
        """Run the slots of a job that are due now, if this process leads."""
        reign = self.reign
        if reign is None or self._stopped.is_set():
            return
        try:
            with self.app.app_context():
                for context in due_contexts(job, clock.now(), reign):
                    run(job, context)
        except Exception:
            log.exception("a tick failed", job=job.name)
