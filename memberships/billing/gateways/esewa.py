"""Services room: eSewa v2 of Nepal: a signed form, a signed return, then its server."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from clubcrm.core.money import Money
from memberships.billing.gateways.amounts import (
    decimal_text,
    hmac_base64,
    literal_json,
    money_of,
    same_text,
)
from memberships.billing.gateways.base import (
    Ask,
    ForgedError,
    FormPost,
    Known,
    Outcome,
    Plain,
    Verdict,
)
from memberships.billing.gateways.calls import Caller

BASE = "https://epay.esewa.com.np"
FORM = "/api/epay/main/v2/form"
STATUS = "/api/epay/transaction/status/"
SIGNED = ("total_amount", "transaction_uuid", "product_code")
# NOT_FOUND is also what they say before the payer has begun.
LOST = frozenset({"CANCELED", "FULL_REFUND", "PARTIAL_REFUND"})
LONGEST_DATA = 8000


class Esewa(Plain):
    """The wallet of Nepal."""

    name = "esewa"
    title = "eSewa"
    currencies = frozenset({"NPR"})

    def __init__(self, product: str, key: str, base: str = BASE) -> None:
        self.product, self.key = product, key
        self.caller = Caller(base)
        self.pay_origins = (base,)

    def start_payment(self, ask: Ask) -> FormPost:
        """Return the signed form that the payer sends by a button."""
        total = decimal_text(ask.amount, always=False)
        signed = {
            "total_amount": total,
            "transaction_uuid": ask.ref,
            "product_code": self.product,
        }
        fields = {
            "amount": total,
            "tax_amount": "0",
            "product_service_charge": "0",
            "product_delivery_charge": "0",
            **signed,
            "success_url": ask.return_url,
            "failure_url": ask.return_url,
            "signed_field_names": ",".join(SIGNED),
            "signature": signature_of(signed, SIGNED, self.key),
        }
        return FormPost(self.caller.base + FORM, fields, ask.ref)

    def verify(self, known: Known, params: Mapping[str, str]) -> Verdict:
        """Check the signature of what the browser brought, then ask their server all the same."""
        if params.get("data"):
            told = read_return(params["data"], self.key)
            if told.get("transaction_uuid") != known.ref:
                raise ForgedError("another reference")
        return self.look_up(known)

    def look_up(self, known: Known) -> Verdict:
        """Ask for the status of our reference."""
        asked = {
            "product_code": self.product,
            "total_amount": decimal_text(known.amount, always=False),
            "transaction_uuid": known.ref,
        }
        return _verdict(known, self.caller.get(STATUS, asked).json())


def signature_of(fields: Mapping[str, Any], names: tuple[str, ...], key: str) -> str:
    """Return the signature over the named fields, in that order, with their literal texts."""
    return hmac_base64(",".join(f"{name}={fields.get(name, '')}" for name in names), key)


def read_return(data: str, key: str) -> Mapping[str, Any]:
    """Return the fields that came back; raises ForgedError unless their own signature holds."""
    try:
        if len(data) > LONGEST_DATA:
            raise ValueError("too long")
        padded = data.replace("-", "+").replace("_", "/").replace(" ", "+")
        told = literal_json(base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True))
    except (ValueError, binascii.Error) as error:
        raise ForgedError("unreadable") from error
    names = tuple(str(told.get("signed_field_names", "")).split(","))
    needed = {"transaction_code", "status", "total_amount", "transaction_uuid", "product_code"}
    if not needed <= set(names):
        raise ForgedError("the signature leaves out what matters")
    if not same_text(str(told.get("signature", "")), signature_of(told, names, key)):
        raise ForgedError("the signature does not hold")
    return told


def _verdict(known: Known, told: Mapping[str, Any]) -> Verdict:
    status = str(told.get("status", ""))
    if status == "COMPLETE":
        amount: Money | None = money_of(told.get("total_amount"), "NPR")
        if told.get("transaction_uuid") != known.ref:
            return Verdict(Outcome.HELD, amount, str(told.get("ref_id") or ""), "another reference")
        return Verdict(Outcome.PAID, amount, str(told.get("ref_id") or ""))
    if status in LOST:
        return Verdict(Outcome.FAILED, why=status.lower())
    return Verdict(Outcome.WAITING, why=status.lower())
