"""Services room: links by which a payer pays one invoice, also made where no request runs."""

from datetime import timedelta

from flask import current_app

from clubcrm.core import clock
from clubcrm.people.api import make_link
from memberships.billing.gateways.queries import bill

PURPOSE = "pay"
PAGE = "pay.show"
LINK_LIVES = timedelta(days=30)


def pay_token(invoice_id: int, payer_id: int, *, by: str) -> str:
    """Return a new token by which the payer opens this invoice for thirty days."""
    ends = clock.now() + LINK_LIVES
    return make_link(payer_id, PURPOSE, subject_id=str(invoice_id), expires_at=ends, by=by)


def pay_address(invoice_id: int, *, by: str) -> str:
    """Return the whole address to pay an invoice at; empty when the club has no public address."""
    public_url: str = current_app.extensions["club_settings"].public_url
    wanted = bill(invoice_id) if public_url else None
    if wanted is None:
        return ""
    token = pay_token(invoice_id, wanted.payer_id, by=by)
    path = current_app.url_map.bind("localhost").build(PAGE, {"token": token})
    return f"{public_url.rstrip('/')}{path}"
