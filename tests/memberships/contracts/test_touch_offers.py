from dataclasses import replace
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.clubs import club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.core.remembered import forget
from memberships.billing.models import Invoice
from memberships.contracts.catalogue import PLANS, plan_version
from memberships.contracts.deals import SHIPPED, Benefit
from memberships.contracts.invariants import contract_periods, renewals
from memberships.contracts.models import Contract
from memberships.contracts.next_terms import desk_terms
from memberships.contracts.offers import OfferRequest, offer_renewal
from memberships.contracts.outlook import deal_of, open_offers
from memberships.contracts.plans import edit_plan, withdraw_plan
from memberships.contracts.renewal_tables import OfferState
from memberships.contracts.renewals import (
    AcceptRequest,
    accept_renewal,
    renew,
    renewal_terms,
)
from memberships.contracts.services import end_contract
from memberships.contracts.touch_offers import (
    contract_to_renew,
    offer_for,
    offer_rules,
    rolling_contract,
    set_offer_rules,
)
from tests.memberships.conftest import DAY_PASS, MONTHLY, SARA, YEAR, make_contract

START = date(2027, 1, 31)
LAST = date(2028, 1, 30)

pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def clock():
    """Return the clock of Dhaka at noon, two months before the year ends."""
    with time_machine.travel("2027-12-01T06:00Z", tick=False) as traveller:
        yield traveller


def year_of(cast, terms=YEAR) -> Contract:
    with time_machine.travel("2027-01-31T06:00Z", tick=False):
        return make_contract(cast, terms, starts_on=START)


def plan_of(old: Contract) -> int:
    return plan_version(old.plan_version_id).plan_id


def dearer(old: Contract) -> None:
    """The plan of the contract costs 26,000 from now on."""
    edit_plan(plan_of(old), replace(YEAR, price_minor=2_600_000), by=SARA, seen_version=1)


def test_early_offer_keeps_the_price_that_has_risen_since(cast, clock):
    old = year_of(cast)
    dearer(old)

    offer = offer_for(cast.members["Mia"], "J13a", by=SARA)

    assert (offer.price_minor, offer.early_price_minor) == (2_600_000, 2_400_000)
    assert (offer.early_until, offer.expires_on) == (date(2027, 12, 31), date(2028, 2, 29))
    assert deal_of(offer.id).touch == "J13a"
    assert renewal_terms(offer).price_minor == 2_400_000


def test_early_offer_adds_days_where_the_price_is_the_old_one(cast, clock):
    year_of(cast)
    offer = offer_for(cast.members["Mia"], "J13a", by=SARA)
    terms = renewal_terms(offer)
    assert (terms.price_minor, terms.bonus_days) == (2_400_000, 30)
    assert (terms.ends_on, terms.last_day) == (date(2029, 1, 30), date(2029, 3, 1))

    new = accept_renewal(AcceptRequest(offer.id), by="member").contract

    assert (new.starts_on, new.ends_on) == (date(2028, 1, 31), date(2029, 3, 1))
    assert new.price_minor == 2_400_000
    assert [*contract_periods(), *renewals()] == []


def test_what_is_on_sale_is_read_once_for_an_offer(cast, clock, count_selects):
    year_of(cast)
    forget(PLANS)
    count_selects.statements.clear()

    assert offer_for(cast.members["Mia"], "J13a", by=SARA) is not None

    hours = [one for one in count_selects.statements if "FROM plan_window" in one]
    assert len(hours) == 1


def test_days_on_top_are_gone_after_their_day_and_for_another_plan(cast, clock):
    year_of(cast)
    offer = offer_for(cast.members["Mia"], "J13a", by=SARA)
    clock.move_to("2028-01-01T06:00Z")

    assert renewal_terms(offer).bonus_days == 0
    new = accept_renewal(AcceptRequest(offer.id), by="member").contract
    assert new.ends_on == date(2029, 1, 30)


def test_asking_again_gives_the_same_offer_with_the_same_code(cast, clock):
    year_of(cast)

    first = offer_for(cast.members["Mia"], "J13a", by=SARA)
    clock.move_to("2028-01-23T06:00Z")
    again = offer_for(cast.members["Mia"], "J13c", by=SARA)

    assert first.id == again.id
    assert len(deal_of(first.id).code) == 9


