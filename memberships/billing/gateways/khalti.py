"""Services room: Khalti v2 of Nepal: initiate, come back, look up; amounts in paisa."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from clubcrm.core.money import Money
from memberships.billing.gateways.base import (
    Ask,
    GatewayError,
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

BASE = "https://khalti.com"
LOST = frozenset({"Expired", "User canceled", "Refunded", "Partially Refunded"})


class Khalti(Plain):
    """The other wallet of Nepal."""

    name = "khalti"
    title = "Khalti"
    currencies = frozenset({"NPR"})
    pay_origins = ("https://pay.khalti.com",)

    def __init__(self, key: str, base: str = BASE) -> None:
        self.key = key
        self.caller = Caller(base)

    def start_payment(self, ask: Ask) -> Redirect:
        """Initiate a payment, which lives for about an hour."""
        body: dict[str, Any] = {
            "return_url": ask.return_url,
            "website_url": ask.site_url,
            "amount": ask.amount.amount_minor,
            "purchase_order_id": ask.ref,
            "purchase_order_name": ask.text[:255],
        }
        if ask.payer.name:
            told = {"name": ask.payer.name, "email": ask.payer.email, "phone": ask.payer.phone}
            body["customer_info"] = {name: value for name, value in told.items() if value}
        answer = self._post("/api/v2/epayment/initiate/", body)
        if not answer.get("pidx") or not answer.get("payment_url"):
            raise UnreachableError(f"Khalti: {answer.get('detail') or 'not begun'}")
        return Redirect(str(answer["payment_url"]), str(answer["pidx"]))

    def verify(self, known: Known, params: Mapping[str, str]) -> Verdict:  # noqa: ARG002 - ours
        """Look it up, whatever the browser says."""
        return self.look_up(known)

    def look_up(self, known: Known) -> Verdict:
        """Only Completed counts as paid, with the very amount."""
        told = self._post("/api/v2/epayment/lookup/", {"pidx": known.provider_ref})
        status = str(told.get("status", ""))
        if status == "Completed":
            text = str(told.get("total_amount", ""))
            amount = Money(int(text), "NPR") if text.isascii() and text.isdigit() else None
            return Verdict(Outcome.PAID, amount, str(told.get("transaction_id") or ""))
        if status in LOST:
            return Verdict(Outcome.FAILED, why=status.lower())
        return Verdict(Outcome.WAITING, why=status.lower())

    def refund(self, order: ReturnOrder) -> Returned:
        """Send the amount back to the wallet."""
        path = f"/api/merchant-transaction/{quote(order.transaction_id, safe='')}/refund/"
        reply = self.caller.post_json(path, {"amount": order.amount.amount_minor}, self._headers())
        if reply.status != 200:
            raise GatewayError(f"Khalti did not return the money ({reply.status})")
        return Returned(order.transaction_id, done=True)

    def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.caller.post_json(path, body, self._headers()).json()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Key {self.key}"}
