"""What the stories of gateways begin with: an invoice, a link to pay it, a gateway that listens."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.api import make_link
from memberships.billing.gateways.models import PaymentIntent
from memberships.billing.models import Invoice, Payment
from memberships.billing.orders import InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import issue
from tests.cast import Cast
from tests.memberships.gateways.stripe_fake import SECRET

BY = "user:1"


def invoice_for(cast: Cast, name: str = "Mia", amount: int = 150_000, source: str = "1") -> Invoice:
    """Return an invoice of the club, issued in the running unit of work."""
    club = cast.club if name == "Mia" else cast.other_club
    return issue(
        InvoiceOrder(
            club_id=club,
            payer_id=cast.members[name],
            person_id=cast.members[name],
            lines=(LineOrder("Monthly fee", LineKind.MEMBERSHIP, amount),),
            source_kind="test",
            source_id=f"{name}{source}",
        ),
        by=BY,
    )


def pay_token(invoice: Invoice) -> str:
    """Return the token of a link to pay the invoice."""
    ends = clock.now() + timedelta(days=30)
    return make_link(invoice.payer_id, "pay", subject_id=str(invoice.id), expires_at=ends, by=BY)


def keys_of(fake_url: str, name: str) -> dict[str, str]:
    """Return the settings that point a gateway to the fake."""
    return {
        "stripe": {
            "CLUBCRM_STRIPE_KEY": "sk_test_1",
            "CLUBCRM_STRIPE_WEBHOOK_SECRET": SECRET,
            "CLUBCRM_STRIPE_URL": fake_url,
        },
        "sslcommerz": {
            "CLUBCRM_SSLCOMMERZ_STORE": "store",
            "CLUBCRM_SSLCOMMERZ_PASSWORD": "pass@ssl",
            "CLUBCRM_SSLCOMMERZ_URL": fake_url,
        },
    }[name]


def paid_sums(app: Flask) -> list[int]:
    """Return what was taken, payment by payment."""
    with app.app_context(), unit_of_work(write=False):
        return list(db.session.scalars(select(Payment.amount_minor).order_by(Payment.id)))


def intent_states(app: Flask) -> list[tuple[str, str]]:
    """Return state and reason of every payment that was begun."""
    with app.app_context(), unit_of_work(write=False):
        rows = db.session.execute(
            select(PaymentIntent.state, PaymentIntent.why).order_by(PaymentIntent.id)
        )
        return [(row.state.value, row.why) for row in rows]


def count(app: Flask, table: type) -> int:
    """Return how many rows a table has."""
    with app.app_context(), unit_of_work(write=False):
        return db.session.scalar(select(func.count()).select_from(table)) or 0
