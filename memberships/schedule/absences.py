"""Services room: leave that another person agrees to, sick days at once, and who stands in."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from memberships.approvals.models import Approval
from memberships.approvals.services import ApprovalRequest, request_approval
from memberships.schedule.duty import StaffAbsence
from memberships.schedule.rota import clashing_absence, lock_user, staff_of
from memberships.schedule.rules.duty import AbsenceKind, leave_fault
from memberships.schedule.stand_ins import telling_teachers

LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class LeaveOrder:
    """Who is away on which days (both included), why, and who stands in."""

    club_id: int
    user_id: int
    kind: AbsenceKind
    from_on: date
    until_on: date
    reason: str = ""
    substitute_id: int | None = None


def ask_leave(order: LeaveOrder, *, by: str) -> StaffAbsence:
    """The absence waits until another person agrees; sick days count at once.

    Raises ALREADY_AWAY when the person has asked for one of these days before.
    """
    reason = clean(order.reason, "reason", longest=300)
    _check(order, reason)
    lock_user(order.user_id)
    if clashing_absence(order.user_id, order.from_on, order.until_on) is not None:
        raise DomainError("ALREADY_AWAY", _("Some of these days are asked for already."))
    absence = StaffAbsence(
        club_id=order.club_id,
        user_id=order.user_id,
        kind=order.kind,
        from_on=order.from_on,
        until_on=order.until_on,
        reason=reason,
        substitute_id=order.substitute_id,
        requested_by=by,
    )
    db.session.add(absence)
    db.session.flush()
    audit.note("leave.asked", "absence", absence.id, after=_as_kept(absence), by=by)
    if order.kind is AbsenceKind.SICK:
        with telling_teachers(absence.from_on, absence.until_on):
            absence.approved_at = clock.now()
    else:
        absence.approval_id = _ask(absence, by).id
    db.session.flush()
    return absence


def leave_approved(approval: Approval, by: str) -> JsonObject:
    """The absence that another person has agreed to counts."""
    absence = db.session.get_one(StaffAbsence, int(approval.payload["absence_id"]))
    if absence.cancelled_at is not None:
        raise DomainError("STATE", _("This wish was taken back."))
    with telling_teachers(absence.from_on, absence.until_on):
        absence.approved_at = clock.now()
    return {"absence_id": absence.id, "by": by}


def take_back_leave(absence: StaffAbsence, *, by: str) -> None:
    """The person is not away after all. Raises STATE when that was said before."""
    if absence.cancelled_at is not None:
        raise DomainError("STATE", _("This was taken back already."))
    with telling_teachers(absence.from_on, absence.until_on):
        absence.cancelled_at = clock.now()
    audit.note("leave.taken_back", "absence", absence.id, by=by)


def name_substitute(absence: StaffAbsence, substitute_id: int | None, *, by: str) -> None:
    """This person stands in from now on; tasks of the absent one come to him."""
    if substitute_id == absence.user_id:
        raise invalid({"substitute": _("Choose somebody else.")})
    before = {"substitute_id": absence.substitute_id}
    with telling_teachers(absence.from_on, absence.until_on):
        absence.substitute_id = substitute_id
    after = {"substitute_id": substitute_id}
    audit.note("leave.substitute", "absence", absence.id, before=before, after=after, by=by)


def _check(order: LeaveOrder, reason: str) -> None:
    known = {one[0] for one in staff_of(order.club_id)}
    faults = {}
    if order.user_id not in known:
        faults["person"] = _("Choose somebody who works in this club.")
    if order.substitute_id == order.user_id or order.substitute_id not in {None, *known}:
        faults["substitute"] = _("Choose somebody else who works in this club.")
    wrong = leave_fault(order.from_on, order.until_on)
    if wrong:
        faults["until_on"] = {
            "order": _("The last day lies before the first."),
            "longest": _("Ask for at most a year at once."),
        }[wrong]
    if order.kind is not AbsenceKind.SICK and not reason:
        faults["reason"] = _("Say why.")
    if faults:
        raise invalid(faults)


def _ask(absence: StaffAbsence, by: str) -> Approval:
    days = (absence.until_on - absence.from_on).days + 1
    wish = ApprovalRequest(
        absence.club_id,
        LEAVE,
        "absence",
        str(absence.id),
        payload={"absence_id": absence.id, **_as_kept(absence)},
        reason=absence.reason,
        measure=days,
    )
    return request_approval(wish, by=by)


def _as_kept(absence: StaffAbsence) -> JsonObject:
    return {
        "user_id": absence.user_id,
        "kind": absence.kind.value,
        "from_on": absence.from_on.isoformat(),
        "until_on": absence.until_on.isoformat(),
        "substitute_id": absence.substitute_id,
    }
