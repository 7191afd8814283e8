"""Queries room: the requests that somebody may decide now, as his list of the day shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.queries import limits_of, names_of, subjects_of

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
            # Before the list is cut: what is above his limit must not push out what is his.
            _within_limits(scope, by),
        )
        .order_by(Approval.id)
        .limit(MOST_SHOWN)
    )
    return _shown([(row, currency) for row, currency in asked])


def _within_limits(scope: Scope, by: str) -> ColumnElement[bool]:
    """Return the condition that a request is of no limited kind, or within the person's limit."""
    over = [
        and_(Approval.club_id == club_id, Approval.kind == kind, Approval.measure > limit)
        for club_id in scope.club_ids
        for kind, limit in limits_of(by, club_id).items()
        if limit is not None
    ]
    return or_(Approval.measure.is_(None), ~or_(false(), *over))


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
