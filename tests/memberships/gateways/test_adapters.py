"""Each gateway spoken to over real HTTP: begun, verified, asked again, given back."""

import dataclasses

import pytest

from clubcrm.core.money import Money
from memberships.billing.gateways.base import (
    Ask,
    AtTheDesk,
    ForgedError,
    GatewayError,
    InDoubtError,
    Known,
    NotOfferedError,
    Outcome,
    Payer,
    Returned,
    ReturnOrder,
    UnreachableError,
)
from memberships.billing.gateways.bkash import Bkash
from memberships.billing.gateways.calls import Caller
from memberships.billing.gateways.esewa import Esewa
from memberships.billing.gateways.khalti import Khalti
from memberships.billing.gateways.manual import MANUAL, Manual
from memberships.billing.gateways.sslcommerz import SslCommerz

REF = "abcdefgh23456"
TAKA, RUPEES = Money(150_000, "BDT"), Money(11_000, "NPR")
LOGIN = {"key": "app", "secret": "shh", "user": "club", "password": "pass"}
VALIDATE = "/validator/api/validationserverAPI.php"
BY_TRANSACTION = "/validator/api/merchantTransIDvalidationAPI.php"
CHECKOUT = "/tokenized/checkout"


def ask(amount: Money) -> Ask:
    return Ask(
        REF,
        amount,
        "Invoice 7",
        return_url="https://club.example/pay/back/x",
        notice_url="https://club.example/hooks/x",
        site_url="https://club.example",
        payer=Payer("Mia Rahman", "mia@club.example", "+8801711000001"),
    )


def ssl(fake) -> SslCommerz:
    return SslCommerz("store", "pass@ssl", fake.url)


def valid(**changed):
    told = {
        "status": "VALID",
        "tran_id": REF,
        "val_id": "v1",
        "amount": "1500.00",
        "currency": "BDT",
        "currency_type": "BDT",
        "currency_amount": "1500.00",
        "risk_level": "0",
        "bank_tran_id": "bank1",
    }
    return told | changed


def test_sslcommerz_opens_a_session(fake):
    fake.say(
        "/gwprocess/v4/api.php",
        {"status": "SUCCESS", "GatewayPageURL": "https://x/p", "sessionkey": "k"},
    )

    step = ssl(fake).start_payment(ask(TAKA))

    sent = fake.asked[0].form
    assert (step.url, step.provider_ref) == ("https://x/p", "k")
    assert (sent["total_amount"], sent["currency"], sent["tran_id"]) == ("1500.00", "BDT", REF)


def test_sslcommerz_validates_what_the_browser_brought(fake):
    fake.say(VALIDATE, valid())

    verdict = ssl(fake).verify(Known(REF, TAKA), {"val_id": "v1", "status": "VALID"})

    assert (verdict.outcome, verdict.amount, verdict.transaction_id) == (
        Outcome.PAID,
        TAKA,
        "bank1",
    )
    assert fake.asked[0].query["val_id"] == "v1"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (valid(status="VALIDATED"), Outcome.PAID),
        (valid(risk_level="1"), Outcome.HELD),
        (valid(risk_level=None), Outcome.HELD),
        (valid(tran_id="other"), Outcome.HELD),
        (valid(status="INVALID_TRANSACTION"), Outcome.WAITING),
        (valid(status="FAILED"), Outcome.FAILED),
        (valid(status="PENDING"), Outcome.WAITING),
    ],
)
def test_sslcommerz_words_have_their_meaning(fake, told, outcome):
    fake.say(VALIDATE, told)

    assert ssl(fake).verify(Known(REF, TAKA), {"val_id": "v1"}).outcome is outcome


def test_sslcommerz_amount_is_the_one_asked_for_not_the_converted_one(fake):
    fake.say(VALIDATE, valid(currency_type="USD", currency_amount="12.50", amount="1500.00"))

    verdict = ssl(fake).verify(Known(REF, Money(1_250, "USD")), {"val_id": "v1"})

    assert verdict.amount == Money(1_250, "USD")


def test_sslcommerz_is_asked_by_our_reference_and_a_good_try_counts(fake):
    tries = [valid(status="FAILED"), valid()]
    fake.say(BY_TRANSACTION, {"APIConnect": "DONE", "no_of_trans_found": 2, "element": tries})
    fake.say(BY_TRANSACTION, {"APIConnect": "DONE", "no_of_trans_found": 0, "element": ""})

    assert ssl(fake).look_up(Known(REF, TAKA)).outcome is Outcome.PAID
    assert ssl(fake).look_up(Known(REF, TAKA)).outcome is Outcome.WAITING


def test_sslcommerz_gives_back(fake):
    fake.say(BY_TRANSACTION, {"APIConnect": "DONE", "status": "processing", "refund_ref_id": "r1"})
    fake.say(BY_TRANSACTION, {"APIConnect": "DONE", "status": "failed", "errorReason": "too late"})
    order = ReturnOrder("bank1", Money(5_000, "BDT"), "refund-1", why="wish")

    assert ssl(fake).refund(order) == Returned("r1", done=False)
    with pytest.raises(GatewayError, match="too late"):
        ssl(fake).refund(order)
    assert fake.asked[0].query["refund_amount"] == "50.00"


