"""The store does not fill up with what has done its work."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from clubcrm.accounts.jobs import forget_old_access
from clubcrm.accounts.models import LoginBrake, OneTimeToken, TokenPurpose, UserSession
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.idempotency import IdempotencyKey
from clubcrm.core.jobs import JobContext, JobRun, RunState
from clubcrm.core.tidying import PIECE, tidy


@pytest.fixture
def house(app, cast):
    with app.app_context():
        yield cast
        db.session.remove()


def count(table):
    with unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).select_from(table))


def done_run(slot, days_old):
    moment = now() - timedelta(days=days_old)
    return JobRun(job="send", slot=slot, state=RunState.DONE, started_at=moment, finished_at=moment)


def test_finished_runs_go_after_a_week_but_daily_ones_stay(house):
    with unit_of_work() as session:
        session.add_all([done_run("100", 8), done_run("200", 6), done_run("1:2026-01-01", 300)])

    outcome = tidy(JobContext("tidy", "1", now()))

    assert outcome.done == 1
    with unit_of_work(write=False) as session:
        assert sorted(session.scalars(select(JobRun.slot))) == ["1:2026-01-01", "200"]


def test_failed_runs_stay_to_be_seen(house):
    with unit_of_work() as session:
        failed = done_run("100", 90)
        failed.state = RunState.FAILED
        session.add(failed)

    assert tidy(JobContext("tidy", "1", now())).done == 0


def test_client_keys_go_after_four_days(house):
    with unit_of_work() as session:
        session.add_all(
            IdempotencyKey(
                caller="user:1", key=str(hours), fingerprint="",
                claimed_at=now() - timedelta(hours=hours),
            )
            for hours in (1, 95, 97)
        )  # fmt: skip

    tidy(JobContext("tidy", "1", now()))

    assert count(IdempotencyKey) == 2


def test_much_to_drop_is_dropped_in_pieces(house):
    with unit_of_work() as session:
        session.add_all([done_run(str(number), 9) for number in range(PIECE + 5)])

    assert tidy(JobContext("tidy", "1", now())).done == PIECE + 5
    assert count(JobRun) == 0


def test_access_that_serves_nobody_is_forgotten(house):
    moment = now()
    with unit_of_work() as session:
        for days, mark in ((31, "old"), (29, "new")):
            session.add(
                UserSession(
                    token_hash=mark, user_id=house.users["Frank"],
                    expires_at=moment - timedelta(days=days),
                )
            )  # fmt: skip
            session.add(
                OneTimeToken(
                    purpose=TokenPurpose.RESET, token_hash=mark,
                    expires_at=moment - timedelta(days=days),
                )
            )  # fmt: skip
        session.add(LoginBrake(key="a", last_failed_at=moment - timedelta(hours=25)))
        session.add(LoginBrake(key="b", last_failed_at=moment - timedelta(hours=23)))

    outcome = forget_old_access(JobContext("forget", "1", moment))

    assert outcome.done == 3
    assert (count(UserSession), count(OneTimeToken), count(LoginBrake)) == (1, 1, 1)
