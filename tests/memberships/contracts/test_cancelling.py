"""A member leaves: shown first, kept with its reason, and taken back while it lies ahead."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.billing.queries import account_of
from memberships.contracts.cancelling import (
    CancelRequest,
    cancel_contract,
    cancel_preview,
    withdraw_cancellation,
)
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.giving import GiftOrder, give_days
from memberships.contracts.history import blocks_of, contracts_to_end, standing_on
from memberships.contracts.invariants import contract_periods, freezes
from memberships.contracts.leaving import CancelReason
from memberships.contracts.leaving_tables import Cancellation, CancellationState
from memberships.contracts.rules import ContractState
from memberships.contracts.services import end_contract
from memberships.contracts.standing import Status
from memberships.dunning.models import RecurringCharge
from memberships.dunning.rules import ChargeState
from memberships.dunning.services import schedule_of
from memberships.packages.models import PackageLot
from tests.memberships.conftest import MONTHLY, SARA, TEN_VISITS, YEAR, make_contract, make_plan

pytestmark = pytest.mark.usefixtures("unit", "clock")

ROLLING = replace(MONTHLY, leaving=LeavingTerms(notice_days=30))
FREE_YEAR = replace(YEAR, leaving=LeavingTerms(early=EarlyEnd.FREE, notice_days=5))


@pytest.fixture
def clock():
    with time_machine.travel("2026-06-10T06:00Z", tick=False) as traveller:
        yield traveller


def cancel(contract, reason=CancelReason.MOVED_AWAY, **more):
    return cancel_contract(CancelRequest(contract.id, reason, **more), by=SARA)


def books() -> list[str]:
    return [*contract_periods(), *freezes()]


def test_a_rolling_contract_ends_with_a_paid_month_after_the_notice(cast, clock):
    contract = make_contract(cast, ROLLING, starts_on=date(2026, 1, 31))

    shown = cancel_preview(CancelRequest(contract.id))
    kept = cancel(contract)

    assert shown.leaving.last_day == kept.last_day == contract.ends_on == date(2026, 7, 30)
    assert (kept.last_charge_on, kept.charges_minor) == (date(2026, 6, 30), 250_000)
    assert contract.state is ContractState.SIGNED
    (fact,) = db.session.query(Event).filter_by(kind="ContractCancelled").all()
    assert (fact.payload["reason"], fact.payload["last_day"]) == ("moved_away", "2026-07-30")
    clock.move_to("2026-07-31T06:00Z")
    assert contracts_to_end(cast.club, date(2026, 7, 31)) == [contract.id]
    end_contract(contract.id, by="system")
    assert standing_on(cast.members["Mia"], date(2026, 7, 31)).status is Status.EX
    assert books() == []


def test_who_stays_after_all_has_the_contract_as_before(cast):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(
        FreezeRequest(contract.id, date(2026, 6, 12), date(2026, 6, 13), "Travel"), by=SARA
    )

    cancel(contract)
    assert (contract.ends_on, contract.cut_ends_on) == (date(2026, 6, 15), date(2026, 6, 13))
    assert books() == []
    withdraw_cancellation(contract.id, by=SARA)

    assert (contract.ends_on, contract.cut_ends_on) == (date(2027, 1, 2), None)
    assert db.session.query(Cancellation).one().state is CancellationState.WITHDRAWN
    assert books() == []


def test_a_freeze_never_lasts_beyond_the_new_last_day(cast):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2026, 1, 1))
    for first, last in (
        (date(2026, 6, 12), date(2026, 6, 20)),
        (date(2026, 8, 1), date(2026, 8, 9)),
    ):
        freeze_contract(FreezeRequest(contract.id, first, last, "Travel"), by=SARA)

    cancel(contract)

    assert contract.ends_on == date(2026, 6, 15)
    spans = {(one.until_on, one.lifted_at is None) for one in blocks_of(cast.members["Mia"])}
    assert spans == {(date(2026, 6, 15), True), (date(2026, 8, 9), False)}
    assert books() == []


def test_days_given_after_the_cancellation_still_count(cast):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2026, 1, 1))
    cancel(contract)

    give_days(GiftOrder(contract.id, 3, "Heating failed", "1"), by=SARA)

    assert contract.ends_on == date(2026, 6, 18)
    assert books() == []


def test_units_last_as_long_as_the_contract(cast):
    terms = replace(TEN_VISITS, leaving=LeavingTerms(early=EarlyEnd.FREE))
    contract = make_contract(cast, terms, starts_on=date(2026, 6, 1))

    cancel(contract)
    assert db.session.query(PackageLot).one().expires_on == date(2026, 6, 10)
    withdraw_cancellation(contract.id, by=SARA)

    assert db.session.query(PackageLot).one().expires_on == date(2026, 8, 31)


def test_cooling_off_before_the_first_day_leaves_nothing_behind(cast):
    terms = replace(YEAR, leaving=LeavingTerms(cooling_off_days=14))
    contract = make_contract(cast, terms, starts_on=date(2026, 7, 1))

    kept = cancel(contract)

    assert (kept.last_day, kept.is_cooling_off, kept.refund_minor) == (None, True, 2_400_000)
    assert contract.state is ContractState.VOID
    assert standing_on(cast.members["Mia"], date(2026, 6, 10)).status is Status.NEVER


def test_a_second_cancellation_is_told_the_day_of_the_first(cast):
    contract = make_contract(cast, ROLLING, starts_on=date(2026, 1, 31))
    cancel(contract)

    with pytest.raises(DomainError) as refusal:
        cancel(contract)

    assert refusal.value.code == "CANCELLED"
    assert "30 Jul 2026" in refusal.value.text


def test_another_reason_needs_words(cast):
    contract = make_contract(cast, ROLLING, starts_on=date(2026, 1, 31))

    with pytest.raises(DomainError) as refusal:
        cancel(contract, CancelReason.OTHER, note=" ")

    assert [one.field for one in refusal.value.fields] == ["note"]
    assert contract.ends_on is None


def test_nothing_is_taken_back_when_the_days_are_sold_again(cast):
    plan = make_plan(cast, FREE_YEAR)
    contract = make_contract(cast, plan=plan, starts_on=date(2026, 1, 1))
    cancel(contract)
    make_contract(cast, plan=plan, starts_on=date(2026, 6, 16))

    with pytest.raises(DomainError) as refusal:
        withdraw_cancellation(contract.id, by=SARA)

    assert refusal.value.code == "CONTRACT_OVERLAPS"
    assert books() == []


def test_after_the_last_day_nothing_is_taken_back(cast, clock):
    contract = make_contract(cast, FREE_YEAR, starts_on=date(2026, 1, 1))
    cancel(contract)
    clock.move_to("2026-06-16T06:00Z")

    with pytest.raises(DomainError) as refusal:
        withdraw_cancellation(contract.id, by=SARA)

    assert refusal.value.code == "NOT_CANCELLED"


def owed(cast) -> int:
    return account_of(cast.members["Mia"], cast.club).owed_minor


def test_unused_days_are_credited_and_charged_again_for_who_stays(cast):
    terms = replace(YEAR, leaving=LeavingTerms(cooling_off_days=14))
    contract = make_contract(cast, terms, starts_on=date(2026, 6, 10))
    before = owed(cast)

    kept = cancel(contract)
    left = owed(cast)
    withdraw_cancellation(contract.id, by=SARA)

    assert (contract.ends_on, kept.refund_minor) == (date(2027, 6, 9), 2_393_425)
    assert (before, left, owed(cast)) == (2_400_000, 6_575, 2_400_000)


def test_the_fee_for_leaving_early_is_invoiced_and_credited_for_who_stays(cast):
    early = LeavingTerms(notice_days=5, early=EarlyEnd.FEE, fee_minor=150_000)
    contract = make_contract(cast, replace(YEAR, leaving=early), starts_on=date(2026, 1, 1))
    before = owed(cast)

    shown = cancel_preview(CancelRequest(contract.id))
    cancel(contract)
    charged = owed(cast)
    withdraw_cancellation(contract.id, by=SARA)

    assert (shown.open_minor, shown.due_minor) == (before, before + 150_000)
    assert (charged, owed(cast)) == (before + 150_000, before)


def test_the_next_fee_of_a_rolling_contract_is_the_last_that_was_shown(cast):
    contract = make_contract(cast, ROLLING, starts_on=date(2026, 5, 31))

    kept = cancel(contract)
    (fee,) = db.session.query(RecurringCharge).filter_by(contract_id=contract.id).all()
    assert (kept.last_day, kept.last_charge_on) == (date(2026, 7, 30), date(2026, 6, 30))
    assert (fee.due_on, fee.state) == (date(2026, 6, 30), ChargeState.PLANNED)
    withdraw_cancellation(contract.id, by=SARA)

    assert schedule_of(contract.id).until_on is None
