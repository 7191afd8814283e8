"""Services room: things sold at the desk; a discount above the role's limit asks a colleague."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from clubcrm.core.errors import invalid
from clubcrm.core.types import JsonObject
from memberships.approvals.models import Approval
from memberships.approvals.queries import may_alone
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import ApprovalRequest, request_approval
from memberships.billing.models import Invoice
from memberships.billing.orders import Due, InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import issue, quote
from memberships.billing.totals import discount_bp


def sell_or_ask(order: InvoiceOrder, *, by: str) -> Invoice | Approval:
    """The sale is invoiced, or waits for a colleague when its discount is above the limit.

    Raises INVALID_INPUT for a discount without a reason, which is the note of the invoice.
    """
    depth = discount_bp(order.lines)
    if depth and not order.note.strip():
        raise invalid({"note": _("Say why the price is lower.")})
    if not depth or may_alone(by, order.club_id, LimitKind.DISCOUNT, depth):
        return issue(order, by=by)
    quote(order.club_id, order.lines)
    request = ApprovalRequest(
        club_id=order.club_id,
        kind=LimitKind.DISCOUNT.value,
        subject_kind="person",
        subject_id=str(order.payer_id),
        amount_minor=sum(line.discount_minor for line in order.lines),
        payload={"order": _kept(order)},
        reason=order.note,
        measure=depth,
    )
    return request_approval(request, by=by)


def sale_approved(approval: Approval, by: str) -> JsonObject:
    """The sale whose discount another person has agreed to is invoiced, for who asked."""
    order = _order(approval.payload["order"])
    return {"invoice": issue(order, by=approval.requested_by).public_id, "by": by}


def _kept(order: InvoiceOrder) -> JsonObject:
    return {
        "club_id": order.club_id,
        "payer_id": order.payer_id,
        "person_id": order.person_id,
        "lines": [
            [line.text, line.kind.value, line.unit_price_minor, line.quantity, line.discount_minor]
            for line in order.lines
        ],
        "source_kind": order.source_kind,
        "source_id": order.source_id,
        "due": [[part.on.isoformat(), part.amount_minor] for part in order.due],
        "note": order.note,
    }


def _order(kept: JsonObject) -> InvoiceOrder:
    return InvoiceOrder(
        club_id=int(kept["club_id"]),
        payer_id=int(kept["payer_id"]),
        person_id=int(kept["person_id"]),
        lines=_lines(kept["lines"]),
        source_kind=str(kept["source_kind"]),
        source_id=str(kept["source_id"]),
        due=tuple(Due(date.fromisoformat(on), int(amount)) for on, amount in kept["due"]),
        note=str(kept["note"]),
    )


def _lines(kept: Sequence[Sequence[object]]) -> list[LineOrder]:
    return [
        LineOrder(
            text=str(text),
            kind=LineKind(str(kind)),
            unit_price_minor=int(str(price)),
            quantity=int(str(quantity)),
            discount_minor=int(str(discount)),
        )
        for text, kind, price, quantity, discount in kept
    ]
