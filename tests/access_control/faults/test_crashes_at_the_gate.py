"""Killed in the middle (F16, F24), locked out (F28), and times without a zone (F42)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Timer

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, func, insert, select, text
from sqlalchemy.exc import StatementError

from access_control.models import Unmatched
from access_control.queries.invariants import inside_counts, scans_and_visits, units_of_visits
from access_control.rules.codes import CredentialKind
from clubcrm.accounts.api import Role, add_api_token
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import Event
from clubcrm.people.models import Person
from memberships.contracts.invariants import unit_balances
from memberships.contracts.rules import PlanKind
from tests.access_control.gate.floor import (
    at,
    events_told,
    give_card,
    give_contract,
    make_device,
    units_left,
)
from tests.cast import Cast

START = at("2026-02-01 10:00")
CRASHED = 70
ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.fault


@pytest.fixture
def mia(app: Flask, cast: Cast) -> int:
    """Mia holds card 4711 and a hundred visits; GATE1 works."""
    with app.app_context(), unit_of_work():
        make_device(cast.club)
        give_card(cast.members["Mia"])
        give_contract(
            cast.members["Mia"], cast.club, kind=PlanKind.VISITS, visits=100, reentry_minutes=60
        )
    return cast.members["Mia"]


def take(url: str, folder: Path, count: int, failpoint: str = "") -> int:
    """Take scans in a process of its own; returns its exit code."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.access_control.faults.one_scan",
            url,
            str(folder),
            START.isoformat(),
            str(count),
        ],
        cwd=ROOT,
        env={**os.environ, "CLUBCRM_ENV": "test", "CLUBCRM_FAILPOINT": failpoint},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, CRASHED}, done.stderr[-2000:]
    return done.returncode


def broken() -> list[str]:
    return [*units_of_visits(), *scans_and_visits(), *inside_counts(), *unit_balances()]


def kept(app: Flask, person: int) -> tuple[int, int, int]:
    """Return how many scans, drawn units and told visits the store holds."""
    with app.app_context():
        assert broken() == []
        told = db.session.execute(
            select(func.count(Event.id)).where(Event.kind == "VisitStarted")
        ).scalar_one()
        return len(events_told()), 100 - units_left(person), told


@pytest.mark.parametrize("place", ["gate.after_insert", "redeem.after_check"])
def test_gate_killed_in_mid_scan_leaves_nothing_partial(
    app: Flask, mia: int, database_url: str, tmp_path: Path, place: str
):
    """F24, the points of the gate."""
    code = take(database_url, tmp_path, 1, f"{place}:crash")

    assert code == CRASHED
    assert kept(app, mia) == (0, 0, 0)


def test_scan_repeated_after_a_crash_counts_once(
    app: Flask, mia: int, database_url: str, tmp_path: Path
):
    take(database_url, tmp_path, 1, "gate.after_insert:crash")

    for _again in range(2):
        take(database_url, tmp_path, 1)

    assert kept(app, mia) == (1, 1, 1)


def test_batch_killed_in_the_middle_and_sent_again_is_whole(
    app: Flask, mia: int, database_url: str, tmp_path: Path
):
    """F16: every event exactly once."""
    code = take(database_url, tmp_path, 80, "batch.mid:crash")
    first = kept(app, mia)
    take(database_url, tmp_path, 80)

    assert code == CRASHED
    assert len(set(first)) == 1
    assert 0 < first[0] < 80
    assert kept(app, mia) == (80, 80, 80)


@contextmanager
def locked(url: str, person: int) -> Iterator[Connection]:
    """Hold what every scan of the person must write: SQLite's one lock, or the person's row."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(select(Person.id).where(Person.id == person).with_for_update())
        yield connection
        connection.exec_driver_sql("ROLLBACK")
    engine.dispose()


def scan_over_http(app: Flask, cast: Cast, headers: dict[str, str]) -> tuple[int, str | None]:
    answer = app.test_client().post(
        "/api/v1/access/events",
        json={
            "device": "GATE1",
            "event_id": "e1",
            "credential": {"type": "card", "value": "4711"},
            "at": START.isoformat(),
            "direction": "in",
            "offline": True,
        },
        headers=headers,
    )
    return answer.status_code, answer.headers.get("Retry-After")


@pytest.fixture
def headers(app: Flask, cast: Cast) -> dict[str, str]:
    """A token that may report scans, used once so that nothing about it is left to write."""
    with app.app_context(), unit_of_work():
        _token, secret = add_api_token("gate", Role.MANAGER, (cast.club,))
    signed = {"Authorization": f"Bearer {secret}"}
    app.test_client().get("/api/v1/access/inside", headers=signed)
    return signed


def test_short_lock_is_waited_for(
    app: Flask, cast: Cast, mia: int, headers: dict[str, str], database_url: str
):
    """F28, first case: the lock goes away, the scan succeeds."""
    with locked(database_url, mia) as holder:
        release = Timer(0.5, holder.exec_driver_sql, ["COMMIT"])
        release.start()
        status, _retry = scan_over_http(app, cast, headers)
        release.join()
        holder.exec_driver_sql("BEGIN")

    assert status == 200
    assert kept(app, mia)[0] == 1


@pytest.mark.slow
def test_long_lock_is_a_503_and_the_event_comes_later(
    app: Flask, cast: Cast, mia: int, headers: dict[str, str], database_url: str
):
    """F28, second case: told to come back, nothing lost, kept once when it does."""
    with locked(database_url, mia):
        status, retry = scan_over_http(app, cast, headers)
    assert (status, retry) == (503, "2")
    assert kept(app, mia) == (0, 0, 0)

    assert scan_over_http(app, cast, headers)[0] == 200
    assert kept(app, mia) == (1, 1, 1)


def test_time_without_a_zone_never_reaches_the_store(app: Flask, cast: Cast, mia: int):
    """F42."""
    naive = datetime(2026, 11, 18, 12)  # noqa: DTZ001 - the very thing that is refused
    with app.app_context(), unit_of_work():
        with pytest.raises(StatementError, match="naive datetime"):
            db.session.execute(
                insert(Unmatched).values(
                    device_id=1,
                    club_id=cast.club,
                    kind=CredentialKind.CARD,
                    value="1",
                    scans=1,
                    first_at=naive,
                    last_at=naive,
                )
            )
        db.session.execute(text("SELECT 1"))
