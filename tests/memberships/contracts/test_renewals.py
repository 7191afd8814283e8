from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.history import contracts_of
from memberships.contracts.invariants import contract_periods, renewals, unit_balances
from memberships.contracts.models import Contract
from memberships.contracts.next_terms import renewal_terms
from memberships.contracts.offers import (
    OfferRequest,
    decline_renewal,
    offer_renewal,
    withdraw_offer,
)
from memberships.contracts.plans import edit_plan, withdraw_plan
from memberships.contracts.renewal_tables import DeclineReason, OfferState
from memberships.contracts.renewal_terms import Carry, Conditions
from memberships.contracts.renewals import (
    AcceptRequest,
    accept_renewal,
    carry_over,
    renew,
)
from memberships.contracts.rules import ContractState, PlanKind
from memberships.contracts.services import end_contract, void_contract
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.packages.services import use_visit
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    YEAR,
    make_contract,
    make_plan,
)

START = date(2027, 1, 31)
LAST = date(2028, 1, 30)
EARLY = replace(YEAR, conditions=Conditions(early_price_minor=2_200_000, early_days=30))

pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def clock():
    """Return the clock of Dhaka, standing at noon four weeks before the year ends."""
    with time_machine.travel("2028-01-02T06:00Z", tick=False) as traveller:
        yield traveller


def year_of(cast, terms=YEAR, starts_on=START) -> Contract:
    with time_machine.travel("2027-01-31T06:00Z", tick=False):
        return make_contract(cast, terms, starts_on=starts_on)


def refusal_of(act) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def test_accepted_offer_starts_the_day_after_and_costs_what_it_said(cast, clock):
    old = year_of(cast)
    offer = offer_renewal(OfferRequest(old.id), by=SARA)

    renewal = accept_renewal(AcceptRequest(offer.id), by="member")

    new = renewal.contract
    assert renewal.is_new
    assert (new.previous_id, new.state) == (old.id, ContractState.SIGNED)
    assert (new.starts_on, new.ends_on) == (date(2028, 1, 31), date(2029, 1, 30))
    assert (new.price_minor, new.currency) == (2_400_000, "BDT")
    assert (offer.state, offer.accepted_contract_id) == (OfferState.ACCEPTED, new.id)
    assert [*contract_periods(), *renewals()] == []


def test_second_acceptance_gives_the_same_contract_and_tells_nothing(cast, clock):
    offer = offer_renewal(OfferRequest(year_of(cast).id), by=SARA)
    first = accept_renewal(AcceptRequest(offer.id), by="member")

    again = accept_renewal(AcceptRequest(offer.id), by=SARA)
    at_the_desk = renew(offer.contract_id, by=SARA, clash_seen=True)

    assert again.contract.id == at_the_desk.contract.id == first.contract.id
    assert not again.is_new
    assert not at_the_desk.is_new
    told = select(func.count()).select_from(Event).where(Event.kind == "ContractRenewed")
    assert db.session.scalar(told) == 1


def test_same_offer_asked_again_is_the_one_the_member_has(cast, clock):
    old = year_of(cast)

    first = offer_renewal(OfferRequest(old.id), by=SARA)
    second = offer_renewal(OfferRequest(old.id), by=SARA)

    assert first.id == second.id
    assert first.expires_on == LAST + timedelta(days=30)


def test_term_after_a_freeze_starts_after_the_moved_end(cast, clock):
    old = year_of(cast)
    freeze_contract(FreezeRequest(old.id, date(2028, 1, 5), date(2028, 1, 18), "Travel"), by=SARA)

    new = renew(old.id, by=SARA, clash_seen=False).contract

    assert old.ends_on == date(2028, 2, 13)
    assert (new.starts_on, new.ends_on) == (date(2028, 2, 14), date(2029, 2, 13))


def test_freeze_after_the_renewal_moves_the_next_term_along(cast, clock):
    old = year_of(cast)
    other = make_plan(cast, replace(YEAR, name="Other year"))
    new = renew(old.id, by=SARA, plan_id=other.plan_id, clash_seen=False).contract

    freeze_contract(FreezeRequest(old.id, date(2028, 1, 5), date(2028, 1, 18), "Travel"), by=SARA)

    assert old.ends_on == date(2028, 2, 13)
    assert (new.starts_on, new.ends_on) == (date(2028, 2, 14), date(2029, 2, 13))
    assert [*contract_periods(), *renewals()] == []


def test_void_renewal_gives_its_place_free(cast, clock):
    old = year_of(cast)
    mistake = renew(old.id, by=SARA, clash_seen=False).contract
    void_contract(mistake.id, by=SARA, why="Mistake")

    again = renew(old.id, by=SARA, clash_seen=False)

    assert again.is_new
    assert (again.contract.previous_id, mistake.previous_id) == (old.id, None)
    assert renewals() == []


