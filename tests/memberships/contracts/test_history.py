"""One status for any person and any day, read from the store."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block
from memberships.contracts.history import (
    contract_for,
    contracts_page,
    standing_on,
)
from memberships.contracts.rules import Window
from memberships.contracts.standing import Cause, Standing, Status
from memberships.contracts.words import cause_words, hours_words, status_words
from memberships.packages.models import PackageLot
from memberships.packages.services import use_visit
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TRIAL,
    YEAR,
    make_contract,
    make_plan,
)

pytestmark = pytest.mark.usefixtures("unit")


def test_a_life_is_told_day_by_day(cast):
    mia = cast.members["Mia"]
    with time_machine.travel("2026-01-10T06:00Z", tick=False) as clock:
        trial = make_contract(cast, TRIAL, starts_on=date(2026, 1, 12))
        clock.move_to("2026-01-20T06:00Z")
        year = make_contract(cast, YEAR, starts_on=date(2026, 2, 1))
        clock.move_to("2026-03-10T06:00Z")
        debt = place_block(
            BlockRequest(mia, BlockOwner.DEBT, "February unpaid", amount_minor=100), by=SARA
        )
        clock.move_to("2026-03-15T06:00Z")
        lift_block(debt.id, BlockOwner.DEBT, by=SARA, why="Paid")

    def told(month: int, day: int, of: int = 2026) -> tuple[Status, Cause, int | None]:
        standing = standing_on(mia, date(of, month, day))
        return standing.status, standing.cause, standing.contract_id

    assert told(1, 9) == (Status.NEVER, Cause.NO_CONTRACT, None)
    assert told(1, 11) == (Status.WAITING, Cause.STARTS_ON, trial.id)
    assert told(1, 12) == (Status.ACTIVE, Cause.RUNS_UNTIL, trial.id)
    assert told(1, 18) == (Status.ACTIVE, Cause.RUNS_UNTIL, trial.id)
    assert told(1, 19) == (Status.EX, Cause.ENDED_ON, trial.id)
    assert told(1, 20) == (Status.WAITING, Cause.STARTS_ON, year.id)
    assert told(3, 9) == (Status.ACTIVE, Cause.RUNS_UNTIL, year.id)
    assert told(3, 10) == (Status.ACTIVE_IN_DEBT, Cause.OWES, year.id)
    assert told(3, 14) == (Status.ACTIVE_IN_DEBT, Cause.OWES, year.id)
    assert told(3, 15) == (Status.ACTIVE, Cause.RUNS_UNTIL, year.id)
    assert told(1, 31, 2027) == (Status.ACTIVE, Cause.RUNS_UNTIL, year.id)
    assert told(2, 1, 2027) == (Status.EX, Cause.ENDED_ON, year.id)


def test_units_are_those_of_that_evening(cast):
    mia = cast.members["Mia"]
    with time_machine.travel("2026-01-12T06:00Z", tick=False):
        trial = make_contract(cast, TRIAL, starts_on=date(2026, 1, 12))
    lot = db.session.query(PackageLot).one().id
    for day in (12, 13, 14):
        use_visit(lot, "visit", str(day), datetime(2026, 1, day, 12, tzinfo=UTC), SARA)

    assert standing_on(mia, date(2026, 1, 13)).status is Status.ACTIVE
    assert standing_on(mia, date(2026, 1, 14)) == Standing(Status.EX, Cause.USED_UP, trial.id)


def test_every_status_has_words_and_every_cause_a_sentence():
    for status in Status:
        assert status_words(status)[0].isupper()
    for cause in Cause:
        sentence = cause_words(Standing(Status.ACTIVE, cause, 1, date(2026, 3, 3)))
        assert sentence.endswith(".")
    frozen = Standing(Status.FROZEN, Cause.FROZEN_UNTIL, 1, date(2026, 3, 3))
    assert cause_words(frozen) == "Frozen until 3 Mar 2026."


def test_equal_hours_of_a_week_are_told_together():
    days = [Window(day, time(9), time(17)) for day in (0, 1, 2, 4)]
    night = Window(5, time(22), time(6))

    assert hours_words([]) == "Any time"
    assert hours_words([night, *days]) == "Mon–Wed 09:00–17:00; Fri 09:00–17:00; Sat 22:00–06:00"
    assert hours_words([Window(0, time(18), time(20)), days[0]]) == "Mon 09:00–17:00, 18:00–20:00"


@time_machine.travel("2026-06-01T06:00Z", tick=False)
def test_contracts_of_another_club_are_not_found(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 6, 1))
    here, there = Scope((cast.club,)), Scope((cast.other_club,))

    assert contract_for(there, contract.public_id) is None
    assert contract_for(here, contract.public_id).contract_id == contract.id
    assert contracts_page(there, member=None, before_id=None, limit=10) == []


@time_machine.travel("2026-06-01T06:00Z", tick=False)
def test_contract_pages_go_back_by_key(cast):
    plan = make_plan(cast, DAY_PASS)
    made = [make_contract(cast, plan=plan, starts_on=date(2026, 6, day)).id for day in range(1, 6)]
    make_contract(cast, MONTHLY, starts_on=date(2026, 6, 1), person="Zia")
    scope, mia = Scope((cast.club,)), cast.public["Mia"]

    first = contracts_page(scope, member=mia, before_id=None, limit=3)
    second = contracts_page(scope, member=mia, before_id=first[-1].contract_id, limit=3)

    assert [row.contract_id for row in (*first, *second)] == made[::-1]
