"""Verbs of approvals: ask another person, and let him decide.

What an approval sets off is registered by kind in the wiring; it runs in the decider's transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, forbidden, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.queries import LIMITS_SETTING, limits_of_roles, may_alone
from memberships.approvals.rules import LARGEST, LIMITED_ROLES, LimitKind
from memberships.events import ApprovalAsked, ApprovalDecided

APPROVAL_MOVES: Moves = {
    ApprovalState.WAITING: frozenset({ApprovalState.APPROVED, ApprovalState.REFUSED}),
}
LONGEST_REASON = 300
Executor = Callable[[Approval, str], JsonObject | None]


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What somebody wants to do; `payload` holds all that is needed to do it later.

    `measure` is what limits of the kind are compared with, by default the amount.
    """

    club_id: int
    kind: str
    subject_kind: str
    subject_id: str
    amount_minor: int | None = None
    payload: JsonObject = field(default_factory=dict)
    reason: str = ""
    measure: int | None = None


def request_approval(request: ApprovalRequest, *, by: str) -> Approval:
    """The wish waits until another person decides it; raises INVALID_INPUT without a reason."""
    reason = clean(request.reason, "reason", longest=LONGEST_REASON)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    measure = request.amount_minor if request.measure is None else request.measure
    approval = Approval(
        club_id=request.club_id,
        kind=request.kind,
        subject_kind=request.subject_kind,
        subject_id=str(request.subject_id),
        amount_minor=request.amount_minor,
        measure=measure,
        payload=request.payload,
        reason=reason,
        requested_by=by,
    )
    db.session.add(approval)
    db.session.flush()
    after = {"kind": approval.kind, "amount_minor": approval.amount_minor, "reason": reason}
    audit.note("approval.asked", "approval", approval.id, after=after, by=by)
    events.record(ApprovalAsked(approval.club_id, clock.now(), approval.id, approval.kind))
    return approval


def decide(approval_id: int, approve: bool, reason: str, *, by: str) -> Approval:
    """The wish is granted and done, or refused.

    Raises OWN_REQUEST for one's own wish, OVER_LIMIT when it is too much for the decider as well,
    STATE when somebody has decided it already.
    """
    approval = db.session.scalars(
        select(Approval).where(Approval.id == approval_id).with_for_update()
    ).first()
    if approval is None:
        raise not_found(_("There is no such request."))
    if approval.requested_by == by:
        text = _("Nobody decides his own request. Ask a colleague.")
        raise DomainError("OWN_REQUEST", text, status=403)
    if approve:
        _check_limit(approval, by)
    said = clean(reason, "reason", longest=LONGEST_REASON)
    if not approve and not said:
        raise invalid({"reason": _("Say why not.")})
    to = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
    move(approval, to, moves=APPROVAL_MOVES, by=by, why=said)
    approval.decided_by, approval.decided_at, approval.decision_reason = by, clock.now(), said
    db.session.flush()
    audit.note(f"approval.{to.value}", "approval", approval.id, after={"reason": said}, by=by)
    if approve:
        approval.result = _executors()[approval.kind](approval, by)
        db.session.flush()
    events.record(
        ApprovalDecided(approval.club_id, clock.now(), approval.id, approval.kind, approve)
    )
    return approval


def set_limits(
    club_id: int, limits: Mapping[str, Mapping[LimitKind, int | None]], *, by: str
) -> None:
    """Each role may go alone as far as this from now on; None has no limit."""
    for role, kinds in limits.items():
        for kind, value in kinds.items():
            if role not in LIMITED_ROLES or (value is not None and not 0 <= value <= LARGEST[kind]):
                raise invalid({f"{role}-{kind.value}": _("This limit cannot be.")})
    before = _plain(limits_of_roles(club_id))
    set_club_setting(club_id, LIMITS_SETTING, {**before, **_plain(limits)})
    audit.note("limits.changed", "club", club_id, before=before, after=_plain(limits), by=by)


def _check_limit(approval: Approval, by: str) -> None:
    if approval.kind not in set(LimitKind) or approval.measure is None:
        return
    if not may_alone(by, approval.club_id, LimitKind(approval.kind), approval.measure):
        raise forbidden(_("This is above your own limit too. Ask somebody with a higher one."))


def _executors() -> Mapping[str, Executor]:
    found: Mapping[str, Executor] = current_app.extensions["club_approvals"]
    return found


def _plain(limits: Mapping[str, Mapping[LimitKind, int | None]]) -> JsonObject:
    return {
        role: {kind.value: value for kind, value in kinds.items()} for role, kinds in limits.items()
    }
