"""Messages of bKash by Amazon's notification service: believed by signature and topic only."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.money import Money
from memberships.billing.gateways.base import ForgedError, UnreachableError
from memberships.billing.gateways.bkash import Bkash, News
from memberships.billing.gateways.intents import Begin, begin_payment
from memberships.billing.gateways.models import GatewayLetter, PaymentIntent
from memberships.billing.gateways.sns import PublicKey, is_signed, key_of, region_of, text_signed
from tests.memberships.gateways.fake import Answer, FakeGateway, running
from tests.memberships.gateways.money import intent_states, invoice_for, paid_sums
from tests.memberships.gateways.sns_key import CERTIFICATE, MODULUS, signed

TOPIC = "arn:aws:sns:ap-southeast-1:123456789012:bkash"
PEM = "/SimpleNotificationService-0123abcd.pem"
CHECKOUT = "/tokenized/checkout"
LOGIN = {"key": "k", "secret": "s", "user": "u", "password": "p"}


@pytest.fixture
def sns():
    with running(FakeGateway()) as fake:
        yield fake


def message(fake: FakeGateway, told: object, **changed: str) -> dict[str, str]:
    """What the service would send about a payment, not yet signed."""
    return {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": json.dumps(told),
        "Timestamp": "2026-11-26T06:00:00.000Z",
        "SigningCertURL": fake.url + PEM,
        **changed,
    }


def raw(message: dict[str, str]) -> bytes:
    return json.dumps(message).encode()


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_message_under_its_signature_is_believed(sns, version):
    sns.say(PEM, CERTIFICATE)
    news = News(TOPIC, sns.url)
    sent = signed(message(sns, {"trxID": "T1"}), version)

    assert news.believed(raw(sent))["MessageId"] == "m-1"
    assert news.believed(raw(sent))["MessageId"] == "m-1"
    assert len(sns.asked_at(PEM)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": "{}"},
        {"MessageId": "m-2"},
        {"Timestamp": "2026-11-27T06:00:00.000Z"},
        {"TopicArn": "arn:aws:sns:ap-southeast-1:999999999999:mine"},
        {"SignatureVersion": "3"},
        {"Signature": "%%%"},
        {"Signature": base64.b64encode(bytes(256)).decode()},
        {"Signature": base64.b64encode(b"short").decode()},
        {"Signature": base64.b64encode(MODULUS.to_bytes(256)).decode()},
        {"SigningCertURL": "https://sns.ap-southeast-1.amazonaws.com.evil.example/a.pem"},
        {"SigningCertURL": "http://127.0.0.1@evil.example/SimpleNotificationService-0.pem"},
        {"Type": "Other"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_whatever_is_changed_afterwards_is_not_believed(sns, changed):
    sns.tellers[PEM] = lambda _asked: Answer(CERTIFICATE)
    sent = {**signed(message(sns, {"trxID": "T1"})), **changed}

    with pytest.raises(ForgedError):
        News(TOPIC, sns.url).believed(raw(sent))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"text"', b"[" * 5_000])
def test_rubbish_is_not_believed(sns, body):
    with pytest.raises(ForgedError):
        News(TOPIC, sns.url).believed(body)


def test_a_certificate_is_fetched_from_the_service_alone_and_by_its_name(sns):
    sent = signed(message(sns, {}, SigningCertURL=sns.url + "/else.pem"))

    with pytest.raises(ForgedError):
        News(TOPIC, sns.url).believed(raw(sent))
    assert sns.asked == []
    with pytest.raises(UnreachableError):
        News(TOPIC, sns.url).believed(raw(signed(message(sns, {}))))


def test_a_subscription_is_confirmed_once_its_signature_holds(sns):
    sns.say(PEM, CERTIFICATE)
    sns.say("/", b"<ok/>")
    asks = {
        **message(sns, {}, Type="SubscriptionConfirmation", Token="t-1"),
        "SubscribeURL": f"{sns.url}/?Action=ConfirmSubscription&Token=t-1",
    }
    bkash = Bkash(LOGIN, sns.url, News(TOPIC, sns.url))

    notice = bkash.parse_webhook(raw(signed(asks)), {})

    assert (notice.kind, notice.verdict, notice.ref) == ("SubscriptionConfirmation", None, "")
    assert sns.asked_at("/")[0].query["Token"] == "t-1"


def test_without_a_topic_nothing_is_believed(sns):
    bkash = Bkash(LOGIN, sns.url)

    assert bkash.hears_notices is False
    with pytest.raises(ForgedError):
        bkash.parse_webhook(raw(signed(message(sns, {}))), {})


def test_keys_that_are_weak_or_no_keys_are_refused():
    assert key_of(CERTIFICATE) == PublicKey(MODULUS, 65_537)
    for broken in (b"", b"no", CERTIFICATE[:400], CERTIFICATE.replace(b"MII", b"MIA")):
        with pytest.raises(ValueError, match=r"."):
            key_of(broken)
    with pytest.raises(ValueError, match="missing"):
        text_signed({"Type": "Notification"})
    with pytest.raises(ValueError, match="topic"):
        region_of("arn:aws:sqs:eu-west-1:1:x")
    assert region_of(TOPIC) == "ap-southeast-1"
    sent = signed({**message(FakeGateway(), {}), "Subject": "A payment"})
    assert is_signed(sent, key_of(CERTIFICATE))


def test_a_message_settles_what_bkash_itself_confirms_and_only_once(sns, open_app, cast):
    keys = {f"CLUBCRM_BKASH_{name.upper()}": value for name, value in LOGIN.items()}
    shop = open_app(
        **keys,
        CLUBCRM_BKASH_URL=sns.url,
        CLUBCRM_BKASH_TOPIC=TOPIC,
        CLUBCRM_BKASH_NEWS_URL=sns.url,
        CLUBCRM_PUBLIC_URL="https://club.example",
    )
    with shop.app_context(), unit_of_work():
        invoice = invoice_for(cast)
        order = Begin(
            club_id=cast.club,
            payer_id=cast.members["Mia"],
            invoice_id=invoice.id,
            amount=Money(150_000, "BDT"),
            gateway="bkash",
            source=("link", "1"),
            lives=timedelta(hours=1),
        )
        intent = begin_payment(order)
        intent.provider_ref = "TR1"
        ref = intent.ref
    sns.say(PEM, CERTIFICATE)
    sns.say(f"{CHECKOUT}/token/grant", {"id_token": "t", "expires_in": 3600})
    paid = {"trxID": "TX1", "amount": "1500", "currency": "BDT", "merchantInvoiceNumber": ref}
    sns.say(
        f"{CHECKOUT}/payment/status",
        {"statusCode": "0000", "transactionStatus": "Completed", **paid},
    )
    sent = raw(signed(message(sns, {**paid, "transactionStatus": "Completed"})))
    door = shop.test_client()

    forged = door.post("/hooks/pay/bkash", data=sent.replace(b"TX1", b"TX2"))
    first = door.post("/hooks/pay/bkash", data=sent)
    again = door.post("/hooks/pay/bkash", data=sent)

    assert [one.status_code for one in (forged, first, again)] == [401, 200, 200]
    assert paid_sums(shop) == [150_000]
    assert intent_states(shop) == [("paid", "")]
    with shop.app_context(), unit_of_work(write=False):
        states = db.session.scalars(select(GatewayLetter.state).order_by(GatewayLetter.id)).all()
        kept = db.session.scalars(select(PaymentIntent.transaction_id)).one()
    assert [one.value for one in states] == ["refused", "done", "repeated"]
    assert kept == "TX1"
