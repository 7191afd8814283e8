"""Services room: SSLCommerz of Bangladesh: hosted page, signed notices, its server."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from clubcrm.core.money import Money
from memberships.billing.gateways.amounts import decimal_text, money_of, same_text
from memberships.billing.gateways.base import (
    Ask,
    ForgedError,
    GatewayError,
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

BASE = "https://securepay.sslcommerz.com"
START = "/gwprocess/v4/api.php"
VALIDATE = "/validator/api/validationserverAPI.php"
BY_TRANSACTION = "/validator/api/merchantTransIDvalidationAPI.php"
GOOD = frozenset({"VALID", "VALIDATED"})
LOST = frozenset({"FAILED", "CANCELLED", "EXPIRED", "UNATTEMPTED"})
NO_RISK = "0"
UNKNOWN = "-"


class SslCommerz(Plain):
    """Cards, mobile wallets and banks of Bangladesh."""

    name = "sslcommerz"
    title = "SSLCommerz"
    currencies = frozenset({"BDT", "USD", "EUR", "GBP"})
    pay_origins = ("https://securepay.sslcommerz.com", "https://epay.sslcommerz.com")
    keeping = Keeping.WITH_PAYER  # its one-click cards still ask for the bank's code
    hears_notices = True

    def __init__(self, store: str, password: str, base: str = BASE) -> None:
        self.store, self.password = store, password
        self.caller = Caller(base)

    def start_payment(self, ask: Ask) -> Redirect:
        """Open a session; the payer chooses how to pay on their page."""
        answer = self.caller.post_form(START, self._session(ask)).json()
        if answer.get("status") != "SUCCESS" or not answer.get("GatewayPageURL"):
            raise UnreachableError(f"SSLCommerz: {answer.get('failedreason') or 'no session'}")
        return Redirect(str(answer["GatewayPageURL"]), str(answer.get("sessionkey", "")))

    def _session(self, ask: Ask) -> dict[str, str]:
        return {
            "store_id": self.store,
            "store_passwd": self.password,
            "total_amount": decimal_text(ask.amount),
            "currency": ask.amount.currency,
            "tran_id": ask.ref,
            "success_url": ask.return_url,
            "fail_url": ask.return_url,
            "cancel_url": ask.return_url,
            "ipn_url": ask.notice_url,
            "product_name": ask.text[:255],
            "product_category": "membership",
            "product_profile": "non-physical-goods",
            "shipping_method": "NO",
            "num_of_item": "1",
            "cus_name": ask.payer.name[:50] or UNKNOWN,
            "cus_email": ask.payer.email[:50] or "nobody@localhost",
            "cus_phone": ask.payer.phone[:20] or UNKNOWN,
            "cus_add1": UNKNOWN,
            "cus_city": UNKNOWN,
            "cus_country": "Bangladesh",
        }

    def verify(self, known: Known, params: Mapping[str, str]) -> Verdict:
        """Have their server validate what the browser brought."""
        if params.get("val_id"):
            return self._validated(known, params["val_id"])
        return self.look_up(known)

    def _validated(self, known: Known, val_id: str) -> Verdict:
        asked = self._signed_in(val_id=val_id, v="1")
        return _verdict(known, self.caller.get(VALIDATE, asked).json())

    def look_up(self, known: Known) -> Verdict:
        """Ask by our own reference; several tries may stand under it, a good one counts."""
        answer = self.caller.get(BY_TRANSACTION, self._signed_in(tran_id=known.ref)).json()
        if answer.get("APIConnect") != "DONE":
            raise UnreachableError(f"SSLCommerz: {answer.get('APIConnect')}")
        found = answer.get("element")
        tries = found if isinstance(found, list) else []
        verdicts = [_verdict(known, one) for one in tries if isinstance(one, Mapping)]
        order = (Outcome.PAID, Outcome.HELD, Outcome.WAITING, Outcome.FAILED)
        best = sorted(verdicts, key=lambda one: order.index(one.outcome))
        return best[0] if best else Verdict(Outcome.WAITING, why="nothing tried yet")

    def refund(self, order: ReturnOrder) -> Returned:
        """Ask for the amount to go back; banks take days."""
        asked = self._signed_in(
            bank_tran_id=order.transaction_id,
            refund_trans_id=order.key[:30],
            refund_amount=decimal_text(order.amount),
            refund_remarks=order.why[:255] or "refund",
        )
        answer = self.caller.get(BY_TRANSACTION, asked).json()
        if answer.get("status") not in {"success", "processing"}:
            raise GatewayError(f"SSLCommerz: {answer.get('errorReason') or 'no refund'}")
        return Returned(str(answer.get("refund_ref_id", "")), answer["status"] == "success")

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Notice:  # noqa: ARG002 - theirs
        """Check the sum over the fields that the notice names."""
        try:
            fields = dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=200))
        except ValueError as error:
            raise ForgedError("not a notice") from error
        if not signature_holds(fields, self.password):
            raise ForgedError("the signature does not hold")
        status = fields.get("status", "")
        key = f"{fields.get('tran_id', '')}:{fields.get('val_id', '')}:{status}"
        return Notice(
            key[:120], f"ipn.{status.lower()}"[:60], fields.get("tran_id", ""), params=fields
        )

    def _signed_in(self, **more: str) -> dict[str, str]:
        return {**more, "store_id": self.store, "store_passwd": self.password, "format": "json"}


def signature_of(fields: Mapping[str, str], password: str) -> str:
    """Return the sum of a notice: over the fields it names and the sum of the password."""
    named = [name for name in fields.get("verify_key", "").split(",") if name in fields]
    signed = {name: fields[name] for name in named}
    signed["store_passwd"] = _md5(password)
    return _md5("&".join(f"{name}={signed[name]}" for name in sorted(signed)))


def signature_holds(fields: Mapping[str, str], password: str) -> bool:
    """Tell whether a notice was made by somebody who knows the password and names what matters."""
    named = set(fields.get("verify_key", "").split(","))
    if not {"tran_id", "status"} <= named or not password:
        return False
    return same_text(fields.get("verify_sign", ""), signature_of(fields, password))


def _md5(text: str) -> str:
    # Their algorithm, not our choice; what it says is always validated by their server.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _verdict(known: Known, told: Mapping[str, Any]) -> Verdict:
    status = str(told.get("status", ""))
    if status in LOST:
        return Verdict(Outcome.FAILED, why=status.lower())
    if status not in GOOD:
        return Verdict(Outcome.WAITING, why=status.lower())
    if str(told.get("tran_id", "")) != known.ref:
        return Verdict(Outcome.HELD, why="another reference")
    bank = str(told.get("bank_tran_id") or told.get("val_id") or "")
    if str(told.get("risk_level", "")) != NO_RISK:
        return Verdict(Outcome.HELD, _amount(told), bank, "risk")
    return Verdict(Outcome.PAID, _amount(told), bank)


def _amount(told: Mapping[str, Any]) -> Money | None:
    """Return what was asked for in its own currency, which their page may show converted."""
    currency = str(told.get("currency_type") or told.get("currency") or "")
    text = told.get("currency_amount") if told.get("currency_type") else told.get("amount")
    return money_of(text, currency) if currency.isalpha() else None
