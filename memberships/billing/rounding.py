"""Services room: cash that cannot be paid to the cent; the difference has a line of its own."""

from collections.abc import Sequence
from itertools import accumulate

from flask_babel import gettext as _

from memberships.billing.credits import round_down
from memberships.billing.models import Instalment, Payment
from memberships.billing.orders import InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import issue
from memberships.billing.settings import money_settings
from memberships.billing.totals import cash_rounding


def cash_asked(club_id: int, owed_minor: int) -> int:
    """Return what the desk asks for in cash to settle so much."""
    return owed_minor + cash_rounding(owed_minor, money_settings(club_id).cash_step_minor)


def rounding_of(club_id: int, amount_minor: int, parts: Sequence[Instalment]) -> int:
    """Return by how much a cash payment is above or below the parts it is meant to settle."""
    step = money_settings(club_id).cash_step_minor
    for owed in accumulate(part.open_minor for part in parts):
        added = cash_rounding(owed, step)
        if added and amount_minor == owed + added:
            return added
    return 0


def book_rounding(
    payment: Payment, added_minor: int, parts: Sequence[Instalment], *, by: str
) -> None:
    """What cash was too much is a line of an invoice, what was too little one of a credit note."""
    source_id = f"payment:{payment.id}"
    if added_minor > 0:
        line = LineOrder(_("Rounding of cash"), LineKind.ROUNDING, added_minor)
        order = InvoiceOrder(
            club_id=payment.club_id,
            payer_id=payment.payer_id,
            person_id=payment.payer_id,
            lines=[line],
            source_kind="rounding",
            source_id=source_id,
        )
        issue(order, by=by)
        return
    last = next(part for part in parts if part.open_minor > 0)
    round_down(last.invoice_id, -added_minor, source_id, by=by)
