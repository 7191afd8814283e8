"""Services room: a freeze dated back, or given days, that another person has to agree to."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.types import JsonObject
from memberships.approvals.models import Approval
from memberships.approvals.services import ApprovalRequest, Executor, request_approval
from memberships.contracts.freezes import FreezeRequest, freeze_contract, freeze_preview
from memberships.contracts.giving import GiftOrder, gift_preview, give_days
from memberships.contracts.models import Contract

BACKDATED_FREEZE = "backdated_freeze"
FREE_DAYS = "free_days"


def ask_backdated_freeze(request: FreezeRequest, *, by: str) -> Approval:
    """A freeze that began in the past waits for another person; raises as its preview would."""
    shown = freeze_preview(request, is_backdated=True)
    payload: JsonObject = {
        "contract_id": request.contract_id,
        "from_on": request.from_on.isoformat(),
        "until_on": request.until_on.isoformat(),
        "type_id": request.type_id,
        "proof": request.proof,
        "may_grant_all": request.may_grant_all,
    }
    wish = ApprovalRequest(
        _club_of(request.contract_id),
        BACKDATED_FREEZE,
        "contract",
        str(request.contract_id),
        shown.price_minor or None,
        payload,
        request.reason,
        shown.days,
    )
    return request_approval(wish, by=by)


def backdated_freeze_approved(approval: Approval, by: str) -> JsonObject:
    """The freeze that another person has agreed to is placed, in the name of who asked for it."""
    kept = approval.payload
    request = FreezeRequest(
        int(kept["contract_id"]),
        date.fromisoformat(str(kept["from_on"])),
        date.fromisoformat(str(kept["until_on"])),
        approval.reason,
        kept["type_id"],
        str(kept["proof"]),
        bool(kept["may_grant_all"]),
    )
    block = freeze_contract(request, by=approval.requested_by, is_backdated=True)
    return {"block_id": block.id, "by": by}


def ask_free_days(contract_id: int, days: int, reason: str, *, by: str) -> Approval:
    """Days that the asker may not give alone wait for another person."""
    gift_preview(contract_id, days)
    wish = ApprovalRequest(
        _club_of(contract_id),
        FREE_DAYS,
        "contract",
        str(contract_id),
        None,
        {"contract_id": contract_id, "days": days},
        reason,
        days,
    )
    return request_approval(wish, by=by)


def free_days_approved(approval: Approval, by: str) -> JsonObject:
    """The days that another person has agreed to are given, once."""
    kept = approval.payload
    source = f"approval:{approval.id}"
    order = GiftOrder(int(kept["contract_id"]), int(kept["days"]), approval.reason, source)
    return {"gift": give_days(order, by=approval.requested_by).id, "by": by}


STAY_APPROVALS: Mapping[str, Executor] = {
    BACKDATED_FREEZE: backdated_freeze_approved,
    FREE_DAYS: free_days_approved,
}


def _club_of(contract_id: int) -> int:
    contract = db.session.get(Contract, contract_id)
    if contract is None:
        raise not_found(_("There is no such contract."))
    return contract.club_id
