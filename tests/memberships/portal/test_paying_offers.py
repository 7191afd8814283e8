"""An offer accepted and paid in one tap: at a gateway's page, or with a card that it keeps."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from memberships.billing.gateways.models import PaymentIntent, PayMethod
from memberships.billing.gateways.one_tap import Tap, pay_by_tap
from memberships.billing.gateways.rules import IntentState
from memberships.billing.models import Invoice
from memberships.contracts.history import contracts_of
from memberships.contracts.touch_offers import offer_for
from memberships.portal.links import offer_token
from tests.memberships.conftest import SARA, YEAR, make_contract
from tests.memberships.gateways.fake import running
from tests.memberships.gateways.money import intent_states, keys_of, paid_sums
from tests.memberships.gateways.stripe_fake import FakeStripe
from tests.memberships.races import PEOPLE, all_at_once

START = date(2027, 1, 31)
PRICE = 2_400_000


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def stripe_fake() -> Iterator[FakeStripe]:
    """Return a Stripe of our own that listens on this machine."""
    with running(FakeStripe()) as fake:
        yield fake  # type: ignore[misc]


@pytest.fixture
def shop(cast, open_app, stripe_fake):
    """Return an app that takes cards through the fake."""
    return open_app(**keys_of(stripe_fake.url, "stripe"))


@pytest.fixture
def token(shop, cast, clock) -> str:
    """Return the token of the offer for Mia's next year."""
    with shop.app_context(), unit_of_work():
        make_contract(cast, YEAR, starts_on=START)
        clock.move_to("2027-12-02T06:00Z")
        offer = offer_for(cast.members["Mia"], "J13a", by=SARA)
        return offer_token(offer, by=SARA)


@pytest.fixture
def card(shop, cast) -> str:
    """Return the id of the card that Stripe keeps for Mia."""
    with shop.app_context(), unit_of_work() as session:
        method = PayMethod(
            club_id=cast.club,
            person_id=cast.members["Mia"],
            gateway="stripe",
            customer="cus_1",
            token="pm_1",
            label="Visa •••• 4242",
            kept_by=SARA,
        )
        session.add(method)
        session.flush()
        return method.public_id


def terms(shop, cast) -> list[tuple[str, date, date | None]]:
    with shop.app_context(), unit_of_work(write=False):
        rows = contracts_of(cast.members["Mia"])
        return sorted((row.state.value, row.starts_on, row.ends_on) for row in rows)


GOES_ON = [("signed", START, date(2028, 1, 30)), ("signed", date(2028, 1, 31), date(2029, 3, 1))]


def test_offer_is_accepted_and_paid_at_the_gateway_and_the_page_says_so(
    shop, cast, token, stripe_fake
):
    client = shop.test_client()

    there = client.post(f"/renew/{token}/pay", data={"gateway": "stripe", "_key": "k1"})
    stripe_fake.pay("cs_1")
    with shop.app_context(), unit_of_work(write=False):
        ref = db.session.scalars(select(PaymentIntent.ref)).one()
    back = client.get(f"/pay/back/{ref}", follow_redirects=True)
    page = client.get(f"/renew/{token}").text

    assert (there.status_code, there.location) == (303, f"{stripe_fake.url}/c/cs_1")
    assert "Paid. Thank you!" in back.text
    assert ("It is settled" in page, "Paid. Thank you." in page) == (True, True)
    assert terms(shop, cast) == GOES_ON
    assert sum(paid_sums(shop)) == PRICE


def test_kept_card_pays_the_offer_with_one_tap_and_a_second_tap_pays_nothing(
    shop, cast, token, card, stripe_fake
):
    client = shop.test_client()
    assert "Go on and pay with Visa •••• 4242" in client.get(f"/renew/{token}").text

    taps = [
        client.post(f"/renew/{token}/pay", data={"card": card, "_key": key}) for key in ("k1", "k2")
    ]

    assert [tap.status_code for tap in taps] == [303, 303]
    assert "Paid. Thank you." in client.get(f"/renew/{token}").text
    assert stripe_fake.taken == [("pi_1", PRICE)]
    assert paid_sums(shop) == [PRICE]
    assert terms(shop, cast) == GOES_ON


def test_declined_card_signs_the_term_says_so_and_may_be_tried_again(
    shop, cast, token, card, stripe_fake, clock
):
    client = shop.test_client()
    stripe_fake.decline = "insufficient_funds"

    declined = client.post(f"/renew/{token}/pay", data={"card": card, "_key": "k1"})
    clock.move_to("2027-12-03T06:00Z")
    stripe_fake.decline = None
    paid = client.post(f"/renew/{token}/pay", data={"card": card, "_key": "k2"})

    assert (declined.status_code, paid.status_code) == (402, 303)
    assert "The card was not charged" in declined.text
    assert "Pay with Visa •••• 4242" in declined.text
    assert intent_states(shop) == [("paid", "")]
    assert (paid_sums(shop), terms(shop, cast)) == ([PRICE], GOES_ON)


def test_answer_that_was_lost_is_not_charged_twice(shop, token, card, stripe_fake):
    client = shop.test_client()
    client.post(f"/renew/{token}", data={"answer": "yes"})
    stripe_fake.lose_next_answer = True
    client.post(f"/renew/{token}/pay", data={"card": card, "_key": "k1"})
    stripe_fake.lose_next_answer = True

    lost = client.post(f"/renew/{token}/pay", data={"card": card, "_key": "k2"})
    again = client.post(f"/renew/{token}/pay", data={"card": card, "_key": "k3"})

    assert (lost.status_code, again.status_code) == (202, 303)
    assert "waiting for word of your payment" in lost.text
    assert stripe_fake.taken == [("pi_1", PRICE)]
    assert paid_sums(shop) == [PRICE]


def test_card_of_somebody_else_is_not_found(shop, cast, token, card):
    with shop.app_context(), unit_of_work() as session:
        session.scalars(select(PayMethod)).one().person_id = cast.members["Zia"]

    answer = shop.test_client().post(f"/renew/{token}/pay", data={"card": card})

    assert answer.status_code == 404
    assert paid_sums(shop) == []


def test_after_its_last_day_the_offer_signs_and_charges_nothing(shop, cast, token, card, clock):
    clock.move_to("2028-03-05T06:00Z")

    by_card = shop.test_client().post(f"/renew/{token}/pay", data={"card": card})
    at_desk = shop.test_client().post(f"/renew/{token}", data={"answer": "yes"})

    assert "This offer has ended" in by_card.text
    assert (by_card.status_code, at_desk.status_code) == (409, 409)
    assert (paid_sums(shop), len(terms(shop, cast))) == ([], 1)


def test_sixteen_taps_at_once_move_the_money_once(shop, cast, token, card, stripe_fake):
    shop.test_client().post(f"/renew/{token}", data={"answer": "yes"})
    with shop.app_context(), unit_of_work(write=False):
        invoice = db.session.scalars(select(Invoice.id).order_by(Invoice.id.desc())).first()
    mia = cast.members["Mia"]

    def tap(_round: int, person: int) -> IntentState:
        return pay_by_tap(Tap(invoice, mia, card, f"k{person}"), by=f"member:{mia}")

    states = all_at_once(shop, 1, tap)[0]

    assert stripe_fake.taken == [("pi_1", PRICE)]
    assert paid_sums(shop) == [PRICE]
    assert (len(states), set(states)) == (PEOPLE, {IntentState.PAID})
