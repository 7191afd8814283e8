"""Services room: bKash tokenized checkout of Bangladesh: create, then execute once, then ask."""

import json
import re
import threading
import time
from collections.abc import Mapping
from typing import Any

from memberships.billing.gateways.amounts import decimal_text, money_of
from memberships.billing.gateways.base import (
    Ask,
    ForgedError,
    GatewayError,
    InDoubtError,
    Keeping,
    Known,
    Notice,
    Outcome,
    Plain,
    Redirect,
    Returned,
    ReturnOrder,
    UnreachableError,
    Verdict,
)
from memberships.billing.gateways.calls import Caller
from memberships.billing.gateways.sns import (
    CONFIRMATION,
    NOTIFICATION,
    PublicKey,
    is_signed,
    key_of,
    region_of,
)

BASE = "https://tokenized.pay.bka.sh/v1.2.0-beta"
PATH = "/tokenized/checkout"
DONE = "0000"
ONE_PAYMENT = "0011"
SPARE_SECONDS = 120
CERTIFICATE = re.compile(r"SimpleNotificationService-[0-9a-f]{1,64}\.pem")
LOST = frozenset({"Failed", "Cancelled", "Declined", "Expired", "Reversed"})


class News:
    """Messages of one topic of Amazon's notification service, at which bKash tells of payments.

    Anybody can have a topic and messages that are signed well, so only the club's own is believed,
    and its keys are read from the service of that topic's region and nowhere else.
    """

    def __init__(self, topic: str, base: str = "") -> None:
        self.topic = topic
        self.caller = Caller(base or f"https://sns.{region_of(topic)}.amazonaws.com")
        self._keys: dict[str, PublicKey] = {}

    def believed(self, raw: bytes) -> dict[str, str]:
        """Return the message; raises ForgedError unless the service signed it for the topic."""
        try:
            found = json.loads(raw)
            message = {str(name): str(value) for name, value in found.items()}
            if message.get("TopicArn") != self.topic:
                raise ForgedError("bKash: a message of another topic")
            if not is_signed(message, self._key(message.get("SigningCertURL", ""))):
                raise ForgedError("bKash: the signature does not fit the message")
        except (ValueError, AttributeError, RecursionError) as error:
            raise ForgedError(f"bKash: {error}") from error
        return message

    def confirm(self, message: Mapping[str, str]) -> None:
        """The service sends the topic's messages to us from now on."""
        if message["Type"] == CONFIRMATION:
            self.caller.get("/" + self._path(message["SubscribeURL"]), {})

    def _key(self, url: str) -> PublicKey:
        path = self._path(url)
        if not CERTIFICATE.fullmatch(path):
            raise ForgedError("bKash: no address of a certificate")
        if path not in self._keys:
            reply = self.caller.get(f"/{path}", {})
            if reply.status != 200:
                raise UnreachableError(f"bKash: no certificate ({reply.status})")
            self._keys = {path: key_of(reply.body)}
        return self._keys[path]

    def _path(self, url: str) -> str:
        start, path = url[: len(self.caller.base) + 1], url[len(self.caller.base) + 1 :]
        if start != f"{self.caller.base}/":
            raise ForgedError("bKash: an address that is not of the topic's own service")
        return path


