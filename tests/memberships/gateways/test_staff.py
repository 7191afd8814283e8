"""Staff and gateways: the club's choice, money in review, returns, kept cards, links, the API."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club, club_setting
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from clubcrm.core.money import Money
from memberships.billing.gateways.base import KeptMethod, Outcome, Verdict
from memberships.billing.gateways.intents import Begin, begin_payment, keep_method, settle
from memberships.billing.gateways.jobs import ask_gateways, send_refunds
from memberships.billing.gateways.models import GatewayReturn, PaymentIntent, PayMethod
from memberships.billing.models import Payment
from memberships.billing.orders import RefundOrder, Tender
from memberships.billing.refunds import refund
from memberships.dunning.models import ChargeSchedule
from tests.cast import PASSWORD
from tests.memberships.dunning.life import plan
from tests.memberships.gateways.fake import running
from tests.memberships.gateways.money import (
    BY,
    intent_states,
    invoice_for,
    keys_of,
    paid_sums,
    pay_token,
)
from tests.memberships.gateways.stripe_fake import FakeStripe

EURO = Money(4_900, "EUR")


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
def olga(shop):
    """Olga, who owns both clubs, works in Berlin today."""
    client = shop.test_client()
    client.post("/sign-in", data={"email": "olga@club.example", "password": PASSWORD})
    with shop.app_context(), unit_of_work(write=False):
        public_id = db.session.scalar(select(Club.public_id).where(Club.name == "Mitte"))
    with client.session_transaction() as session:
        session["club"] = public_id
    return client


def begun(cast, number="1", **more):
    order = Begin(
        cast.other_club, cast.members["Zia"], None, EURO, "stripe", ("story", number), **more
    )
    return begin_payment(order)


def paid(name="pi_1", amount=EURO):
    return Verdict(Outcome.PAID, amount, name)


def late(shop, cast, number="1"):
    """A payment of 49 euros came three hours too late; returns its reference."""
    with shop.app_context(), unit_of_work():
        intent = begun(cast, number)
        intent_id, ref = intent.id, intent.ref
    later = clock.now() + timedelta(hours=3)
    with time_machine.travel(later), shop.app_context(), unit_of_work():
        settle(intent_id, paid(f"pi_{number}"), by="gateway:stripe")
    return ref


def run(shop, job, ahead=timedelta(0)):
    with shop.app_context():
        return job(JobContext(job.__name__, "1", clock.now() + ahead))


def test_the_club_chooses_among_what_is_set_up_and_nothing_else_changes(shop, cast, olga):
    with shop.app_context(), unit_of_work():
        plan(cast, clock.today("Europe/Berlin"))
        keep_method(begun(cast), KeptMethod("cus_1", "pm_1", "Visa"), by=BY)

    page = olga.get("/settings/gateways").text
    saved = olga.post("/settings/gateways", data={"gateways": []})

    assert "/hooks/pay/stripe" in page
    assert "CLUBCRM_KHALTI_KEY" not in page
    assert saved.status_code == 303
    with shop.app_context(), unit_of_work(write=False):
        assert club_setting(cast.other_club, "gateways", None) == []
        assert db.session.scalars(select(PayMethod.state)).one().value == "active"
        assert db.session.scalars(select(ChargeSchedule.state)).one().value == "active"


def test_a_way_that_is_not_set_up_cannot_be_chosen(olga):
    assert olga.post("/settings/gateways", data={"gateways": ["khalti"]}).status_code == 400


def test_late_money_is_taken_by_a_person(shop, cast, olga):
    ref = late(shop, cast)

    page = olga.get("/money/review").text
    olga.post(f"/money/review/{ref}/accept")

    assert "It came after the time for paying was over." in page
    assert paid_sums(shop) == [4_900]
    assert intent_states(shop) == [("paid", "late")]


def test_late_money_is_sent_back_through_its_gateway(shop, cast, olga):
    ref = late(shop, cast)

    olga.post(f"/money/review/{ref}/return")
    done = run(shop, send_refunds)
    run(shop, send_refunds)

    assert done.done == 1
    assert intent_states(shop) == [("returned", "late")]
    assert paid_sums(shop) == []


def test_money_that_came_twice_waits_beside_the_first(shop, cast, olga):
    with shop.app_context(), unit_of_work():
        intent_id = begun(cast).id
        settle(intent_id, paid("pi_1"), by=BY)
        settle(intent_id, paid("pi_2"), by=BY)
        settle(intent_id, paid("pi_2"), by=BY)

    assert paid_sums(shop) == [4_900]
    assert intent_states(shop) == [("paid", ""), ("review", "twice")]


def test_money_that_counts_for_another_payment_is_not_taken_again(shop, cast):
    with shop.app_context(), unit_of_work():
        settle(begun(cast, "1").id, paid("pi_1"), by=BY)
        settle(begun(cast, "2").id, paid("pi_1"), by=BY)

    assert paid_sums(shop) == [4_900]
    assert intent_states(shop) == [("paid", ""), ("review", "taken")]


def test_a_wrong_amount_can_only_be_sent_back(shop, cast, olga):
    with shop.app_context(), unit_of_work():
        intent = begun(cast)
        ref = intent.ref
        settle(intent.id, paid("pi_1", Money(4_800, "EUR")), by=BY)

    assert olga.post(f"/money/review/{ref}/accept").status_code == 409
    assert "Take as payment" not in olga.get("/money/review").text


def test_a_refund_by_gateway_leaves_once(shop, cast, stripe_fake):
    with shop.app_context(), unit_of_work():
        settle(begun(cast).id, paid(), by=BY)
        payment_id = db.session.scalars(select(Payment.id)).one()
        refund(RefundOrder(payment_id, 1_000, "wish", Tender.GATEWAY), by="user:1")

    first, second = run(shop, send_refunds), run(shop, send_refunds)

    asked = stripe_fake.asked_at("/v1/refunds")
    assert (first.done, second.done) == (1, 0)
    assert [one.form["amount"] for one in asked] == ["1000"]
    with shop.app_context(), unit_of_work(write=False):
        assert db.session.scalars(select(GatewayReturn.state)).one().value == "done"


def test_a_refund_the_gateway_refuses_waits_for_a_person(shop, cast, olga, stripe_fake):
    ref = late(shop, cast)
    olga.post(f"/money/review/{ref}/return")
    refused = {"id": "re_1", "object": "refund", "status": "failed"}
    stripe_fake.say("/v1/refunds", refused)
    run(shop, send_refunds)

    page = olga.get("/money/review").text
    olga.post(f"/money/review/{ref}/by-hand")

    assert "It did not go back" in page
    assert intent_states(shop) == [("returned", "late")]


def test_a_payment_nobody_told_about_is_asked_for(shop, cast, stripe_fake):
    with shop.app_context(), unit_of_work():
        token = pay_token(invoice_for(cast, "Zia", 4_900))
    shop.test_client().post(f"/pay/{token}", data={"gateway": "stripe", "_key": "k"})
    stripe_fake.pay("cs_1")

    run(shop, ask_gateways, timedelta(minutes=1))
    early = paid_sums(shop)
    run(shop, ask_gateways, timedelta(minutes=5))

    assert (early, paid_sums(shop)) == ([], [4_900])


def test_a_payment_that_was_never_made_expires(shop, cast, stripe_fake):
    with shop.app_context(), unit_of_work():
        token = pay_token(invoice_for(cast, "Zia", 4_900))
    shop.test_client().post(f"/pay/{token}", data={"gateway": "stripe", "_key": "k"})

    with time_machine.travel(clock.now() + timedelta(hours=2)):
        run(shop, ask_gateways)

    assert intent_states(shop) == [("expired", "")]


def test_a_card_number_is_never_kept(shop, cast):
    with shop.app_context(), unit_of_work():
        intent = begun(cast)
        with pytest.raises(DomainError, match="CARD_NUMBER"):
            keep_method(intent, KeptMethod("cus_1", "4242 4242 4242 4242", "Visa"), by=BY)


def test_a_member_takes_a_kept_card_back(shop, cast, olga):
    with shop.app_context(), unit_of_work():
        kept = keep_method(begun(cast), KeptMethod("cus_1", "pm_1", "Visa •••• 4242"), by=BY)
        method = kept.public_id
    address = f"/members/{cast.public['Zia']}/pay-methods"

    before = olga.get(address).text
    olga.post(f"{address}/{method}/remove")

    assert "Visa •••• 4242" in before
    assert "No card is kept" in olga.get(address).text


def test_a_link_to_pay_opens_for_whoever_scans_it(shop, cast, olga):
    with shop.app_context(), unit_of_work():
        invoice = invoice_for(cast, "Zia", 4_900).public_id

    page = olga.post(f"/invoices/{invoice}/pay-link").text

    assert "<svg" in page
    path = page.split("/pay/")[1].split("<")[0]
    assert "€49.00" in shop.test_client().get(f"/pay/{path}").text


def test_the_api_charges_a_recurring_fee_and_knows_no_other(shop, cast, olga):
    with shop.app_context(), unit_of_work():
        invoice = invoice_for(cast, "Zia", 4_900).public_id

    assert olga.post(f"/api/v1/invoices/{invoice}/charge", json={}).status_code == 404
    assert olga.post("/api/v1/invoices/nothing/charge", json={}).status_code == 404


def test_a_payment_of_another_club_is_not_there(shop, cast):
    ref = late(shop, cast)
    frank = shop.test_client()
    frank.post("/sign-in", data={"email": "max@club.example", "password": PASSWORD})

    assert frank.post(f"/money/review/{ref}/accept").status_code == 404
    with shop.app_context(), unit_of_work(write=False):
        assert db.session.scalars(select(PaymentIntent.state)).one().value == "review"


def test_the_choice_says_what_becomes_of_monthly_fees_with_each_way(client_of):
    page = client_of("Max").get("/settings/gateways").text

    assert "Keeps cards: monthly fees are charged without the member." in page
    assert "bKash asks for the PIN at every payment" in page
    assert "A stored card is charged only while its holder confirms it" in page
