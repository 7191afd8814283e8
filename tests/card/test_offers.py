"""The offer of the next term where staff look: on the member's card and beside his scan."""

from datetime import timedelta

import pytest
import time_machine

from clubcrm.core.db import unit_of_work
from memberships.contracts.offers import decline_renewal
from memberships.contracts.outlook import deal_of
from memberships.contracts.renewal_tables import DeclineReason, RenewalOffer
from memberships.contracts.renewals import AcceptRequest, accept_renewal
from memberships.contracts.touch_offers import offer_for
from tests.card import life


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def offered(app, cast, clock) -> int:
    """Mia's year ends in two months and she has an offer; returns its id."""
    life.sell(app, cast)
    life.give_card(app, cast)
    clock.move_to("2027-12-02T06:00Z")
    with app.app_context(), unit_of_work():
        return offer_for(cast.members["Mia"], "J13a", by=life.SARA).id


def seen(app, cast, client_of) -> tuple[str, str]:
    """Return what the card says, and what the desk says beside a scan."""
    life.scan(app, cast)
    frank = client_of("Frank")
    return frank.get(f"/members/{cast.public['Mia']}").text, frank.get("/desk").text


def test_open_offer_stands_on_card_and_desk_with_price_and_code(app, cast, client_of, offered):
    with app.app_context(), unit_of_work(write=False):
        code = deal_of(offered).code

    for page in seen(app, cast, client_of):
        assert f"Full year for ৳24,000.00, code {code}" in page


def test_no_of_the_member_stands_there_with_his_reason(app, cast, client_of, offered):
    with app.app_context(), unit_of_work():
        decline_renewal(offered, DeclineReason.PRICE, by="member:1")

    for page in seen(app, cast, client_of):
        assert "Said no to the next term" in page
        assert "It is too expensive" in page


def test_accepted_offer_is_told_by_the_next_contract_alone(app, cast, client_of, offered):
    with app.app_context(), unit_of_work():
        accept_renewal(AcceptRequest(offered), by=life.SARA)

    for page in seen(app, cast, client_of):
        assert "Offer open until" not in page


def test_offer_that_ran_out_is_told_for_a_month(app, cast, client_of, offered, clock):
    with app.app_context(), unit_of_work(write=False) as session:
        last_on = session.get_one(RenewalOffer, offered).expires_on
    clock.move_to(f"{last_on + timedelta(days=10)}T06:00Z")

    card, _desk = seen(app, cast, client_of)

    assert "Offer ran out on" in card