def grant(fake, lasts=3600):
    fake.say(
        f"{CHECKOUT}/token/grant", {"statusCode": "0000", "id_token": "tok", "expires_in": lasts}
    )


def done(**changed):
    told = {
        "statusCode": "0000",
        "transactionStatus": "Completed",
        "trxID": "6H7801QFYM",
        "amount": "1500",
        "currency": "BDT",
        "merchantInvoiceNumber": REF,
    }
    return told | changed


def test_bkash_creates_and_executes_once(fake):
    grant(fake)
    fake.say(
        f"{CHECKOUT}/create", {"statusCode": "0000", "paymentID": "TR1", "bkashURL": "https://b/x"}
    )
    fake.say(f"{CHECKOUT}/execute", done())
    bkash = Bkash(LOGIN, fake.url)

    step = bkash.start_payment(ask(TAKA))
    verdict = bkash.verify(Known(REF, TAKA, "TR1"), {"paymentID": "TR1", "status": "success"})

    created = fake.asked_at(f"{CHECKOUT}/create")[0]
    assert (step.url, step.provider_ref) == ("https://b/x", "TR1")
    assert (created.json["mode"], created.json["amount"]) == ("0011", "1500.00")
    assert (created.headers["Authorization"], created.headers["X-APP-Key"]) == ("tok", "app")
    assert (verdict.outcome, verdict.amount, verdict.transaction_id) == (
        Outcome.PAID,
        TAKA,
        "6H7801QFYM",
    )
    assert len(fake.asked_at(f"{CHECKOUT}/token/grant")) == 1


@pytest.mark.parametrize(
    "answer", [{"body": {"statusCode": "2062", "statusMessage": "already"}}, {"drop": True}]
)
def test_bkash_in_doubt_is_asked(fake, answer):
    grant(fake)
    fake.say(f"{CHECKOUT}/execute", **answer)
    fake.say(f"{CHECKOUT}/payment/status", done())

    verdict = Bkash(LOGIN, fake.url).verify(
        Known(REF, TAKA, "TR1"), {"paymentID": "TR1", "status": "success"}
    )

    assert verdict.outcome is Outcome.PAID


@pytest.mark.parametrize(
    ("params", "told", "outcome"),
    [
        (
            {"paymentID": "TR1", "status": "cancel"},
            done(transactionStatus="Initiated"),
            Outcome.WAITING,
        ),
        (
            {"paymentID": "TR9", "status": "success"},
            done(transactionStatus="Initiated"),
            Outcome.WAITING,
        ),
        ({}, done(transactionStatus="Cancelled"), Outcome.FAILED),
        ({}, done(merchantInvoiceNumber="other"), Outcome.HELD),
        ({}, {"statusCode": "2056", "statusMessage": "Invalid"}, Outcome.WAITING),
    ],
)
def test_bkash_never_executes_on_the_browsers_no(fake, params, told, outcome):
    grant(fake)
    fake.say(f"{CHECKOUT}/payment/status", told)

    assert Bkash(LOGIN, fake.url).verify(Known(REF, TAKA, "TR1"), params).outcome is outcome
    assert fake.asked_at(f"{CHECKOUT}/execute") == []


def test_bkash_fetches_a_new_token_when_the_old_one_ends(fake):
    grant(fake, lasts=1)
    grant(fake)
    bkash = Bkash(LOGIN, fake.url)
    for _ in range(3):
        fake.say(f"{CHECKOUT}/payment/status", done())
        bkash.look_up(Known(REF, TAKA, "TR1"))

    assert len(fake.asked_at(f"{CHECKOUT}/token/grant")) == 2


def test_bkash_gives_back(fake):
    grant(fake)
    fake.say(f"{CHECKOUT}/payment/refund", {"transactionStatus": "Completed", "refundTrxID": "R1"})
    fake.say(f"{CHECKOUT}/payment/refund", {"statusCode": "2071", "statusMessage": "too late"})
    order = ReturnOrder("6H7801QFYM", TAKA, "refund-1", provider_ref="TR1")
    bkash = Bkash(LOGIN, fake.url)

    assert bkash.refund(order) == Returned("R1", done=True)
    with pytest.raises(GatewayError, match="2071 too late"):
        bkash.refund(order)


