"""An invoice paid by link at Stripe: there and back, by message, late, wrongly, in a race."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.money import Money
from clubcrm.people.models import ContactHold
from memberships.billing.gateways.base import Outcome, Verdict
from memberships.billing.gateways.intents import Begin, begin_payment, settle
from memberships.billing.gateways.models import GatewayLetter, PaymentIntent, PayMethod
from memberships.billing.gateways.rules import IntentState
from memberships.billing.models import Instalment, Payment
from tests import long
from tests.memberships.gateways.fake import running
from tests.memberships.gateways.money import (
    count,
    intent_states,
    invoice_for,
    keys_of,
    paid_sums,
    pay_token,
)
from tests.memberships.gateways.stripe_fake import FakeStripe, event, signed
from tests.memberships.races import PEOPLE, all_at_once

EURO = 4_900


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
def token(shop, cast):
    with shop.app_context(), unit_of_work():
        return pay_token(invoice_for(cast, "Zia", EURO))


def begin(client, token, **more):
    return client.post(f"/pay/{token}", data={"gateway": "stripe", "_key": "k1", **more})


def ref_of(shop):
    with shop.app_context(), unit_of_work(write=False):
        return db.session.scalars(select(PaymentIntent.ref)).one()


def open_sum(shop):
    with shop.app_context(), unit_of_work(write=False):
        return sum(db.session.scalars(select(Instalment.open_minor)))


def tell(client, raw, headers):
    answer = client.post(
        "/hooks/pay/stripe", data=raw, headers=headers, content_type="application/json"
    )
    return answer.status_code


def test_the_page_shows_the_sum_and_lets_its_form_lead_only_to_the_gateway(shop, token):
    page = shop.test_client().get(f"/pay/{token}")

    policy = page.headers["Content-Security-Policy"]
    assert "€49.00" in page.text
    assert "Pay with Stripe" in page.text
    assert policy.endswith("form-action 'self' https://checkout.stripe.com")


def test_there_and_back_pays_the_invoice_once(shop, token, stripe_fake):
    client = shop.test_client()

    there = begin(client, token)
    stripe_fake.pay("cs_1")
    back = client.get(f"/pay/back/{ref_of(shop)}")
    again = client.get(f"/pay/back/{ref_of(shop)}")
    done = client.get(back.location)

    assert (there.status_code, there.location) == (303, f"{stripe_fake.url}/c/cs_1")
    assert (back.status_code, again.status_code) == (303, 303)
    assert "Paid. Thank you!" in done.text
    assert paid_sums(shop) == [EURO]
    assert open_sum(shop) == 0


def test_the_browsers_word_alone_pays_nothing(shop, token):
    client = shop.test_client()
    begin(client, token)

    client.get(f"/pay/back/{ref_of(shop)}?status=success&paid=1")

    assert paid_sums(shop) == []
    assert intent_states(shop) == [("open", "")]


def test_the_same_form_twice_begins_one_payment(shop, token, stripe_fake):
    client = shop.test_client()

    first, second = begin(client, token), begin(client, token)

    assert first.location == second.location
    assert len(stripe_fake.sessions) == 1


def test_a_message_pays_without_the_browser_and_a_replay_has_no_effect(shop, token, stripe_fake):
    client = shop.test_client()
    begin(client, token)
    raw = event("checkout.session.completed", stripe_fake.pay("cs_1"))

    statuses = [tell(client, raw, signed(raw)) for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert paid_sums(shop) == [EURO]
    with shop.app_context(), unit_of_work(write=False):
        letters = list(db.session.scalars(select(GatewayLetter).order_by(GatewayLetter.id)))
        assert [one.state.value for one in letters] == ["done", "repeated", "repeated"]
        assert letters[0].body == raw


@pytest.mark.fault
def test_f21_unsigned_forged_and_old_messages_are_401_and_change_nothing(shop, token, stripe_fake):
    client = shop.test_client()
    begin(client, token)
    raw = event("checkout.session.completed", stripe_fake.pay("cs_1"))

    statuses = [
        tell(client, raw, {}),
        tell(client, raw, {"Stripe-Signature": "t=1,v1=00"}),
        tell(client, raw, signed(raw, secret="another")),
        tell(client, raw + b" ", signed(raw)),
        tell(client, raw, signed(raw, age=301)),
    ]

    assert statuses == [401] * 5
    assert paid_sums(shop) == []
    with shop.app_context(), unit_of_work(write=False):
        kept = {(one.state.value, one.body) for one in db.session.scalars(select(GatewayLetter))}
        assert kept == {("refused", None)}


@pytest.mark.fault
def test_f21_control_the_signed_message_in_a_form_type_is_read_from_its_raw_bytes(
    shop, token, stripe_fake
):
    client = shop.test_client()
    begin(client, token)
    raw = event("checkout.session.completed", stripe_fake.pay("cs_1"))

    answer = client.post(
        "/hooks/pay/stripe",
        data=raw,
        headers=signed(raw),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    assert paid_sums(shop) == [EURO]


@pytest.mark.parametrize(
    ("path", "status"), [("/hooks/pay/khalti", 404), ("/hooks/pay/nobody", 404)]
)
def test_messages_of_gateways_that_are_not_set_up_go_nowhere(shop, path, status):
    assert shop.test_client().post(path, data=b"{}").status_code == status


def test_a_message_about_nothing_of_ours_is_kept_and_acknowledged(shop, cast):
    raw = event("payment_intent.succeeded", {"id": "pi_9", "status": "processing"})

    assert tell(shop.test_client(), raw, signed(raw)) == 200
    assert count(shop, GatewayLetter) == 1


def test_payer_who_contests_a_payment_is_left_in_peace_until_it_is_decided(
    shop, cast, token, stripe_fake
):
    client = shop.test_client()
    begin(client, token)
    paid = event("checkout.session.completed", stripe_fake.pay("cs_1"))
    tell(client, paid, signed(paid))
    case = {"id": "dp_1", "object": "dispute", "payment_intent": "pi_of_cs_1", "status": "lost"}
    opened = event("charge.dispute.created", case, "evt_2")
    closed = event("charge.dispute.closed", case, "evt_3")
    zia = cast.members["Zia"]

    assert [tell(client, opened, signed(opened)) for _ in range(2)] == [200, 200]
    contested = holds(shop, zia)
    assert tell(client, closed, signed(closed)) == 200

    assert contested == [("dispute", "gateway:stripe:dp_1", "gateway:stripe")]
    assert holds(shop, zia) == []
    assert paid_sums(shop) == [EURO]


def test_case_about_money_of_others_changes_nothing(shop, cast):
    case = {"id": "dp_9", "object": "dispute", "payment_intent": "pi_foreign"}
    raw = event("charge.dispute.created", case)

    assert tell(shop.test_client(), raw, signed(raw)) == 200
    assert count(shop, ContactHold) == 0


def holds(shop, person):
    with shop.app_context(), unit_of_work(write=False):
        standing = select(ContactHold).where(
            ContactHold.person_id == person, ContactHold.lifted_at.is_(None)
        )
        rows = db.session.scalars(standing)
        return [(one.kind.value, one.source, one.placed_by) for one in rows]


def test_money_in_another_amount_waits_for_a_person(shop, token, stripe_fake):
    client = shop.test_client()
    begin(client, token)
    raw = event("checkout.session.completed", stripe_fake.pay("cs_1", amount_total=4_800))

    tell(client, raw, signed(raw))

    assert paid_sums(shop) == []
    assert intent_states(shop) == [("review", "amount")]


def test_money_that_comes_after_its_time_waits_for_a_person(shop, token, stripe_fake):
    client = shop.test_client()
    begin(client, token)
    stripe_fake.pay("cs_1")

    with time_machine.travel(clock.now() + timedelta(hours=3)):
        client.get(f"/pay/back/{ref_of(shop)}")

    assert paid_sums(shop) == []
    assert intent_states(shop) == [("review", "late")]


def test_a_card_is_kept_only_on_the_payers_wish_and_only_by_reference(shop, token, stripe_fake):
    client = shop.test_client()
    begin(client, token, keep="1")
    raw = event("checkout.session.completed", stripe_fake.pay("cs_1"))

    tell(client, raw, signed(raw))

    with shop.app_context(), unit_of_work(write=False):
        kept = db.session.scalars(select(PayMethod)).one()
        assert (kept.customer, kept.token, kept.label) == ("cus_1", "pm_1", "Visa •••• 4242")


def test_a_gateway_that_is_down_takes_nothing_and_says_so(shop, token, stripe_fake):
    stripe_fake.say("/v1/checkout/sessions", {}, status=500)

    answer = begin(shop.test_client(), token)

    assert answer.status_code == 502
    assert "does not answer" in answer.text


def test_a_paid_invoice_and_an_ended_link_ask_for_nothing(shop, token, stripe_fake):
    client = shop.test_client()
    begin(client, token)
    stripe_fake.pay("cs_1")
    client.get(f"/pay/back/{ref_of(shop)}")

    assert "This invoice is paid" in client.get(f"/pay/{token}").text
    assert begin(client, token, _key="k2").status_code == 400
    assert client.get("/pay/nothing").status_code == 404


def ready(shop, cast, number):
    with shop.app_context(), unit_of_work():
        found = []
        for one in range(number):
            order = Begin(
                cast.other_club,
                cast.members["Zia"],
                None,
                Money(EURO, "EUR"),
                "stripe",
                ("race", str(one)),
            )
            found.append(begin_payment(order).id)
        return found


def test_message_and_return_race_and_the_money_is_taken_once(shop, cast):
    rounds = long.rounds()
    intents = ready(shop, cast, rounds)

    def either(number: int, person: int) -> str:
        with unit_of_work():
            told = Verdict(Outcome.PAID, Money(EURO, "EUR"), f"t{number}")
            by = "gateway:stripe" if person % 2 else "browser"
            return settle(intents[number], told, by=by).state.value

    seen = all_at_once(shop, rounds, either)

    assert seen == [["paid"] * PEOPLE] * rounds
    assert paid_sums(shop) == [EURO] * rounds


def test_control_without_the_lock_everybody_takes_the_money(shop, cast):
    (intent_id,) = ready(shop, cast, 1)
    everybody_looked = threading.Barrier(PEOPLE, timeout=60)

    def take_after_a_look(_number: int, person: int) -> bool:
        with unit_of_work(write=False) as session:
            state = session.scalar(select(PaymentIntent.state).where(PaymentIntent.id == intent_id))
        everybody_looked.wait()
        if state is not IntentState.OPEN:
            return False
        with unit_of_work() as session:
            session.add(
                Payment(
                    club_id=cast.other_club,
                    payer_id=cast.members["Zia"],
                    year=2026,
                    sequence=1_000 + person,
                    number=f"control-{person}",
                    tender="gateway",
                    amount_minor=EURO,
                    free_minor=EURO,
                    currency="EUR",
                    source_kind="control",
                    source_id=str(person),
                    taken_on=clock.now().date(),
                    taken_by="control",
                )
            )
            session.flush()
            session.execute(
                update(PaymentIntent)
                .where(PaymentIntent.id == intent_id)
                .values(why=f"taken by {person}")
            )
        return True

    assert sum(all_at_once(shop, 1, take_after_a_look)[0]) == PEOPLE
    assert len(paid_sums(shop)) == PEOPLE
