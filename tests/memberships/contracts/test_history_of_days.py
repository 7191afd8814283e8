"""A past day keeps the status it had, whatever moved the contract since."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine

from memberships.contracts.cancelling import CancelRequest, cancel_contract, withdraw_cancellation
from memberships.contracts.conditions import LeavingTerms
from memberships.contracts.freezes import FreezeRequest, end_freeze, freeze_contract
from memberships.contracts.giving import GiftOrder, give_days
from memberships.contracts.history import standing_on
from memberships.contracts.leaving import CancelReason
from memberships.contracts.services import end_contract
from memberships.contracts.standing import Cause, Status
from tests.memberships.conftest import DAY_PASS, MONTHLY, SARA, YEAR, make_contract

pytestmark = pytest.mark.usefixtures("unit")
# Without a price, so that no unpaid invoice speaks of debts here.
FREE_YEAR = replace(YEAR, price_minor=0)
FREE_PASS = replace(DAY_PASS, price_minor=0)


@pytest.fixture
def clock():
    with time_machine.travel("2026-05-01T06:00Z", tick=False) as traveller:
        yield traveller


def test_a_gift_wakes_the_contract_but_not_the_days_before(cast, clock):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2025, 5, 10))
    clock.move_to("2026-05-10T01:00Z")
    end_contract(contract.id, by="system")
    clock.move_to("2026-05-12T06:00Z")

    give_days(GiftOrder(contract.id, 10, "Goodwill", "1"), by=SARA)

    told = [standing_on(cast.members["Mia"], date(2026, 5, day)) for day in (9, 11, 12, 19, 20)]
    assert [one.status for one in told] == [
        Status.ACTIVE,
        Status.EX,
        Status.ACTIVE,
        Status.ACTIVE,
        Status.EX,
    ]
    assert told[1].on == date(2026, 5, 9)


def test_a_cancellation_and_its_withdrawal_count_from_their_day(cast, clock):
    rolling = replace(MONTHLY, price_minor=0, leaving=LeavingTerms(notice_days=14))
    contract = make_contract(cast, rolling, starts_on=date(2026, 1, 31))
    clock.move_to("2026-05-05T06:00Z")
    cancel_contract(CancelRequest(contract.id, CancelReason.TIME), by=SARA)
    clock.move_to("2026-05-08T06:00Z")
    withdraw_cancellation(contract.id, by=SARA)

    causes = [standing_on(cast.members["Mia"], date(2026, 5, day)).cause for day in (4, 5, 7, 8)]

    assert causes == [Cause.RUNS_ON, Cause.RUNS_UNTIL, Cause.RUNS_UNTIL, Cause.RUNS_ON]


def test_frozen_days_stay_frozen_after_the_member_is_back(cast, clock):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(
        FreezeRequest(contract.id, date(2026, 5, 2), date(2026, 5, 20), "Travel"), by=SARA
    )
    clock.move_to("2026-05-06T06:00Z")
    end_freeze(cast.members["Mia"], date(2026, 5, 6), "device:gate")
    with time_machine.travel("2026-05-04T06:00Z", tick=False):
        make_contract(cast, FREE_PASS, starts_on=date(2026, 5, 4))

    told = [standing_on(cast.members["Mia"], date(2026, 5, day)).status for day in (1, 2, 4, 5, 6)]

    assert told == [Status.ACTIVE, Status.FROZEN, Status.ACTIVE, Status.FROZEN, Status.ACTIVE]


@pytest.mark.fault
def test_f39_a_clock_a_day_ahead_and_back_loses_no_freeze(cast, clock):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(
        FreezeRequest(contract.id, date(2026, 5, 1), date(2026, 5, 14), "Travel"), by=SARA
    )

    clock.move_to("2026-05-02T06:00Z")
    give_days(GiftOrder(contract.id, 2, "Goodwill", "1"), by=SARA)
    ahead = standing_on(cast.members["Mia"], date(2026, 5, 2)).status
    clock.move_to("2026-05-01T06:00Z")
    freeze_contract(
        FreezeRequest(contract.id, date(2026, 6, 1), date(2026, 6, 7), "Travel"), by=SARA
    )

    told = [standing_on(cast.members["Mia"], date(2026, 5, day)).status for day in (1, 2, 14, 15)]
    assert ahead is Status.FROZEN
    assert told == [Status.FROZEN, Status.FROZEN, Status.FROZEN, Status.ACTIVE]
    assert contract.ends_on == date(2027, 1, 23)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("person", "instant", "first_frozen_day"),
    [
        ("Mia", "2026-05-31T18:30Z", date(2026, 6, 1)),
        ("Zia", "2026-05-31T21:30Z", date(2026, 5, 31)),
    ],
    ids=["half past midnight in Dhaka", "half past eleven in Berlin"],
)
def test_f40_today_is_the_day_of_the_club(cast, clock, person, instant, first_frozen_day):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2026, 1, 1), person=person)
    contract.club_id = {"Mia": cast.club, "Zia": cast.other_club}[person]
    clock.move_to(instant)
    first = FreezeRequest(contract.id, first_frozen_day, date(2026, 6, 10), "Travel")

    freeze_contract(first, by=SARA)

    assert standing_on(cast.members[person], first_frozen_day).status is Status.FROZEN
