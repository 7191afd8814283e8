"""The rights of a person, as the gate asks for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
import time_machine

from clubcrm.core.clock import local_day
from clubcrm.core.db import db
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, place_block
from memberships.contracts.queries import rights_at
from memberships.contracts.rules import ContractRight, MemberRights, PlanKind, Window
from memberships.contracts.services import void_contract
from memberships.packages.models import PackageLot
from memberships.packages.services import LotOrder, open_lot, use_visit
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    TRIAL,
    YEAR,
    make_contract,
    make_plan,
)

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.usefixtures("unit", "noon")


@pytest.fixture
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False) as traveller:
        yield traveller


def test_everything_the_gate_needs_is_told(cast):
    windows = (
        Window(0, time(9), time(17)),
        Window(4, time(22), time(6)),
        Window(6, time(0), time(0)),
    )
    plan = make_plan(
        cast,
        YEAR,
        windows=windows,
        club_ids=frozenset({cast.other_club}),
        zones=("gym", "pool"),
        daily_limit=2,
        reentry_minutes=45,
        freeze_on_scan="end",
    )
    contract = make_contract(cast, plan=plan, starts_on=TODAY)

    rights = rights_at(cast.members["Mia"], TODAY)

    assert rights == MemberRights(
        contracts=(
            ContractRight(
                contract_id=contract.id,
                plan_kind=PlanKind.TERM,
                plan_name="Year",
                starts_on=TODAY,
                ends_on=date(2027, 11, 21),
                state="signed",
                windows=windows,
                club_ids=frozenset({cast.club, cast.other_club}),
                zones=frozenset({"gym", "pool"}),
                daily_limit=2,
                reentry_minutes=45,
                units_left=None,
                lot_id=None,
                freeze_on_scan="end",
            ),
        ),
        blocks=(),
    )


def test_a_plan_for_every_club_names_none(cast):
    make_contract(cast, replace(MONTHLY, all_clubs=True), starts_on=TODAY)

    (right,) = rights_at(cast.members["Mia"], TODAY).contracts

    assert (right.club_ids, right.zones, right.windows, right.ends_on) == (None, None, (), None)


def test_units_are_counted_with_their_lot(cast):
    contract = make_contract(cast, TEN_VISITS, starts_on=TODAY)
    lot = db.session.query(PackageLot).one()
    assert use_visit(lot.id, "visit", "1", datetime(2026, 11, 22, 6, tzinfo=UTC), "device:gate")

    (right,) = rights_at(cast.members["Mia"], TODAY).contracts

    assert (right.contract_id, right.units_left, right.lot_id) == (contract.id, 9, lot.id)


def test_units_past_their_last_day_do_not_count(cast):
    make_contract(cast, TEN_VISITS, starts_on=TODAY)
    db.session.query(PackageLot).one().expires_on = date(2026, 11, 30)
    db.session.flush()

    (right,) = rights_at(cast.members["Mia"], date(2026, 12, 1)).contracts

    assert (right.units_left, right.lot_id) == (0, None)


def test_a_second_lot_adds_up_and_the_first_pays(cast):
    contract = make_contract(cast, TEN_VISITS, starts_on=TODAY)
    first = db.session.query(PackageLot).one()
    gift = LotOrder(cast.club, cast.members["Mia"], contract.id, 2, date(2027, 5, 1))
    second = open_lot(gift, source_id="gift-1", by=SARA)

    (both,) = rights_at(cast.members["Mia"], TODAY).contracts
    first.remaining = 0
    db.session.flush()
    (rest,) = rights_at(cast.members["Mia"], TODAY).contracts

    assert (both.units_left, both.lot_id) == (12, first.id)
    assert (rest.units_left, rest.lot_id) == (2, second.id)


def test_only_the_last_ended_contract_is_told(cast):
    plan = make_plan(cast, TRIAL)
    make_contract(cast, plan=plan, starts_on=date(2026, 1, 1))
    last = make_contract(cast, plan=plan, starts_on=date(2026, 3, 1))
    coming = make_contract(cast, plan=plan, starts_on=date(2026, 12, 1))

    rights = rights_at(cast.members["Mia"], TODAY)

    assert [right.contract_id for right in rights.contracts] == [last.id, coming.id]


def test_void_and_unsigned_contracts_are_told_apart(cast):
    mistake = make_contract(cast, YEAR, starts_on=TODAY)
    void_contract(mistake.id, by=SARA, why="Wrong member")
    make_contract(cast, MONTHLY, starts_on=TODAY, is_complete=False)

    rights = rights_at(cast.members["Mia"], TODAY)

    assert [right.state for right in rights.contracts] == ["incomplete"]


def test_somebody_unknown_has_no_rights(cast):
    make_contract(cast, YEAR, starts_on=TODAY)

    assert rights_at(999, TODAY) == MemberRights((), ())
    assert rights_at(cast.members["Zia"], TODAY) == MemberRights((), ())


def test_rights_cost_two_selects_however_many(cast, count_selects):
    for terms in (YEAR, MONTHLY, TEN_VISITS, DAY_PASS):
        make_contract(cast, terms, starts_on=TODAY)
    place_block(BlockRequest(cast.members["Mia"], BlockOwner.BAN, "Fight"), by=SARA)
    count_selects.statements.clear()

    rights = rights_at(cast.members["Mia"], TODAY)

    assert (len(rights.contracts), len(rights.blocks)) == (4, 1)
    assert len(count_selects) == 2


@pytest.mark.fault
@pytest.mark.parametrize(
    ("instant", "covered"),
    [("2026-11-28T17:59:59Z", True), ("2026-11-28T18:00:00Z", False)],
    ids=["23:59:59 in Dhaka", "00:00:00 in Dhaka"],
)
def test_f35_the_last_day_ends_at_club_midnight(cast, instant, covered):
    make_contract(cast, TRIAL, starts_on=TODAY)
    day = local_day(datetime.fromisoformat(instant), "Asia/Dhaka")

    (right,) = rights_at(cast.members["Mia"], day).contracts

    assert right.ends_on == date(2026, 11, 28)
    assert right.covers(day) is covered