@pytest.mark.parametrize(
    ("today", "rule"),
    [
        ("2027-11-30T06:00Z", "too_early"),
        ("2027-12-01T06:00Z", None),
        ("2028-02-29T06:00Z", None),
        ("2028-03-01T06:00Z", "too_late"),
    ],
)
def test_window_opens_and_closes_on_its_days(cast, clock, today, rule):
    old = year_of(cast)
    clock.move_to(today)

    if rule is None:
        assert renew(old.id, by=SARA, clash_seen=False).contract.starts_on == date(2028, 1, 31)
    else:
        refusal = refusal_of(lambda: renew(old.id, by=SARA, clash_seen=False))
        assert (refusal.code, refusal.extra["rule"]) == ("RENEWAL_REFUSED", rule)


def test_window_of_the_plan_beats_that_of_the_club(cast, clock):
    set_club_setting(cast.club, "renewal_days_before", 20)
    by_club = year_of(cast)
    by_plan = year_of(
        cast, replace(YEAR, name="Long", conditions=Conditions(days_before=90, days_after=5))
    )

    refusal = refusal_of(lambda: renew(by_club.id, by=SARA, clash_seen=True))

    assert refusal.extra["rule"] == "too_early"
    assert offer_renewal(OfferRequest(by_plan.id), by=SARA).expires_on == date(2028, 2, 4)
    assert renew(by_plan.id, by=SARA, clash_seen=True).is_new


def test_early_price_counts_until_its_last_day(cast, clock):
    old = year_of(cast, EARLY)
    offer = offer_renewal(OfferRequest(old.id), by=SARA)
    assert (offer.early_price_minor, offer.early_until) == (2_200_000, date(2027, 12, 31))

    clock.move_to("2027-12-31T17:59Z")
    assert renewal_terms(offer).price_minor == 2_200_000
    clock.move_to("2027-12-31T18:00Z")
    assert renewal_terms(offer).price_minor == 2_400_000


def test_offer_keeps_its_price_when_the_plan_is_edited(cast, clock):
    plan = make_plan(cast)
    with time_machine.travel("2027-01-31T06:00Z", tick=False):
        old = make_contract(cast, plan=plan, starts_on=START)
    offer = offer_renewal(OfferRequest(old.id), by=SARA)
    dearer = replace(
        YEAR, price_minor=9_900_000, conditions=Conditions(carry=Carry.ALL, days_after=0)
    )
    edit_plan(plan.plan_id, dearer, seen_version=1, by=SARA)
    withdraw_plan(plan.plan_id, by=SARA)

    new = accept_renewal(AcceptRequest(offer.id), by="member").contract

    assert (new.price_minor, new.plan_version_id) == (2_400_000, plan.version_id)


def test_member_may_choose_another_plan_at_its_list_price(cast, clock):
    offer = offer_renewal(OfferRequest(year_of(cast).id), by=SARA)
    half = make_plan(cast, replace(YEAR, name="Half", term_months=6, price_minor=1_300_000))

    new = accept_renewal(AcceptRequest(offer.id, plan_id=half.plan_id), by="member").contract

    assert (new.price_minor, new.ends_on) == (1_300_000, date(2028, 7, 30))


@pytest.mark.parametrize(
    ("terms", "code"),
    [(MONTHLY, "RENEWAL_REFUSED"), (DAY_PASS, "NOT_ON_SALE")],
)
def test_what_has_no_next_term_is_not_renewed(cast, clock, terms, code):
    contract = make_contract(cast, terms, starts_on=date(2028, 1, 2))

    assert refusal_of(lambda: renew(contract.id, by=SARA, clash_seen=False)).code == code


def test_void_contract_and_unknown_ones_are_not_renewed(cast, clock):
    old = year_of(cast)
    void_contract(old.id, by=SARA, why="Mistake")

    refusal = refusal_of(lambda: renew(old.id, by=SARA, clash_seen=False))
    assert refusal.extra["rule"] == "not_signed"
    assert refusal_of(lambda: renew(9_999, by=SARA, clash_seen=False)).code == "NOT_FOUND"
    assert refusal_of(lambda: accept_renewal(AcceptRequest(9_999), by=SARA)).code == "NOT_FOUND"


def test_offer_past_its_day_is_refused_with_the_day(cast, clock):
    old = year_of(cast)
    asked = OfferRequest(old.id, expires_on=date(2028, 1, 10))
    offer = offer_renewal(asked, by=SARA)
    clock.move_to("2028-01-10T18:00Z")

    refusal = refusal_of(lambda: accept_renewal(AcceptRequest(offer.id), by="member"))

    assert (refusal.code, refusal.status) == ("OFFER_EXPIRED", 409)
    assert "10 Jan 2028" in refusal.text
    assert len(contracts_of(cast.members["Mia"])) == 1


def test_withdrawn_offer_is_refused_and_a_declined_one_may_be_accepted_after_all(cast, clock):
    gone = offer_renewal(OfferRequest(year_of(cast).id), by=SARA)
    withdraw_offer(gone.id, by=SARA)
    refusal = refusal_of(lambda: accept_renewal(AcceptRequest(gone.id), by="member"))
    assert refusal.code == "OFFER_WITHDRAWN"

    offer = offer_renewal(OfferRequest(gone.contract_id), by=SARA)
    decline_renewal(offer.id, DeclineReason.PRICE, by="member", words="Too dear")
    decline_renewal(offer.id, DeclineReason.OTHER, by="member")
    assert (offer.state, offer.reason, offer.words) == (
        OfferState.DECLINED,
        DeclineReason.PRICE,
        "Too dear",
    )
    assert accept_renewal(AcceptRequest(offer.id), by="member").is_new


