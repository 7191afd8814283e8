"""Services room: what freezes and cancellations cost is invoiced, what returns is credited."""

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core.db import db
from memberships.billing.credits import credit, lines_left
from memberships.billing.models import Invoice, InvoiceKind, InvoiceLine
from memberships.billing.orders import CreditLine, CreditOrder, InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import issue
from memberships.billing.writing import document_of_source
from memberships.blocks.models import Block
from memberships.contracts.freeze_catalogue import freeze_terms_of
from memberships.contracts.freeze_tables import FreezeTaken
from memberships.contracts.freezing import price_after_return
from memberships.contracts.leaving_tables import Cancellation
from memberships.contracts.models import Contract
from memberships.contracts.stays import freeze_taken
from memberships.contracts.terms import FrozenSpan

FREEZE = "freeze"
CANCELLATION = "cancellation"


def charge_freeze(contract: Contract, block: Block, taken: FreezeTaken, *, by: str) -> None:
    """The payer of the contract is charged for the freeze, once; a free one leaves no invoice."""
    if taken.type_version_id is None or not taken.charged_minor:
        return
    name = freeze_terms_of(taken.type_version_id).name
    line = LineOrder(
        _("Freeze: %(kind)s", kind=name),
        LineKind.FEE,
        taken.charged_minor,
        earned_from=block.from_on,
        earned_until=block.until_on,
        contract_id=contract.id,
    )
    issue(_order(contract, line, FREEZE, str(block.id)), by=by)


def settle_freeze(block: Block, used: FrozenSpan | None, *, by: str) -> int:
    """The freeze costs what its used days cost; returns the minor units given back."""
    taken = freeze_taken(block.id)
    if taken is None or taken.type_version_id is None or not taken.charged_minor:
        return 0
    costs = price_after_return(freeze_terms_of(taken.type_version_id), used)
    back = taken.charged_minor - costs
    if back <= 0:
        return 0
    invoice = document_of_source(FREEZE, str(block.id))
    if invoice is not None:
        # What is taken back carries its share of the tax.
        room = sum(line.total_minor for line in lines_left(invoice.id))
        order = CreditOrder(
            invoice.id,
            _("The freeze ended early."),
            f"{FREEZE}:{block.id}:{costs}",
            amount_minor=room * back // taken.charged_minor,
        )
        credit(order, by=by)
    taken.charged_minor = costs
    return back


def charge_leaving(contract: Contract, kept: Cancellation, *, by: str) -> None:
    """The fee of leaving early is charged, and unused paid time comes back as a credit note."""
    if kept.refund_minor:
        _give_back(contract, kept, by)
    if kept.fee_minor:
        line = LineOrder(
            _("Fee for leaving early"), LineKind.PENALTY, kept.fee_minor, contract_id=contract.id
        )
        issue(_order(contract, line, CANCELLATION, str(kept.id)), by=by)


def charge_staying(contract: Contract, kept: Cancellation, *, by: str) -> None:
    """Who stays after all pays no fee, and pays again what the cancellation had given back."""
    fee = document_of_source(CANCELLATION, str(kept.id))
    why = _("The cancellation is taken back.")
    if fee is not None:
        credit(CreditOrder(fee.id, why, f"{CANCELLATION}:{kept.id}:withdrawn"), by=by)
    for note in _notes(kept):
        line = LineOrder(
            why,
            LineKind.MEMBERSHIP,
            -(note.net_minor if not note.tax_included else note.total_minor),
            earned_from=kept.last_day,
            earned_until=contract.ends_on,
            contract_id=contract.id,
        )
        issue(_order(contract, line, f"{CANCELLATION}_withdrawn", str(note.id)), by=by)


def last_invoiced(contract_id: int) -> Invoice | None:
    """Return the newest invoice that charges the membership of a contract, None without one."""
    return db.session.scalars(
        select(Invoice)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(
            InvoiceLine.contract_id == contract_id,
            InvoiceLine.kind == LineKind.MEMBERSHIP,
            Invoice.kind == InvoiceKind.INVOICE,
        )
        .order_by(Invoice.id.desc())
        .limit(1)
    ).first()


def _give_back(contract: Contract, kept: Cancellation, by: str) -> None:
    """So much of the newest invoice is credited as it still holds: never more than was charged."""
    invoice = last_invoiced(contract.id)
    if invoice is None:
        return
    mine = set(
        db.session.scalars(
            select(InvoiceLine.id).where(
                InvoiceLine.invoice_id == invoice.id,
                InvoiceLine.contract_id == contract.id,
                InvoiceLine.kind == LineKind.MEMBERSHIP,
            )
        )
    )
    wanted, lines = kept.refund_minor, []
    for line in lines_left(invoice.id):
        share = min(wanted, line.total_minor) if line.line_id in mine else 0
        if share > 0:
            lines.append(CreditLine(line.line_id, share))
            wanted -= share
    if lines:
        why = _("Cancelled: unused days come back.")
        source = f"{CANCELLATION}:{kept.id}:unused"
        credit(CreditOrder(invoice.id, why, source, tuple(lines)), by=by)


def _notes(kept: Cancellation) -> list[Invoice]:
    note = document_of_source("credit", f"{CANCELLATION}:{kept.id}:unused")
    return [] if note is None else [note]


def _order(contract: Contract, line: LineOrder, source_kind: str, source_id: str) -> InvoiceOrder:
    return InvoiceOrder(
        contract.club_id, contract.payer_id, contract.person_id, (line,), source_kind, source_id
    )
