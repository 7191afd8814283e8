"""Who may book which class when, as a table."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.rules import ContractRight, MemberRights, PlanKind, Window
from memberships.schedule.rules.booking import (
    BookFault,
    BookingFacts,
    BookingRule,
    ClassAsk,
    Entitlement,
    Way,
    book_fault,
    closes_at,
    entitlement,
    opens_at,
    rule_faults,
)

DAY = date(2026, 12, 4)
STARTS = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)  # Friday 18:00 in Dhaka
ASK = ClassAsk(club_id=1, type_id=7, day=DAY, starts_at=STARTS, zone="Asia/Dhaka")
RIGHT = ContractRight(
    contract_id=11,
    plan_kind=PlanKind.TERM,
    plan_name="Year",
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    state="signed",
    windows=(),
    club_ids=frozenset({1}),
    zones=None,
    daily_limit=None,
    reentry_minutes=120,
    units_left=None,
    lot_id=None,
    freeze_on_scan="refuse",
)
FACTS = BookingFacts(
    ask=ASK,
    ends_at=STARTS + timedelta(hours=1),
    is_cancelled=False,
    way=Way.ONLINE,
    now=STARTS - timedelta(days=1),
)
RULE = BookingRule()


def asked(*contracts: ContractRight, blocks=(), rules=None):
    return entitlement(MemberRights(tuple(contracts), tuple(blocks)), rules or {}, ASK)


def block(owner: BlockOwner, contract_id: int | None = None) -> BlockFact:
    return BlockFact(1, owner, DAY, DAY, None, None, "", contract_id)


def test_a_contract_that_covers_the_day_gives_the_place():
    assert asked(RIGHT) == Entitlement(11, RULE)


@pytest.mark.parametrize(
    "changed",
    [
        {"ends_on": DAY - timedelta(days=1)},
        {"starts_on": DAY + timedelta(days=1)},
        {"state": "incomplete"},
        {"club_ids": frozenset({2})},
        {"units_left": 0, "lot_id": 3},
        {"windows": (Window(4, time(6), time(17)),)},  # mornings; the class is at 18:00
    ],
)
def test_without_a_right_on_that_day_and_hour_there_is_no_place(changed):
    assert asked(replace(RIGHT, **changed)) is BookFault.NO_RIGHT


@pytest.mark.parametrize(
    ("owner", "stopped"),
    [
        (BlockOwner.FREEZE, True),
        (BlockOwner.BAN, True),
        (BlockOwner.STAFF_STOP, True),
        (BlockOwner.WAIVER, False),
        (BlockOwner.MEDICAL, False),
        (BlockOwner.DEBT, False),
    ],
)
def test_freezes_and_stops_of_the_day_keep_places_free(owner, stopped):
    found = asked(RIGHT, blocks=[block(owner)])

    assert (found is BookFault.STOPPED_PERSON) is stopped


def test_a_second_contract_gives_the_place_while_the_first_is_frozen():
    other = replace(RIGHT, contract_id=12)

    assert asked(RIGHT, other, blocks=[block(BlockOwner.FREEZE, 11)]) == Entitlement(12, RULE)


def test_the_plan_says_which_classes_it_books():
    yoga_only = BookingRule(type_ids=frozenset({8}))

    assert asked(RIGHT, rules={11: yoga_only}) is BookFault.NOT_IN_PLAN
    assert asked(RIGHT, rules={11: BookingRule(may_book=False)}) is BookFault.NOT_IN_PLAN


def test_of_two_contracts_the_one_that_opens_first_is_taken():
    early = BookingRule(opens_days=14)

    found = asked(RIGHT, replace(RIGHT, contract_id=12), rules={12: early})

    assert found == Entitlement(12, early)


def test_windows_open_at_the_clubs_midnight_and_close_before_the_start():
    assert opens_at(ASK, RULE) == datetime(2026, 11, 26, 18, 0, tzinfo=UTC)  # 27 Nov 00:00 there
    assert closes_at(ASK, RULE) == STARTS - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"now": datetime(2026, 11, 26, 17, 59, tzinfo=UTC)}, BookFault.TOO_EARLY),
        ({"now": datetime(2026, 11, 26, 18, 0, tzinfo=UTC)}, None),
        ({"now": STARTS - timedelta(minutes=15)}, None),
        ({"now": STARTS - timedelta(minutes=14)}, BookFault.TOO_LATE),
        ({"now": STARTS}, BookFault.OVER),
        ({"open_bookings": 5}, None),
        ({"open_bookings": 6}, BookFault.LIMIT),
        ({"stopped_until": DAY}, BookFault.STRIKES),
        ({"has_place": True}, BookFault.ALREADY),
        ({"same_time": True}, BookFault.SAME_TIME),
        ({"is_cancelled": True}, BookFault.CANCELLED),
    ],
)
def test_what_a_member_may_book_himself(changed, fault):
    assert book_fault(replace(FACTS, **changed), RULE) is fault


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"now": STARTS - timedelta(days=30)}, None),
        ({"now": STARTS + timedelta(minutes=20)}, None),
        ({"open_bookings": 60, "stopped_until": DAY}, None),
        ({"now": STARTS + timedelta(hours=1)}, BookFault.OVER),
        ({"has_place": True}, BookFault.ALREADY),
    ],
)
def test_staff_book_outside_the_window_and_beyond_the_limit(changed, fault):
    assert book_fault(replace(FACTS, way=Way.DESK, **changed), RULE) is fault


def test_numbers_of_a_rule_have_limits():
    wrong = BookingRule(opens_days=-1, closes_minutes=20_000, open_limit=0)

    assert set(rule_faults(wrong)) == {"opens_days", "closes_minutes", "open_limit"}
    assert rule_faults(BookingRule(open_limit=None)) == {}
