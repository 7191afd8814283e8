"""Jobs: each slot once, one leader, nothing lost over failures, holidays and clock changes."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core import leases
from clubcrm.core.clock import now
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import Job, JobContext, JobRun, Outcome, RunState, due_contexts, run
from clubcrm.core.leases import LostLeaseError


@pytest.fixture
def house(app, cast):
    with app.app_context():
        yield
        db.session.remove()


def nothing(_context):
    return Outcome(done=1)


def runs():
    with unit_of_work(write=False) as session:
        rows = session.execute(select(JobRun.slot, JobRun.state, JobRun.attempts)).all()
        return [(slot, state.value, attempts) for slot, state, attempts in rows]


def test_slot_runs_once_however_often_it_is_due(house):
    seen = []
    job = Job(
        "tidy", lambda context: seen.append(context.slot) or Outcome(done=1), timedelta(hours=1)
    )
    (context,) = due_contexts(job, now(), None)

    outcomes = [run(job, context) for _try in range(3)]

    assert [outcome is not None for outcome in outcomes] == [True, False, False]
    assert len(seen) == 1


def test_eight_schedulers_start_a_slot_once(house, app):
    seen, start = [], threading.Barrier(8)
    job = Job("tidy", lambda context: seen.append(context.slot) or Outcome(), timedelta(hours=1))
    (context,) = due_contexts(job, now(), None)

    def compete():
        with app.app_context():
            start.wait()
            run(job, context)
            db.session.remove()

    threads = [threading.Thread(target=compete) for _scheduler in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 1
    assert [attempts for _slot, _state, attempts in runs()] == [1]


def test_failed_run_is_tried_three_times_and_then_left(house):
    def fail(_context):
        raise ValueError("no milk")

    job = Job("tidy", fail, timedelta(hours=1))
    (context,) = due_contexts(job, now(), None)

    for _try in range(5):
        run(job, context)

    assert runs() == [(context.slot, "failed", 3)]
    with unit_of_work(write=False) as session:
        assert "no milk" in session.scalars(select(JobRun.error)).one()


def days_run(job, moment, club_id):
    """Run what is due and return the days of the club that were started."""
    due = [one for one in due_contexts(job, moment, None) if one.club_id == club_id]
    return [one.day for one in due if run(job, one) is not None]


def test_daily_job_runs_once_on_the_night_with_two_half_past_twos(house, cast):
    job = Job("nightly", nothing, daily_at=time(2, 30))
    started = []

    for minutes in range(0, 6 * 60, 10):  # 25 October 2026, 00:00 to 06:00 in UTC
        moment = datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(minutes=minutes)
        with time_machine.travel(moment, tick=False):
            started += [(day, moment) for day in days_run(job, moment, cast.other_club)]

    days = [day for day, _moment in started]
    assert days == [date(2026, 10, 24), date(2026, 10, 25)]
    assert started[1][1] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_daily_job_runs_once_on_the_night_without_half_past_two(house, cast):
    job = Job("nightly", nothing, daily_at=time(2, 30))
    days = []

    for minutes in range(0, 5 * 60, 10):
        moment = datetime(2026, 3, 28, 22, tzinfo=UTC) + timedelta(minutes=minutes)
        with time_machine.travel(moment, tick=False):
            days += days_run(job, moment, cast.other_club)

    assert days == [date(2026, 3, 28), date(2026, 3, 29)]


def test_three_days_of_silence_are_caught_up_in_order(house, cast):
    job = Job("nightly", nothing, daily_at=time(3))
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        for context in due_contexts(job, start, None):
            run(job, context)

    later = start + timedelta(days=3)
    with time_machine.travel(later, tick=False):
        due = [one.day for one in due_contexts(job, later, None) if one.club_id == cast.club]

    assert due == [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)]


def test_each_club_has_its_own_midnight(house, cast):
    job = Job("nightly", nothing, daily_at=time(0))
    moment = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # 00:30 in Dhaka, 19:30 in Berlin

    due = {context.club_id: context.day for context in due_contexts(job, moment, None)}

    assert due == {cast.club: date(2026, 11, 23), cast.other_club: date(2026, 11, 22)}


def test_one_leads_and_the_other_waits_until_the_lease_ends(house):
    first = leases.acquire("one")
    assert first is not None
    assert leases.acquire("two") is None
    assert leases.acquire("one") == first

    with time_machine.travel(now() + timedelta(seconds=31), tick=False):
        second = leases.acquire("two")
        assert second is not None
        assert second.fence == first.fence + 1
        assert leases.acquire("one") is None


def test_released_lease_is_free_at_once(house):
    first = leases.acquire("one")
    leases.release(first)

    assert leases.acquire("two").fence == first.fence + 1


def test_old_leader_writes_nothing_more(house, cast):
    old = leases.acquire("one")
    with time_machine.travel(now() + timedelta(seconds=31), tick=False):
        leases.acquire("two")
    context = JobContext("tidy", "1", now(), reign=old)

    with pytest.raises(LostLeaseError), context.unit() as session:
        session.get_one(Club, cast.club).name = "Written by a ghost"

    with unit_of_work(write=False) as session:
        assert session.get_one(Club, cast.club).name == "Dhanmondi"


def test_run_of_a_dead_leader_is_taken_over_by_the_next(house):
    old = leases.acquire("one")
    job = Job("tidy", nothing, timedelta(hours=1))
    with unit_of_work() as session:
        session.add(
            JobRun(job="tidy", slot="7", state=RunState.RUNNING, attempts=1, fence=old.fence,
                   started_at=now())
        )  # fmt: skip
    assert run(job, JobContext("tidy", "7", now(), reign=old)) is None

    with time_machine.travel(now() + timedelta(seconds=31), tick=False):
        new = leases.acquire("two")
        assert run(job, JobContext("tidy", "7", now(), reign=new)) is not None

    assert runs() == [("7", "done", 2)]
