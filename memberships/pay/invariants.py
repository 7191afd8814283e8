"""Queries room: what must always hold of pay; each check returns offending rows."""

from sqlalchemy import func, select

from clubcrm.core.db import db
from memberships.pay.models import PayLine, PayPeriod
from memberships.pay.rules import WorkKind


def paid_once() -> list[str]:
    """I2: return work that was paid twice to one person, and closed months that do not add up.

    A salary is paid once a month; everything else once, and taken back at most once.
    """
    twice = db.session.execute(
        select(PayLine.kind, PayLine.source_id, PayLine.user_id)
        .where(PayLine.kind != WorkKind.SALARY)
        .group_by(PayLine.kind, PayLine.source_id, PayLine.user_id)
        .having(
            (func.count().filter(PayLine.amount_minor >= 0) > 1)
            | (func.count().filter(PayLine.amount_minor < 0) > 1)
            | (func.sum(PayLine.amount_minor) < 0)
        )
        .order_by(PayLine.kind, PayLine.source_id)
    )
    total = func.coalesce(func.sum(PayLine.amount_minor), 0)
    unequal = db.session.execute(
        select(PayPeriod.id, PayPeriod.total_minor, total)
        .outerjoin(PayLine, PayLine.period_id == PayPeriod.id)
        .group_by(PayPeriod.id, PayPeriod.total_minor)
        .having(PayPeriod.total_minor != total)
        .order_by(PayPeriod.id)
    )
    return [
        *(f"{kind.value} {one}: paid twice to user {user}" for kind, one, user in twice),
        *(f"pay period {one}: {kept} kept, lines {lines}" for one, kept, lines in unequal),
    ]
