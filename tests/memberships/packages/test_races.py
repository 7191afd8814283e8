"""The last unit, wanted by sixteen at once, two hundred times."""

import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from clubcrm.core.db import db, unit_of_work
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.packages.services import LotOrder, open_lot, use_visit
from tests import long
from tests.cast import Cast
from tests.conftest import TEST_KEY
from tests.memberships.conftest import SARA
from tests.memberships.races import PEOPLE, all_at_once

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
ROUNDS = long.rounds()


def lots_with_one_unit(app: Flask, cast: Cast, count: int) -> list[int]:
    with app.app_context(), unit_of_work():
        order = LotOrder(cast.club, cast.members["Mia"], None, 1, date(2026, 12, 31))
        return [open_lot(order, source_id=f"race {number}", by=SARA).id for number in range(count)]


def faults(app: Flask) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return [*unit_balances(), *unit_sources()]


def used_lines(app: Flask) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        lines = select(func.count()).select_from(PackageEntry)
        return session.scalar(lines.where(PackageEntry.kind == EntryKind.USE)) or 0


def test_the_last_unit_goes_to_exactly_one(app, cast):
    lots = lots_with_one_unit(app, cast, ROUNDS)

    def redeem(number: int, person: int) -> bool:
        with unit_of_work():
            return use_visit(lots[number], "visit", f"{number}-{person}", AT, SARA)

    won = all_at_once(app, ROUNDS, redeem)

    assert [sum(row) for row in won] == [1] * ROUNDS
    assert used_lines(app) == ROUNDS
    assert faults(app) == []


def test_control_without_the_guard_many_win(app, cast):
    rounds = 5
    lots = lots_with_one_unit(app, cast, rounds)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def redeem_after_a_look(number: int, person: int) -> bool:
        with unit_of_work(write=False) as session:
            left = session.scalar(select(PackageLot.remaining).where(PackageLot.id == lots[number]))
        everybody_looked.wait()
        if not left:
            return False
        with unit_of_work() as session:
            session.execute(
                update(PackageLot).where(PackageLot.id == lots[number]).values(remaining=left - 1)
            )
            session.execute(
                insert(PackageEntry).values(
                    lot_id=lots[number],
                    kind=EntryKind.USE,
                    delta=-1,
                    source_kind="visit",
                    source_id=f"{number}-{person}",
                    reason="",
                    at=AT,
                    by=SARA,
                    unit_id="",
                )
            )
        return True

    won = all_at_once(app, rounds, redeem_after_a_look)

    assert [sum(row) for row in won] == [PEOPLE] * rounds
    assert len(faults(app)) == rounds


def test_one_visit_told_sixteen_times_uses_one_unit(app, cast):
    rounds = 50
    lots = lots_with_one_unit(app, cast, rounds)

    def tell(number: int, _person: int) -> bool:
        with unit_of_work():
            return use_visit(lots[number], "visit", str(number), AT, SARA)

    told = all_at_once(app, rounds, tell)

    assert told == [[True] * PEOPLE] * rounds
    assert used_lines(app) == rounds
    assert faults(app) == []


CRASH = """
from datetime import UTC, datetime
from clubcrm.app import create_app
from clubcrm.core.db import unit_of_work
from memberships.packages.services import use_visit

with create_app().app_context(), unit_of_work():
    use_visit({lot}, "visit", "41", datetime(2026, 11, 22, 6, tzinfo=UTC), "device:gate")
"""


@pytest.mark.fault
@pytest.mark.slow
def test_f24_killed_while_redeeming_leaves_nothing_partial(app, cast, database_url, tmp_path):
    (lot,) = lots_with_one_unit(app, cast, 1)
    surroundings = {
        **os.environ,
        "CLUBCRM_ENV": "test",
        "CLUBCRM_DATABASE_URL": database_url,
        "CLUBCRM_DATA_DIR": str(tmp_path / "var"),
        "CLUBCRM_SECRET_KEY": TEST_KEY,
    }
    command = [sys.executable, "-c", CRASH.format(lot=lot)]

    killed = subprocess.run(
        command,
        env={**surroundings, "CLUBCRM_FAILPOINT": "redeem.after_check:crash"},
        capture_output=True,
        check=False,
    )

    assert killed.returncode == 70, killed.stderr
    assert used_lines(app) == 0
    assert faults(app) == []
    subprocess.run(command, env=surroundings, capture_output=True, check=True)
    assert used_lines(app) == 1
    with app.app_context(), unit_of_work(write=False):
        assert db.session.scalar(select(PackageLot.remaining)) == 0
