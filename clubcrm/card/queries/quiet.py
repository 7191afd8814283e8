"""Queries room: people of whom a club has heard nothing since a day."""

from datetime import UTC, date, datetime, time

from sqlalchemy import exists, select

from access_control.models import VisitDay
from clubcrm.core.db import db
from clubcrm.messaging.tracking import Reply
from clubcrm.people.models import Person
from memberships.billing.models import Invoice
from memberships.contracts.models import Contract


def quiet_people(club_id: int, before: date) -> set[int]:
    """Return who neither came, nor bought, nor wrote, nor had a contract since the day."""
    moment = datetime.combine(before, time(), UTC)
    heard = (
        exists().where(VisitDay.person_id == Person.id, VisitDay.day >= before),
        exists().where(Invoice.person_id == Person.id, Invoice.issued_on >= before),
        exists().where(Invoice.payer_id == Person.id, Invoice.issued_on >= before),
        exists().where(
            Contract.person_id == Person.id,
            Contract.ends_on.is_(None) | (Contract.ends_on >= before),
        ),
        exists().where(Reply.person_id == Person.id, Reply.received_at >= moment),
    )
    rows = db.session.scalars(
        select(Person.id).where(Person.club_id == club_id, *(~one for one in heard))
    )
    return set(rows)
