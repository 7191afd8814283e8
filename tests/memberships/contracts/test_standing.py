"""The whole state table: one status and its cause for any person and day."""

from dataclasses import replace
from datetime import date

import pytest

from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.rules import ContractRight, PlanKind
from memberships.contracts.standing import Cause, Standing, Status, status_at

DAY = date(2026, 11, 22)

YEAR = ContractRight(
    contract_id=10,
    plan_kind=PlanKind.TERM,
    plan_name="Year",
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    state="signed",
    windows=(),
    club_ids=None,
    zones=None,
    daily_limit=None,
    reentry_minutes=120,
    units_left=None,
    lot_id=None,
    freeze_on_scan="refuse",
)
ROLLING = replace(YEAR, contract_id=11, plan_kind=PlanKind.RECURRING, ends_on=None)
ENDED = replace(YEAR, contract_id=9, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
ENDED_YESTERDAY = replace(YEAR, contract_id=8, ends_on=date(2026, 11, 21))
ENDS_TODAY = replace(YEAR, contract_id=7, ends_on=DAY)
COMING = replace(YEAR, contract_id=20, starts_on=date(2026, 12, 1), ends_on=date(2027, 11, 30))
LATER = replace(COMING, contract_id=21, starts_on=date(2027, 12, 1), ends_on=None)
UNSIGNED = replace(YEAR, contract_id=5, state="incomplete")
TEN_LEFT = replace(YEAR, contract_id=12, plan_kind=PlanKind.VISITS, units_left=10, lot_id=1)
USED_UP = replace(TEN_LEFT, contract_id=13, units_left=0)

DEBT = BlockFact(1, BlockOwner.DEBT, date(2026, 10, 1), None, 150_000, "BDT", "October")
MORE_DEBT = replace(DEBT, block_id=2, amount_minor=50_000)
FOREIGN_DEBT = replace(DEBT, block_id=3, amount_minor=100_000, currency="EUR")
PAID_DEBT = replace(DEBT, until_on=date(2026, 11, 21))
FREEZE = BlockFact(
    4, BlockOwner.FREEZE, date(2026, 11, 20), date(2026, 12, 3), None, None, "Travel"
)
OPEN_FREEZE = replace(FREEZE, block_id=5, until_on=None)
COMING_FREEZE = replace(FREEZE, from_on=date(2026, 11, 23))
BAN = BlockFact(6, BlockOwner.BAN, date(2026, 1, 1), None, None, None, "Fight")

FROZEN_TO_DECEMBER = Standing(Status.FROZEN, Cause.FROZEN_UNTIL, 10, date(2026, 12, 3))
OWING = {"owed_minor": 150_000, "currency": "BDT"}

STATE_TABLE = [
    ("nobody", (), (), Standing(Status.NEVER, Cause.NO_CONTRACT)),
    ("nobody, banned", (), (BAN,), Standing(Status.NEVER, Cause.NO_CONTRACT)),
    (
        "nobody, owing the bar",
        (),
        (DEBT,),
        Standing(Status.NEVER, Cause.NO_CONTRACT, **OWING),
    ),
    ("only unsigned paper", (UNSIGNED,), (), Standing(Status.NEVER, Cause.INCOMPLETE)),
    (
        "a term runs",
        (YEAR,),
        (),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 10, date(2026, 12, 31)),
    ),
    ("a rolling month runs", (ROLLING,), (), Standing(Status.ACTIVE, Cause.RUNS_ON, 11)),
    ("the last day still counts", (ENDS_TODAY,), (), Standing(Status.ACTIVE, "runs_until", 7, DAY)),
    ("the longer of two decides", (YEAR, ROLLING), (), Standing(Status.ACTIVE, Cause.RUNS_ON, 11)),
    (
        "a running contract outranks a coming one",
        (COMING, YEAR),
        (),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 10, date(2026, 12, 31)),
    ),
    (
        "a running contract outranks unsigned paper",
        (UNSIGNED, YEAR),
        (),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 10, date(2026, 12, 31)),
    ),
    (
        "visits are left",
        (TEN_LEFT,),
        (),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 12, date(2026, 12, 31)),
    ),
    (
        "a ban is no status of its own",
        (YEAR,),
        (BAN,),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 10, date(2026, 12, 31)),
    ),
    (
        "running and in debt",
        (YEAR,),
        (DEBT,),
        Standing(Status.ACTIVE_IN_DEBT, Cause.OWES, 10, date(2026, 12, 31), 150_000, "BDT"),
    ),
    (
        "debts of one currency add up",
        (YEAR,),
        (DEBT, MORE_DEBT, FOREIGN_DEBT),
        Standing(Status.ACTIVE_IN_DEBT, Cause.OWES, 10, date(2026, 12, 31), 200_000, "BDT"),
    ),
    (
        "a paid debt is no debt",
        (YEAR,),
        (PAID_DEBT,),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 10, date(2026, 12, 31)),
    ),
    ("frozen with a last day", (YEAR,), (FREEZE,), FROZEN_TO_DECEMBER),
    ("frozen until further notice", (YEAR,), (OPEN_FREEZE,), Standing("frozen", "frozen_open", 10)),
    (
        "a freeze outranks a debt",
        (YEAR,),
        (DEBT, FREEZE),
        replace(FROZEN_TO_DECEMBER, owed_minor=150_000, currency="BDT"),
    ),
    (
        "another contract runs while one is frozen",
        (YEAR, replace(ROLLING, ends_on=DAY)),
        (replace(FREEZE, contract_id=10),),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 11, DAY),
    ),
    (
        "the frozen one alone, the other one is over",
        (YEAR, replace(ROLLING, ends_on=date(2026, 11, 21))),
        (replace(FREEZE, contract_id=10),),
        FROZEN_TO_DECEMBER,
    ),
    (
        "the unfrozen one owes",
        (YEAR, ROLLING),
        (replace(FREEZE, contract_id=10), DEBT),
        Standing(Status.ACTIVE_IN_DEBT, Cause.OWES, 11, None, 150_000, "BDT"),
    ),
    (
        "used-up visits do not thaw a frozen year",
        (YEAR, USED_UP),
        (replace(FREEZE, contract_id=10),),
        FROZEN_TO_DECEMBER,
    ),
    (
        "a freeze begins tomorrow",
        (YEAR,),
        (COMING_FREEZE,),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 10, date(2026, 12, 31)),
    ),
    (
        "it starts in December",
        (COMING,),
        (),
        Standing(Status.WAITING, Cause.STARTS_ON, 20, date(2026, 12, 1)),
    ),
    (
        "the nearest start is told",
        (LATER, COMING),
        (),
        Standing(Status.WAITING, Cause.STARTS_ON, 20, date(2026, 12, 1)),
    ),
    (
        "a coming contract outranks a past one",
        (ENDED, COMING),
        (DEBT,),
        Standing(Status.WAITING, Cause.STARTS_ON, 20, date(2026, 12, 1), **OWING),
    ),
    (
        "it ended yesterday",
        (ENDED, ENDED_YESTERDAY),
        (),
        Standing(Status.EX, Cause.ENDED_ON, 8, date(2026, 11, 21)),
    ),
    (
        "it ended with a debt",
        (ENDED,),
        (DEBT,),
        Standing(Status.EX_IN_DEBT, Cause.ENDED_ON, 9, date(2025, 12, 31), **OWING),
    ),
    (
        "a freeze after the end is none",
        (ENDED,),
        (FREEZE,),
        Standing(Status.EX, Cause.ENDED_ON, 9, date(2025, 12, 31)),
    ),
    ("visits are used up", (USED_UP,), (), Standing(Status.EX, Cause.USED_UP, 13)),
    (
        "visits are used up and owed",
        (USED_UP,),
        (DEBT,),
        Standing(Status.EX_IN_DEBT, Cause.USED_UP, 13, **OWING),
    ),
    (
        "used-up visits beside a running term",
        (USED_UP, YEAR),
        (),
        Standing(Status.ACTIVE, Cause.RUNS_UNTIL, 10, date(2026, 12, 31)),
    ),
]


@pytest.mark.parametrize(
    ("contracts", "blocks", "standing"),
    [row[1:] for row in STATE_TABLE],
    ids=[row[0] for row in STATE_TABLE],
)
def test_state_table_gives_status_and_cause(contracts, blocks, standing):
    assert status_at(contracts, blocks, DAY) == standing


def test_a_past_day_is_judged_by_that_day():
    life = (ENDED, COMING)

    assert status_at(life, (), date(2024, 6, 1)).status is Status.WAITING
    assert status_at(life, (), date(2025, 6, 1)).status is Status.ACTIVE
    assert status_at(life, (FREEZE,), date(2026, 12, 2)).status is Status.FROZEN
    assert status_at(life, (), date(2027, 12, 1)).status is Status.EX