class Bkash(Plain):
    """Mobile money of Bangladesh."""

    name = "bkash"
    title = "bKash"
    keeping = Keeping.WITH_PAYER  # an agreement still asks for the PIN at each payment
    currencies = frozenset({"BDT"})
    pay_origins = ("https://payment.bkash.com", "https://*.bka.sh")

    def __init__(
        self, login: Mapping[str, str], base: str = BASE, news: News | None = None
    ) -> None:
        self.login = dict(login)
        self.caller = Caller(base)
        self._token = ("", 0.0)
        self._lock = threading.Lock()
        self._news = news
        self.hears_notices = news is not None

    def start_payment(self, ask: Ask) -> Redirect:
        """Create a payment; nothing is taken until it is executed."""
        answer = self._post(
            "/create",
            {
                "mode": ONE_PAYMENT,
                "payerReference": ask.ref,
                "callbackURL": ask.return_url,
                "amount": decimal_text(ask.amount),
                "currency": ask.amount.currency,
                "intent": "sale",
                "merchantInvoiceNumber": ask.ref,
            },
        )
        if answer.get("statusCode") != DONE or not answer.get("bkashURL"):
            raise UnreachableError(f"bKash: {_words(answer)}")
        return Redirect(str(answer["bkashURL"]), str(answer["paymentID"]))

    def verify(self, known: Known, params: Mapping[str, str]) -> Verdict:
        """Execute when the payer has agreed; in any doubt ask what became of it."""
        if params.get("status") == "success" and params.get("paymentID") == known.provider_ref:
            try:
                answer = self._post("/execute", {"paymentID": known.provider_ref})
            except InDoubtError:
                return self.look_up(known)
            if answer.get("statusCode") == DONE:
                return _verdict(known, answer)
        return self.look_up(known)

    def look_up(self, known: Known) -> Verdict:
        """Ask for the payment."""
        answer = self._post("/payment/status", {"paymentID": known.provider_ref})
        if answer.get("statusCode") != DONE:
            return Verdict(Outcome.WAITING, why=_words(answer))
        return _verdict(known, answer)

    def refund(self, order: ReturnOrder) -> Returned:
        """Send the amount back to the wallet."""
        answer = self._post(
            "/payment/refund",
            {
                "paymentID": order.provider_ref,
                "trxID": order.transaction_id,
                "amount": decimal_text(order.amount),
                "sku": order.key[:30],
                "reason": order.why[:255] or "refund",
            },
        )
        if answer.get("transactionStatus") != "Completed":
            raise GatewayError(f"bKash: {_words(answer)}")
        return Returned(str(answer.get("refundTrxID", "")), done=True)

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Notice:  # noqa: ARG002 - the body is signed
        """Return what a message of the club's topic tells; the payment itself is asked for."""
        if self._news is None:
            raise ForgedError("bKash: no topic is set whose messages are believed")
        message = self._news.believed(raw)
        if message["Type"] != NOTIFICATION:
            self._news.confirm(message)
            return Notice(message["MessageId"], message["Type"])
        told = _payment_told(message["Message"])
        ref = told.get("merchantInvoiceNumber") or told.get("transactionReference") or ""
        kind = f"payment {told.get('transactionStatus', '')}".strip()
        return Notice(message["MessageId"], kind, ref=ref, params={})

    def _post(self, path: str, body: Mapping[str, str]) -> Mapping[str, Any]:
        headers = {"Authorization": self._grant(), "X-APP-Key": self.login["key"]}
        return self.caller.post_json(PATH + path, body, headers).json()

    def _grant(self) -> str:
        """Return a token that still lives for a while; it lasts an hour."""
        with self._lock:
            token, ends = self._token
            if time.monotonic() < ends:
                return token
            answer = self._granted()
            lasts = float(str(answer.get("expires_in") or 3600)) - SPARE_SECONDS
            self._token = (str(answer["id_token"]), time.monotonic() + max(lasts, 0))
            return self._token[0]

    def _granted(self) -> Mapping[str, Any]:
        names = {"username": self.login["user"], "password": self.login["password"]}
        keys = {"app_key": self.login["key"], "app_secret": self.login["secret"]}
        try:
            answer = self.caller.post_json(PATH + "/token/grant", keys, names).json()
        except InDoubtError as error:
            # No money can have moved: only a token was asked for.
            raise UnreachableError(str(error)) from error
        if not answer.get("id_token"):
            raise UnreachableError(f"bKash gives no token: {_words(answer)}")
        return answer


def _payment_told(text: str) -> dict[str, str]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise ForgedError("bKash: the message tells of no payment") from error
    if not isinstance(told, dict):
        raise ForgedError("bKash: the message tells of no payment")
    return {str(name): str(value) for name, value in told.items()}


def _verdict(known: Known, told: Mapping[str, Any]) -> Verdict:
    status = str(told.get("transactionStatus", ""))
    if status == "Completed" and told.get("trxID"):
        amount = money_of(told.get("amount"), str(told.get("currency") or known.amount.currency))
        if told.get("merchantInvoiceNumber", known.ref) != known.ref:
            return Verdict(Outcome.HELD, amount, str(told["trxID"]), "another reference")
        return Verdict(Outcome.PAID, amount, str(told["trxID"]))
    if status in LOST:
        return Verdict(Outcome.FAILED, why=status.lower())
    return Verdict(Outcome.WAITING, why=status.lower())


def _words(answer: Mapping[str, Any]) -> str:
    code = answer.get("statusCode") or answer.get("errorCode") or ""
    text = answer.get("statusMessage") or answer.get("errorMessage") or "no answer"
    return f"{code} {text}".strip()
