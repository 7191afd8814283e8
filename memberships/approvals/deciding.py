"""Queries room: the requests that somebody may decide now, as his list of the day shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.queries import may_alone, names_of, subjects_of
from memberships.approvals.rules import LimitKind

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ToDecide:
    """One request: what is wanted, about whom, how much and why, who asked and when."""

    public_id: str
    kind: str
    about: str
    amount_minor: int | None
    currency: str
    reason: str
    asked_by: str
    asked_at: datetime


def to_decide(scope: Scope, by: str) -> list[ToDecide]:
    """Return the requests that wait for this person, the oldest first.

    His own are left out, and those that are above his own limit too.
    """
    asked = db.session.execute(
        select(Approval, Club.currency)
        .join(Club, Club.id == Approval.club_id)
        .where(
            Approval.club_id.in_(scope.club_ids),
            Approval.state == ApprovalState.WAITING,
            Approval.requested_by != by,
        )
        .order_by(Approval.id)
        .limit(MOST_SHOWN)
    )
    rows = [(row, currency) for row, currency in asked if _may_grant(row, by)]
    return _shown(rows) if rows else []


def _may_grant(row: Approval, by: str) -> bool:
    if row.measure is None or row.kind not in set(LimitKind):
        return True
    return may_alone(by, row.club_id, LimitKind(row.kind), row.measure)


def _shown(rows: Sequence[tuple[Approval, str]]) -> list[ToDecide]:
    names = names_of({row.requested_by for row, _currency in rows})
    about = subjects_of([row for row, _currency in rows])
    return [
        ToDecide(
            row.public_id,
            row.kind,
            about[row.id].name if row.id in about else "",
            row.amount_minor,
            currency,
            row.reason,
            names.get(row.requested_by, ""),
            row.requested_at,
        )
        for row, currency in rows
    ]