def test_lapsed_member_keeps_his_price_until_the_fourteenth_day(cast, clock):
    old = year_of(cast)
    dearer(old)
    offer_for(cast.members["Mia"], "J13a", by=SARA)
    clock.move_to("2028-02-02T06:00Z")
    end_contract(old.id, by="jobs")

    offer = offer_for(cast.members["Mia"], "J14a", by=SARA)

    assert (offer.price_minor, offer.expires_on) == (2_400_000, date(2028, 2, 13))
    assert len(open_offers(old.id)) == 2
    new = accept_renewal(AcceptRequest(offer.id), by="member").contract
    assert (new.starts_on, open_offers(old.id)) == (date(2028, 1, 31), [])


def test_who_comes_back_starts_on_that_day_and_pays_no_day_he_was_away(cast, clock):
    old = year_of(cast)
    dearer(old)
    clock.move_to("2028-04-29T06:00Z")
    end_contract(old.id, by="jobs")

    offer = offer_for(cast.members["Mia"], "J14c", by=SARA)
    new = accept_renewal(AcceptRequest(offer.id), by="member")
    again = accept_renewal(AcceptRequest(offer.id), by=SARA)

    assert (new.contract.starts_on, new.contract.ends_on) == (date(2028, 4, 29), date(2029, 4, 28))
    assert (new.contract.previous_id, new.contract.price_minor) == (None, 2_400_000)
    assert (again.is_new, again.contract.id) == (False, new.contract.id)
    invoices = db.session.scalars(
        select(Invoice.total_minor).where(Invoice.source_id == str(new.contract.id))
    ).all()
    assert invoices == [2_400_000]
    told = db.session.scalars(select(Event.kind)).all()
    assert ("ContractRenewed" in told, told.count("ContractSigned")) == (False, 2)
    assert [*contract_periods(), *renewals()] == []


def test_nobody_comes_back_from_a_contract_that_still_runs(cast, clock):
    year_of(cast)

    assert offer_for(cast.members["Mia"], "J14c", by=SARA) is None


def test_nothing_is_offered_where_nothing_can_go_on(cast, clock):
    mia = cast.members["Mia"]
    assert offer_for(mia, "J13a", by=SARA) is None
    old = year_of(cast)
    withdraw_plan(plan_of(old), by=SARA)
    assert offer_for(mia, "J13a", by=SARA) is None


def test_contract_that_rolls_on_has_a_notice_and_no_offer(cast, clock):
    monthly = make_contract(cast, MONTHLY, starts_on=date(2027, 11, 1))
    make_contract(cast, DAY_PASS, starts_on=date(2027, 12, 1))

    assert contract_to_renew(cast.members["Mia"]) is None
    assert rolling_contract(cast.members["Mia"]).id == monthly.id


def test_desk_renews_on_the_terms_of_the_offer(cast, clock):
    old = year_of(cast)
    dearer(old)
    offer = offer_for(cast.members["Mia"], "J13a", by=SARA)
    assert desk_terms(old.id, plan_of(old)).price_minor == 2_400_000

    made = renew(old.id, by=SARA, clash_seen=False)

    assert made.contract.price_minor == 2_400_000
    assert (offer.state, offer.accepted_contract_id) == (OfferState.ACCEPTED, made.contract.id)


def test_offer_of_the_desk_gets_its_code_when_a_touchpoint_takes_it_over(cast, clock):
    old = year_of(cast)
    plain = offer_renewal(OfferRequest(old.id), by=SARA)
    assert deal_of(plain.id) is None
    clock.move_to("2028-01-23T06:00Z")

    taken = offer_for(cast.members["Mia"], "J13c", by=SARA)

    assert taken.id == plain.id
    assert (deal_of(taken.id).touch, deal_of(taken.id).bonus_days) == ("J13c", 0)


def test_club_rules_are_kept_and_never_deeper_at_the_end(cast):
    rules = replace(SHIPPED, early=Benefit.MORE_DAYS, bonus_days=14)

    set_offer_rules(cast.club, rules, (45, 20), by=SARA)

    assert offer_rules(cast.club) == rules
    assert club_setting(cast.club, "renewal_days_before", 0) == 45
    deep = replace(SHIPPED, early=Benefit.NONE)
    with pytest.raises(DomainError) as refusal:
        set_offer_rules(cast.club, deep, (0, 20), by=SARA)
    faults = {one.field for one in refusal.value.fields}
    assert faults == {"lapsed", "comeback", "days_before"}
