"""Whole years of members: the 31st, the 29th of February, freeze and renewal, a family."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
import time_machine

from memberships.contracts.cancelling import CancelRequest, cancel_contract
from memberships.contracts.changes import ChangeRequest, change_plan, perform_change
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.families import JoinRequest, join_family
from memberships.contracts.freezes import FreezeRequest, end_freeze, freeze_contract
from memberships.contracts.history import contracts_of
from memberships.contracts.invariants import contract_periods, freezes, renewals
from memberships.contracts.leaving import CancelReason
from memberships.contracts.plans import create_plan
from memberships.contracts.proration import When
from memberships.contracts.queries import rights_at
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.renewals import renew
from memberships.contracts.services import SignRequest, end_contract, sign
from memberships.dunning.services import planned
from tests.cast import make_member
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract, make_plan

pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


def faults() -> list[str]:
    return [*contract_periods(), *freezes(), *renewals()]


def test_month_of_the_31st_keeps_its_day_through_a_change_of_plan(cast, clock):
    basic = make_contract(cast, MONTHLY, starts_on=date(2027, 1, 31))
    gold = make_plan(cast, replace(MONTHLY, name="Gold", price_minor=400_000))
    assert [fee.due_on for fee in planned(basic.id)] == [date(2027, 2, 28)]

    clock.move_to("2027-02-10T06:00Z")
    change = change_plan(ChangeRequest(basic.id, gold.plan_id, When.NEXT_PAYMENT), by=SARA)
    assert change.effective_on == date(2027, 2, 28)
    clock.move_to("2027-02-27T18:05Z")
    new = perform_change(change.id, by="system")

    (fee,) = planned(new.id)
    assert (new.starts_on, fee.due_on, fee.covers_until) == (
        date(2027, 2, 28),
        date(2027, 2, 28),
        date(2027, 3, 30),
    )
    assert basic.ends_on == date(2027, 2, 27)
    assert faults() == []


def test_year_of_the_29th_of_february_renews_without_a_gap(cast, clock):
    clock.move_to("2028-02-29T06:00Z")
    first = make_contract(cast, YEAR, starts_on=date(2028, 2, 29))
    assert first.ends_on == date(2029, 2, 27)

    terms = [first]
    for year in (2029, 2030, 2031):
        clock.move_to(f"{year}-02-01T06:00Z")
        terms.append(renew(terms[-1].id, by=SARA, clash_seen=False).contract)

    for before, after in pairwise(terms):
        assert (after.starts_on - before.ends_on).days == 1
    assert faults() == []


def test_freeze_over_a_clock_change_moves_an_early_renewal_by_whole_days(cast, clock):
    plan = create_plan(cast.other_club, replace(YEAR, currency="EUR", price_minor=60_000), by=SARA)
    zia = cast.members["Zia"]
    clock.move_to("2026-04-11T08:00Z")
    old = sign(SignRequest(zia, plan.id, date(2026, 4, 11)), by=SARA)
    clock.move_to("2027-03-01T08:00Z")
    new = renew(old.id, by=SARA, clash_seen=False).contract
    assert (old.ends_on, new.starts_on) == (date(2027, 4, 10), date(2027, 4, 11))

    # Berlin turns its clocks on 28 March; fourteen days stay fourteen days.
    days = date(2027, 3, 20), date(2027, 4, 2)
    freeze_contract(FreezeRequest(old.id, *days, "Travel"), by=SARA)
    assert (old.ends_on, new.starts_on) == (date(2027, 4, 24), date(2027, 4, 25))

    clock.move_to("2027-03-29T08:00Z")
    end_freeze(zia, date(2027, 3, 29), "device:gate")
    assert (old.ends_on, new.starts_on, new.ends_on) == (
        date(2027, 4, 19),
        date(2027, 4, 20),
        date(2028, 4, 19),
    )
    assert faults() == []


def test_family_year_from_the_first_day_to_the_last(cast, clock):
    free = LeavingTerms(early=EarlyEnd.FREE)
    conditions = Conditions(extra_member_minor=1_200_000)
    mia = cast.members["Mia"]
    own = make_contract(
        cast, replace(YEAR, conditions=conditions, leaving=free), starts_on=date(2027, 1, 31)
    )
    child = make_member("Child", club=cast.club).id
    late = make_member("Late", club=cast.club).id
    join_family(JoinRequest(mia, child), by=SARA)
    clock.move_to("2027-08-01T06:00Z")
    join_family(JoinRequest(mia, late), by=SARA)

    clock.move_to("2028-01-10T06:00Z")
    new = renew(own.id, by=SARA, clash_seen=False).contract
    for one in (child, late):
        assert next(row.starts_on for row in contracts_of(one)) == date(2028, 1, 31)

    clock.move_to("2028-01-31T06:00Z")
    end_contract(own.id, by="system")
    clock.move_to("2028-03-01T06:00Z")
    cancel_contract(CancelRequest(new.id, CancelReason.PRICE), by=SARA)

    assert new.ends_on == date(2028, 3, 1)
    for one in (child, late):
        assert rights_at(one, date(2028, 3, 1)).contracts != ()
        assert rights_at(one, date(2028, 3, 2)).contracts == ()
    assert faults() == []
