"""Queries room: what was given up of invoices, and whether it can still be taken back."""

from datetime import timedelta

from sqlalchemy import exists, func, select

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.billing.models import Allocation, Invoice, WriteOff

UNDO_WITHIN = timedelta(days=1)
_UNDONE = "undo:"


def write_off_for(scope: Scope, public_id: str) -> WriteOff | None:
    """Return what was given up in these clubs, None when there is no such line."""
    return db.session.scalars(
        select(WriteOff)
        .join(Invoice, Invoice.id == WriteOff.invoice_id)
        .where(WriteOff.public_id == public_id, Invoice.club_id.in_(scope.club_ids))
    ).first()


def may_undo(lost: WriteOff) -> bool:
    """Tell whether the line still counts and is not older than a day."""
    return counts(lost) and not is_over(lost)


def counts(lost: WriteOff) -> bool:
    """Tell whether something was given up by this line, and is so still."""
    undone = exists().where(WriteOff.source_id == undo_source(lost))
    return lost.amount_minor > 0 and not db.session.scalar(select(undone))


def is_over(lost: WriteOff) -> bool:
    """Tell whether the day has passed within which it can be taken back."""
    return clock.now() > lost.at + UNDO_WITHIN


def undo_source(lost: WriteOff) -> str:
    """Return the source of the line that takes this one back: there is one at most."""
    return f"{_UNDONE}{lost.public_id}"


def parts_given_up(write_off_id: int) -> list[tuple[int, int]]:
    """Return how much was given up of which dated part."""
    total = func.sum(Allocation.amount_minor)
    rows = db.session.execute(
        select(Allocation.instalment_id, total)
        .where(Allocation.write_off_id == write_off_id)
        .group_by(Allocation.instalment_id)
        .order_by(Allocation.instalment_id)
    )
    return [(part, int(amount)) for part, amount in rows]
