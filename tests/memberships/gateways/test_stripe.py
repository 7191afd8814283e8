"""Stripe through its own library: checkout, charges of kept cards, refunds, signed messages."""

from collections.abc import Iterator

import pytest

from clubcrm.core.money import Money
from memberships.billing.gateways.base import (
    Ask,
    ChargeOrder,
    ForgedError,
    InDoubtError,
    Known,
    Outcome,
    Payer,
    Returned,
    ReturnOrder,
    UnreachableError,
    Verdict,
)
from memberships.billing.gateways.stripe_cards import StripeCards
from tests.memberships.gateways.fake import running
from tests.memberships.gateways.stripe_fake import SECRET, FakeStripe, event, signed

EURO = Money(4_900, "EUR")


@pytest.fixture
def stripe_fake() -> Iterator[FakeStripe]:
    """Return a Stripe of our own that listens on this machine."""
    with running(FakeStripe()) as fake:
        yield fake  # type: ignore[misc]


@pytest.fixture
def cards(stripe_fake) -> StripeCards:
    return StripeCards("sk_test_1", SECRET, stripe_fake.url)


def ask(*, keep=False):
    return Ask(
        "ref1",
        EURO,
        "Invoice 7",
        return_url="https://club.example/back",
        notice_url="https://club.example/hook",
        site_url="https://club.example",
        payer=Payer("Mia", "mia@club.example"),
        keep_method=keep,
    )


def order(cards, **changed):
    plain = {"ref": "ref1", "amount": EURO, "token": "pm_1", "customer": "cus_1", "key": "k1"}
    prepared = cards.prepare_charge(ChargeOrder(**plain))
    return ChargeOrder(**(plain | {"provider_ref": prepared} | changed))


def test_checkout_is_opened_once_and_its_payment_is_seen(cards, stripe_fake):
    step = cards.start_payment(ask())
    again = cards.start_payment(ask())
    waiting = cards.look_up(Known("ref1", EURO, step.provider_ref))
    stripe_fake.pay(step.provider_ref)
    paid = cards.verify(Known("ref1", EURO, step.provider_ref), {"anything": "goes"})

    assert again == step
    assert waiting.outcome is Outcome.WAITING
    assert paid == Verdict(Outcome.PAID, EURO, "pi_of_cs_1")


def test_a_card_is_kept_by_reference_only_when_the_payer_wished_it(cards, stripe_fake):
    step = cards.start_payment(ask(keep=True))
    stripe_fake.pay(step.provider_ref)

    kept = cards.look_up(Known("ref1", EURO, step.provider_ref)).method

    assert (kept.customer, kept.token, kept.label) == ("cus_1", "pm_1", "Visa •••• 4242")


def test_a_session_that_ran_out_has_failed(cards, stripe_fake):
    step = cards.start_payment(ask())
    stripe_fake.sessions[step.provider_ref]["status"] = "expired"

    assert cards.look_up(Known("ref1", EURO, step.provider_ref)).outcome is Outcome.FAILED


def test_a_kept_card_is_charged(cards, stripe_fake):
    verdict = cards.charge(order(cards))

    assert verdict == Verdict(Outcome.PAID, EURO, "pi_1")
    assert stripe_fake.taken == [("pi_1", 4_900)]


def test_a_declined_card_says_why_and_can_be_tried_again_under_the_next_key(cards, stripe_fake):
    stripe_fake.decline = "insufficient_funds"
    first = order(cards)
    declined = cards.charge(first)
    stripe_fake.decline = None
    same_key = cards.charge(first)
    next_key = cards.charge(order(cards, key="k2"))

    assert declined == Verdict(Outcome.FAILED, why="insufficient_funds")
    assert same_key.outcome is Outcome.FAILED
    assert next_key.outcome is Outcome.PAID
    assert stripe_fake.taken == [("pi_1", 4_900)]


def test_a_charge_that_has_succeeded_never_takes_money_again(cards, stripe_fake):
    cards.charge(order(cards))

    again = cards.charge(order(cards, key="k2"))

    assert again.outcome is Outcome.PAID
    assert len(stripe_fake.taken) == 1


def test_a_lost_answer_is_a_doubt_that_asking_ends(cards, stripe_fake):
    wanted = order(cards)
    stripe_fake.lose_next_answer = True

    with pytest.raises(InDoubtError):
        cards.charge(wanted)

    seen = cards.look_up(Known("ref1", EURO, wanted.provider_ref))
    assert seen.outcome is Outcome.PAID
    assert stripe_fake.taken == [("pi_1", 4_900)]


def test_a_card_that_is_gone_is_a_refusal(cards):
    assert cards.charge(order(cards, token="pm_gone")).why == "resource_missing"


@pytest.mark.parametrize(
    ("status", "error"), [(401, UnreachableError), (429, UnreachableError), (500, InDoubtError)]
)
def test_trouble_at_stripe_is_told_apart(cards, stripe_fake, status, error):
    stripe_fake.say("/v1/refunds", {"error": {"message": "no"}}, status=status)

    with pytest.raises(error):
        cards.refund(ReturnOrder("pi_1", EURO, "refund-1"))


def test_money_goes_back_once_per_key(cards, stripe_fake):
    wanted = ReturnOrder("pi_1", EURO, "refund-1")

    assert cards.refund(wanted) == Returned("re_1", done=True)
    assert cards.refund(wanted) == Returned("re_1", done=True)
    assert len(stripe_fake.kept_answers) == 1


def test_a_signed_message_is_believed(cards, stripe_fake):
    step = cards.start_payment(ask())
    raw = event("checkout.session.completed", stripe_fake.pay(step.provider_ref))

    notice = cards.parse_webhook(raw, signed(raw))

    assert (notice.event_key, notice.ref, notice.provider_ref) == ("evt_1", "ref1", "cs_1")
    assert notice.verdict == Verdict(Outcome.PAID, EURO, "pi_of_cs_1")


def test_completed_without_payment_says_nothing_yet(cards, stripe_fake):
    step = cards.start_payment(ask())
    unpaid = stripe_fake.pay(step.provider_ref, payment_status="unpaid")
    raw = event("checkout.session.completed", unpaid)

    assert cards.parse_webhook(raw, signed(raw)).verdict is None


@pytest.mark.fault
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1,v1=00"},
        {"Stripe-Signature": "t=x"},
        {"Stripe-Signature": "v1=00"},
        signed(b"{}", secret="another"),
        signed(b"{} "),
        signed(b"{}", age=301),
    ],
)
def test_f21_no_wrong_or_old_signature_is_a_forgery(cards, headers):
    with pytest.raises(ForgedError):
        cards.parse_webhook(b"{}", headers)


@pytest.mark.fault
def test_f21_control_the_same_body_signed_in_time_is_read(cards):
    raw = event("charge.updated", {"id": "ch_1", "object": "charge"})

    assert cards.parse_webhook(raw, signed(raw, age=290)).kind == "charge.updated"
