"""Scheduled work: declared in code, run by the one leader, each slot once and written down.

An interval job has a slot per interval, a daily job a slot per club and club-local date; days that
were missed while no scheduler ran are caught up in order.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

import structlog
from sqlalchemy import String, Text, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from clubcrm.core import clock, failpoints
from clubcrm.core.clubs import Club
from clubcrm.core.db import Model, db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.leases import LostLeaseError, Reign
from clubcrm.core.types import UtcInstant, text_enum

log = structlog.get_logger(__name__)
Item = TypeVar("Item")
MOST_TRIES = 3
CATCH_UP_DAYS = 31


class RunState(StrEnum):
    """Where a run of a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobRun(Model):
    """One run of one job for one slot: what makes double starts harmless, and the history."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(60))
    state: Mapped[RunState] = mapped_column(text_enum(RunState), default=RunState.RUNNING)
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job gets to know: its slot, its club and day when daily, and its units of work."""

    job: str
    slot: str
    moment: datetime
    club_id: int | None = None
    day: date | None = None
    reign: Reign | None = None

    @contextmanager
    def unit(self, *, write: bool = True) -> Iterator[Session]:
        """Run a block as one transaction; a write raises LostLeaseError after losing the lease."""
        with unit_of_work(write=write) as session:
            if write and self.reign is not None:
                self.reign.assert_held(session)
            yield session

    def each(
        self,
        ids: Iterable[Item],
        act: Callable[[Item], object],
        into: "Outcome | None" = None,
        turn: "Turn | None" = None,
    ) -> "Outcome":
        """Every item has had its turn in a unit of its own; one that failed has stopped no other.

        What came of it is added to `into`, a new outcome by default. Raises LostLeaseError, because
        somebody else goes on with the rest.
        """
        outcome, how = into or Outcome(), turn or Turn()
        for one in ids:
            try:
                with nullcontext() if how.own_units else self.unit():
                    made = act(one)
                outcome.done += made if how.adds and isinstance(made, int) else 1
            except LostLeaseError:
                raise
            except Exception as problem:
                if how.may_refuse and isinstance(problem, DomainError):
                    log.info("item refused", job=self.job, row=one, code=problem.code)
                    continue
                what = f"{how.label} {one}".strip()
                log.exception("item failed", job=self.job, row=what)
                outcome.failed += 1
                outcome.errors.append(f"{what}: {problem!r}")
        return outcome


@dataclass(frozen=True, slots=True)
class Turn:
    """How items have their turn.

    With `own_units` an act opens its units by itself. A refusal of an act that `may_refuse` is told
    in the log alone. With `adds` the number that an act returns counts, not the item. `label`
    stands before the item where something failed.
    """

    own_units: bool = False
    may_refuse: bool = False
    adds: bool = False
    label: str = ""


@dataclass(slots=True)
class Outcome:
    """How many items a run did, how many failed, and why."""

    done: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Job:
    """A declared job: every so often, or daily per club at a club-local time."""

    name: str
    run: Callable[[JobContext], Outcome]
    every: timedelta | None = None
    daily_at: time | None = None


def due_contexts(job: Job, moment: datetime, reign: Reign | None) -> list[JobContext]:
    """Return the slots of a job that are due at the moment and have no finished run."""
    if job.every is not None:
        width = int(job.every.total_seconds())
        slot = str(int(moment.timestamp()) // width * width)
        return [JobContext(job.name, slot, moment, reign=reign)]
    with unit_of_work(write=False) as session:
        clubs = session.execute(select(Club.id, Club.zone).order_by(Club.id)).all()
        return [
            JobContext(job.name, f"{club_id}:{day}", moment, club_id, day, reign)
            for club_id, zone in clubs
            for day in _missed_days(session, job, club_id, clock.local(moment, zone))
        ]


def _missed_days(session: Session, job: Job, club_id: int, wall: datetime) -> list[date]:
    assert job.daily_at is not None  # noqa: S101 - narrows the type
    last_due = wall.date() if wall.time() >= job.daily_at else wall.date() - timedelta(days=1)
    slots = session.scalars(
        select(JobRun.slot).where(
            JobRun.job == job.name,
            JobRun.slot.startswith(f"{club_id}:"),
            JobRun.state == RunState.DONE,
        )
    )
    finished = sorted(date.fromisoformat(slot.partition(":")[2]) for slot in slots)
    if not finished:
        return [last_due]
    first = max(finished[-1] + timedelta(days=1), last_due - timedelta(days=CATCH_UP_DAYS))
    return [first + timedelta(days=n) for n in range((last_due - first).days + 1)]


def run(job: Job, context: JobContext) -> Outcome | None:
    """Run the job for a slot that is neither done nor running; None when it was not started."""
    if not _claim(context):
        return None
    failpoints.hit("job.after_claim")
    outcome = Outcome()
    error = ""
    try:
        outcome = job.run(context)
    except LostLeaseError:
        log.warning("lost the lease in mid-job", job=job.name, slot=context.slot)
        return None
    except Exception as problem:
        log.exception("job failed", job=job.name, slot=context.slot)
        error = repr(problem)[:2000]
    state = RunState.FAILED if error else RunState.DONE
    with unit_of_work() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.job == context.job, JobRun.slot == context.slot)
            .values(
                state=state,
                finished_at=clock.now(),
                done=outcome.done,
                failed=outcome.failed,
                error=error or "\n".join(outcome.errors)[:2000],
            )
        )
    return outcome


def _claim(context: JobContext) -> bool:
    fence = context.reign.fence if context.reign else 0
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    moment = clock.now()
    with context.unit() as session:
        fresh = session.execute(
            make(JobRun)
            .values(
                job=context.job,
                slot=context.slot,
                state=RunState.RUNNING,
                attempts=1,
                fence=fence,
                started_at=moment,
                done=0,
                failed=0,
                error="",
            )
            .on_conflict_do_nothing()
            # Not the row count: psycopg leaves that of an INSERT unknown.
            .returning(JobRun.id)
        )
        if fresh.first() is not None:
            return True
        # A failed run is tried again; a running one only when an earlier leader died with it.
        again = session.execute(
            update(JobRun)
            .where(
                JobRun.job == context.job,
                JobRun.slot == context.slot,
                JobRun.attempts < MOST_TRIES,
                (JobRun.state == RunState.FAILED)
                | ((JobRun.state == RunState.RUNNING) & (JobRun.fence < fence)),
            )
            .values(
                state=RunState.RUNNING,
                attempts=JobRun.attempts + 1,
                fence=fence,
                started_at=moment,
            )
        )
        return bool(again.rowcount == 1)  # type: ignore[attr-defined]
