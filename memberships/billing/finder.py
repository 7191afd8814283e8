"""Queries room: invoices and credit notes by their number, for the search box."""

from flask import url_for
from sqlalchemy import select

from clubcrm.core import formats
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.finding import Found, numbered
from clubcrm.people.models import Person
from memberships.billing.models import Invoice


def invoices(scope: Scope, typed: str, most: int) -> list[Found]:
    """Return the documents whose number begins with what was typed, or ends with these digits."""
    same = numbered(Invoice.number, typed)
    if same is None:
        return []
    rows = db.session.execute(
        select(
            Invoice.public_id,
            Invoice.number,
            Invoice.total_minor,
            Invoice.currency,
            Person.given_name,
            Person.family_name,
        )
        .join(Person, Person.id == Invoice.payer_id)
        .where(Invoice.club_id.in_(scope.club_ids), same)
        .order_by(Invoice.id.desc())
        .limit(most)
    )
    return [
        Found(
            row.number,
            f"{row.given_name} {row.family_name}".strip()
            + f" · {formats.money(row.total_minor, row.currency)}",
            url_for("money.invoice", invoice_id=row.public_id),
            "file-invoice",
        )
        for row in rows
    ]