def test_esewa_gives_a_signed_form_and_believes_only_its_server(fake):
    esewa = Esewa("EPAYTEST", "8gBm/:&EnhH.1/q", fake.url)
    fake.say(
        "/api/epay/transaction/status/",
        {"status": "COMPLETE", "total_amount": 110.0, "transaction_uuid": REF, "ref_id": "0001TS9"},
    )

    step = esewa.start_payment(ask(RUPEES))
    verdict = esewa.verify(Known(REF, RUPEES), {})

    assert step.url == f"{fake.url}/api/epay/main/v2/form"
    assert (step.fields["total_amount"], step.fields["transaction_uuid"]) == ("110", REF)
    assert (verdict.outcome, verdict.amount, verdict.transaction_id) == (
        Outcome.PAID,
        RUPEES,
        "0001TS9",
    )
    assert fake.asked[0].query["total_amount"] == "110"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("PENDING", Outcome.WAITING),
        ("AMBIGUOUS", Outcome.WAITING),
        ("NOT_FOUND", Outcome.WAITING),
        ("CANCELED", Outcome.FAILED),
        ("FULL_REFUND", Outcome.FAILED),
    ],
)
def test_esewa_words_have_their_meaning(fake, status, outcome):
    fake.say("/api/epay/transaction/status/", {"status": status, "transaction_uuid": REF})

    assert Esewa("EPAYTEST", "key", fake.url).look_up(Known(REF, RUPEES)).outcome is outcome


def test_esewa_return_with_a_bad_signature_asks_nobody(fake):
    with pytest.raises(ForgedError):
        Esewa("EPAYTEST", "key", fake.url).verify(Known(REF, RUPEES), {"data": "e30="})

    assert fake.asked == []


def test_khalti_is_begun_in_paisa_and_looked_up(fake):
    khalti = Khalti("live_key", fake.url)
    fake.say("/api/v2/epayment/initiate/", {"pidx": "P1", "payment_url": "https://pay/x"})
    fake.say(
        "/api/v2/epayment/lookup/",
        {"pidx": "P1", "status": "Completed", "total_amount": 11000, "transaction_id": "T1"},
    )

    step = khalti.start_payment(ask(RUPEES))
    verdict = khalti.verify(Known(REF, RUPEES, "P1"), {"status": "Completed"})

    assert (step.url, step.provider_ref) == ("https://pay/x", "P1")
    assert fake.asked[0].json["amount"] == 11_000
    assert fake.asked[0].headers["Authorization"] == "Key live_key"
    assert (verdict.outcome, verdict.amount, verdict.transaction_id) == (Outcome.PAID, RUPEES, "T1")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Pending", Outcome.WAITING),
        ("Initiated", Outcome.WAITING),
        ("Expired", Outcome.FAILED),
        ("User canceled", Outcome.FAILED),
        ("Refunded", Outcome.FAILED),
    ],
)
def test_khalti_words_have_their_meaning(fake, status, outcome):
    fake.say("/api/v2/epayment/lookup/", {"pidx": "P1", "status": status, "total_amount": 11000})

    assert Khalti("k", fake.url).look_up(Known(REF, RUPEES, "P1")).outcome is outcome


def test_khalti_gives_back(fake):
    fake.say("/api/merchant-transaction/T1/refund/", {"detail": "done"})
    fake.say("/api/merchant-transaction/T1/refund/", {"detail": "no"}, status=400)
    order = ReturnOrder("T1", RUPEES, "refund-1")

    assert Khalti("k", fake.url).refund(order) == Returned("T1", done=True)
    with pytest.raises(GatewayError, match="400"):
        Khalti("k", fake.url).refund(order)


@pytest.mark.parametrize("tender", MANUAL)
def test_manual_tenders_stand_behind_the_same_interface(tender):
    desk = Manual(tender)

    assert desk.start_payment(ask(TAKA)) == AtTheDesk(tender)
    assert desk.verify(Known(REF, TAKA), {}).outcome is Outcome.WAITING
    with pytest.raises(NotOfferedError):
        desk.refund(ReturnOrder("x", TAKA, "k"))
    with pytest.raises(ForgedError):
        desk.parse_webhook(b"", {})


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"drop": True}, InDoubtError),
        ({"status": 502}, InDoubtError),
        ({"body": b"<html>"}, InDoubtError),
        ({"body": b"x" * 1_100_000}, InDoubtError),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, UnreachableError),
    ],
)
def test_trouble_on_the_line_is_told_apart(fake, how, error):
    fake.say("/x", **how)

    with pytest.raises(error):
        Caller(fake.url).get("/x", {}).json()


def test_a_gateway_that_is_silent_is_given_up(fake):
    fake.say("/x", {}, late=30)

    with pytest.raises(InDoubtError):
        dataclasses.replace(Caller(fake.url), seconds=0.2).get("/x", {})


def test_a_gateway_that_is_not_there_has_done_nothing():
    with pytest.raises(UnreachableError):
        Caller("http://127.0.0.1:1").get("/x", {})


@pytest.mark.parametrize("base", ["http://pay.example", "ftp://pay.example", "pay.example"])
def test_only_hosts_under_tls_are_called(base):
    with pytest.raises(ValueError, match="https"):
        Caller(base)


def test_another_host_than_the_gateways_own_is_never_called(fake):
    with pytest.raises(UnreachableError):
        Caller(fake.url).call("GET", "http://127.0.0.1:1/x", {})
