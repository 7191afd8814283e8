"""Services room: fees whose day has come become invoices, many in one unit of work."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.states import move
from memberships.billing.orders import Due, InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import issue, quote
from memberships.dunning.models import RecurringCharge
from memberships.dunning.queries import open_of_invoice
from memberships.dunning.rules import CHARGE_MOVES, ChargeState
from memberships.dunning.services import plan_next, schedule_of
from memberships.dunning.settings import ladder_of

SOURCE = "period"


def invoice_charges(charge_ids: Sequence[int], day: date, *, by: str) -> int:
    """Each planned fee has its invoice and the next period is planned; returns how many.

    An invoice asks for its money by the end of the grace, so that access is kept until then.
    """
    charges = db.session.scalars(
        select(RecurringCharge)
        .where(RecurringCharge.id.in_(charge_ids), RecurringCharge.state == ChargeState.PLANNED)
        .order_by(RecurringCharge.payer_id, RecurringCharge.id)
    ).all()
    for charge in charges:
        _invoice(charge, day, by=by)
    return len(charges)


def _invoice(charge: RecurringCharge, day: date, *, by: str) -> None:
    line = line_of(charge)
    total = quote(charge.club_id, [line]).total_minor
    grace = timedelta(days=ladder_of(charge.club_id).grace_days)
    invoice = issue(
        InvoiceOrder(
            club_id=charge.club_id,
            payer_id=charge.payer_id,
            person_id=charge.person_id,
            lines=(line,),
            source_kind=SOURCE,
            source_id=source_of(charge),
            due=(Due(charge.due_on + grace, total),) if total else (),
        ),
        by=by,
    )
    db.session.refresh(charge, with_for_update=True)
    charge.invoice_id, charge.next_try_on = invoice.id, day
    move(charge, ChargeState.DUE, moves=CHARGE_MOVES, by=by)
    if not open_of_invoice(invoice.id):
        move(charge, ChargeState.PAID, moves=CHARGE_MOVES, by=by, why="paid by credit")
    schedule = schedule_of(charge.contract_id)
    if schedule is not None:
        plan_next(schedule, by=by)


def source_of(charge: RecurringCharge) -> str:
    """Return the cause under which a period is invoiced, once for each contract and due day."""
    return f"{charge.contract_id}:{charge.due_on.isoformat()}"


def line_of(charge: RecurringCharge) -> LineOrder:
    """Return the line of a period's invoice, earned over the days it covers."""
    return LineOrder(
        charge.text,
        LineKind.MEMBERSHIP,
        charge.amount_minor,
        earned_from=charge.covers_from,
        earned_until=charge.covers_until,
        contract_id=charge.contract_id,
    )
