"""F01 and F24: the last session wanted by sixteen trainers, and a process killed while logging."""

import os
import subprocess
import sys
import threading

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.packages.offers import usable
from memberships.trainers.invariants import units_of_sessions
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState
from memberships.trainers.services import Appointment, log_session
from tests import long
from tests.cast import Cast
from tests.conftest import TEST_KEY
from tests.memberships.conftest import SARA
from tests.memberships.packages.shop import make_product, sell
from tests.memberships.races import PEOPLE, all_at_once

ROUNDS = long.rounds()
pytestmark = [pytest.mark.fault, pytest.mark.slow]


def packages_of_one(app: Flask, cast: Cast, count: int) -> list[int]:
    with app.app_context(), unit_of_work():
        product = make_product(cast, units=1, valid_days=None, price_minor=0)
        return [sell(cast, product=product).lot_id for _number in range(count)]


def faults(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return [*unit_balances(), *unit_sources(), *units_of_sessions()]


def counted(app: Flask, *where: object) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).where(*where)) or 0  # type: ignore[arg-type]


def test_f01_the_last_session_goes_to_exactly_one_trainer(app, cast):
    lots = packages_of_one(app, cast, ROUNDS)

    def redeem(number: int, _person: int) -> str:
        asked = Appointment(
            cast.club,
            cast.members["Mia"],
            cast.users["Tara"],
            clock.now(),
            lot_id=lots[number],
        )
        try:
            with unit_of_work():
                log_session(asked, SessionState.COMPLETE, by=SARA)
        except DomainError as error:
            return f"{error.code} {error.extra}"
        return "logged"

    won = all_at_once(app, ROUNDS, redeem)

    refused = "NO_UNITS {'balance': 0}"
    assert [sorted(row) for row in won] == [[refused] * (PEOPLE - 1) + ["logged"]] * ROUNDS
    assert counted(app, PackageEntry.kind == EntryKind.USE) == ROUNDS
    assert counted(app, TrainerSession.id > 0) == ROUNDS, "a refused session leaves nothing"
    assert faults(app) == []


def test_control_who_only_looks_first_redeems_what_is_gone(app, cast):
    rounds = 5
    lots = packages_of_one(app, cast, rounds)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def redeem_after_a_look(number: int, person: int) -> bool:
        with unit_of_work(write=False):
            found = usable(cast.members["Mia"], clock.now().date(), None)
            left = next((row.remaining for row in found if row.lot_id == lots[number]), 0)
        everybody_looked.wait()
        with unit_of_work() as session:
            session.execute(
                update(PackageLot).where(PackageLot.id == lots[number]).values(remaining=left - 1)
            )
            session.execute(
                insert(PackageEntry).values(
                    lot_id=lots[number],
                    kind=EntryKind.USE,
                    delta=-1,
                    source_kind="session",
                    source_id=f"{number}-{person}",
                    reason="",
                    at=clock.now(),
                    by=SARA,
                    unit_id="",
                )
            )
        return left == 1

    won = all_at_once(app, rounds, redeem_after_a_look)

    assert [sum(row) for row in won] == [PEOPLE] * rounds
    assert len(faults(app)) >= rounds


CRASH = """
from datetime import UTC, datetime
from clubcrm.app import create_app
from clubcrm.core.db import unit_of_work
from memberships.trainers.rules import SessionState
from memberships.trainers.services import Appointment, log_session

with create_app().app_context(), unit_of_work():
    asked = Appointment({club}, {person}, None, datetime.now(UTC), lot_id={lot})
    log_session(asked, SessionState.COMPLETE, by="user:5")
"""


def test_f24_killed_while_logging_leaves_nothing_partial(app, cast, database_url, tmp_path):
    (lot,) = packages_of_one(app, cast, 1)
    surroundings = {
        **os.environ,
        "CLUBCRM_ENV": "test",
        "CLUBCRM_DATABASE_URL": database_url,
        "CLUBCRM_DATA_DIR": str(tmp_path / "var"),
        "CLUBCRM_SECRET_KEY": TEST_KEY,
    }
    script = CRASH.format(club=cast.club, person=cast.members["Mia"], lot=lot)
    command = [sys.executable, "-c", script]

    killed = subprocess.run(
        command,
        env={**surroundings, "CLUBCRM_FAILPOINT": "redeem.after_check:crash"},
        capture_output=True,
        check=False,
    )

    assert killed.returncode == 70, killed.stderr
    assert counted(app, TrainerSession.id > 0) == 0
    assert counted(app, PackageEntry.kind == EntryKind.USE) == 0
    assert faults(app) == []
    subprocess.run(command, env=surroundings, capture_output=True, check=True)
    assert counted(app, TrainerSession.id > 0) == 1
    assert counted(app, PackageLot.remaining == 0) == 1
    assert faults(app) == []
