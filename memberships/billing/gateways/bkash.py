"""Services room: bKash tokenized checkout of Bangladesh: create, then execute once, then ask."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from memberships.billing.gateways.amounts import decimal_text, money_of
from memberships.billing.gateways.base import (
    Ask,
    GatewayError,
    InDoubtError,
    Known,
    Outcome,
    Plain,
    Redirect,
    Returned,
    ReturnOrder,
    UnreachableError,
    Verdict,
)
from memberships.billing.gateways.calls import Caller

BASE = "https://tokenized.pay.bka.sh/v1.2.0-beta"
PATH = "/tokenized/checkout"
DONE = "0000"
ONE_PAYMENT = "0011"
SPARE_SECONDS = 120
LOST = frozenset({"Failed", "Cancelled", "Declined", "Expired", "Reversed"})


class Bkash(Plain):
    """Mobile money of Bangladesh."""

    name = "bkash"
    title = "bKash"
    currencies = frozenset({"BDT"})
    pay_origins = ("https://payment.bkash.com", "https://*.bka.sh")

    def __init__(self, login: Mapping[str, str], base: str = BASE) -> None:
        self.login = dict(login)
        self.caller = Caller(base)
        self._token = ("", 0.0)
        self._lock = threading.Lock()

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