def test_clash_with_another_plan_stops_the_member_and_only_warns_the_desk(cast, clock):
    old = year_of(cast)
    mornings = make_contract(cast, replace(YEAR, name="Mornings"), starts_on=date(2028, 1, 20))
    offer = offer_renewal(OfferRequest(old.id), by=SARA)

    refusal = refusal_of(lambda: accept_renewal(AcceptRequest(offer.id), by="member"))

    assert (refusal.code, refusal.extra["contract"]) == ("CONTRACT_OVERLAPS", mornings.number)
    assert renewal_terms(offer).clash == mornings.number
    assert accept_renewal(AcceptRequest(offer.id, clash_seen=True), by=SARA).is_new


def test_contract_on_the_same_plan_is_never_doubled(cast, clock):
    plan = make_plan(cast)
    with time_machine.travel("2027-01-31T06:00Z", tick=False):
        old = make_contract(cast, plan=plan, starts_on=START)
    make_contract(cast, plan=plan, starts_on=date(2028, 3, 1))

    refusal = refusal_of(lambda: renew(old.id, by=SARA, clash_seen=True))

    assert refusal.code == "CONTRACT_OVERLAPS"


def pack_of(cast, conditions: Conditions, used: int) -> Contract:
    with time_machine.travel("2027-10-31T06:00Z", tick=False) as clock:
        pack = make_contract(
            cast,
            replace(TEN_VISITS, conditions=conditions),
            starts_on=date(2027, 10, 31),
        )
        lot = db.session.scalars(
            select(PackageLot.id).where(PackageLot.contract_id == pack.id)
        ).one()
        for number in range(used):
            clock.shift(timedelta(days=1))
            use_visit(lot, "visit", f"{pack.id}-{number}", pack.created_at, "device:gate")
    return pack


def lines_of(contract_id: int) -> list[tuple[EntryKind, int]]:
    return [
        (kind, delta)
        for kind, delta in db.session.execute(
            select(PackageEntry.kind, PackageEntry.delta)
            .join(PackageLot, PackageLot.id == PackageEntry.lot_id)
            .where(PackageLot.contract_id == contract_id, PackageEntry.kind != EntryKind.USE)
            .order_by(PackageEntry.id)
        )
    ]


@pytest.mark.parametrize(
    ("conditions", "moved"),
    [
        (Conditions(), 0),
        (Conditions(carry=Carry.ALL), 6),
        (Conditions(carry=Carry.UP_TO, carry_units=2), 2),
    ],
)
def test_unused_units_follow_the_carry_rule_when_the_old_pack_is_over(
    cast, clock, conditions, moved
):
    old = pack_of(cast, conditions, used=4)
    new = renew(old.id, by=SARA, clash_seen=False).contract
    assert lines_of(old.id) == [(EntryKind.BUY, 10)]

    end_contract(old.id, by="system")
    assert carry_over(old.id, by="system") == moved
    assert carry_over(old.id, by="system") == 0

    carried = [(EntryKind.TRANSFER, moved)] if moved else []
    assert lines_of(new.id) == [(EntryKind.BUY, 10), *carried]
    assert unit_balances() == []


def test_late_renewal_brings_the_units_at_once(cast, clock):
    old = pack_of(cast, Conditions(carry=Carry.ALL), used=7)
    clock.move_to("2028-02-03T06:00Z")

    new = renew(old.id, by=SARA, clash_seen=False).contract

    assert new.starts_on == date(2028, 1, 31)
    assert lines_of(new.id) == [(EntryKind.BUY, 10), (EntryKind.TRANSFER, 3)]


def test_pack_that_is_used_up_may_go_on_today(cast, clock):
    old = pack_of(cast, Conditions(), used=10)

    new = renew(old.id, by=SARA, clash_seen=False).contract

    assert (old.ends_on, new.starts_on) == (date(2028, 1, 30), date(2028, 1, 2))
    assert [*contract_periods(), *renewals()] == []


def test_i16_finds_a_renewal_that_follows_nothing(cast, clock):
    offer = offer_renewal(OfferRequest(year_of(cast).id), by=SARA)
    new = accept_renewal(AcceptRequest(offer.id), by="member").contract
    new.previous_id = None
    db.session.flush()

    assert renewals() == [f"offer {offer.id}: contract {new.id} does not follow it"]


def test_kind_of_a_day_pass_is_not_offered_as_the_next_term(cast, clock):
    old = year_of(cast)
    day = make_plan(cast, DAY_PASS)

    assert day.terms.kind is PlanKind.DAY
    refusal = refusal_of(lambda: offer_renewal(OfferRequest(old.id, day.plan_id), by=SARA))
    assert refusal.code == "NOT_ON_SALE"
