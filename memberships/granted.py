"""Services room: what is done when another person has agreed to it, by the kind of the wish."""

from collections.abc import Mapping

from memberships.approvals.rules import LimitKind
from memberships.approvals.services import Executor
from memberships.billing.credits import write_off_approved
from memberships.billing.refunds import refund_approved
from memberships.contracts.asking import STAY_APPROVALS
from memberships.contracts.services import discount_approved
from memberships.schedule.absences import LEAVE, leave_approved

APPROVALS: Mapping[str, Executor] = {
    **STAY_APPROVALS,
    LEAVE: leave_approved,
    LimitKind.DISCOUNT: discount_approved,
    LimitKind.REFUND: refund_approved,
    LimitKind.WRITE_OFF: write_off_approved,
}
