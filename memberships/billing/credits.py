"""Services room: what is taken back of an invoice by a credit note, or given up."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from memberships.approvals.models import Approval
from memberships.approvals.queries import may_alone
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import ApprovalRequest, request_approval
from memberships.billing import settling
from memberships.billing.models import (
    Allocation,
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Payment,
    WriteOff,
)
from memberships.billing.orders import (
    CreditLine,
    CreditOrder,
    InvoiceOrder,
    LineKind,
    WriteOffOrder,
)
from memberships.billing.totals import LineLeft, credited_line, share_over
from memberships.billing.writing import (
    LONGEST_TEXT,
    Quote,
    document_of_source,
    refresh_people,
    tell,
    write_document,
)


def credit(order: CreditOrder, *, by: str) -> Invoice:
    """So much of an invoice is taken back by a credit note with its own number.

    What was open shrinks first, the last day first; what was paid for it becomes the payer's
    credit. Raises TOO_MUCH when more is credited than was sold, INVALID_INPUT without a reason.
    """
    reason = clean(order.reason, "reason", longest=LONGEST_TEXT)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    invoice = invoice_by_id(order.invoice_id)
    club = settling.lock_payer(invoice.payer_id, invoice.club_id)
    found = document_of_source("credit", order.source_id)
    if found is not None:
        return found
    left = lines_left(invoice.id)
    shares = _credit_shares(order, left, _creditable(invoice.id))
    split = {line.line_id: credited_line(line, shares[line.line_id]) for line in left}
    net = sum(part[0] for part in split.values())
    tax = sum(part[1] for part in split.values())
    totals = Quote((), -net, -tax, -net - tax, invoice.currency, invoice.tax_included)
    source = InvoiceOrder(
        club_id=invoice.club_id,
        payer_id=invoice.payer_id,
        person_id=invoice.person_id,
        lines=(),
        source_kind="credit",
        source_id=order.source_id,
        note=reason,
    )
    today = clock.today(club.zone)
    note = write_document(
        source, totals, InvoiceKind.CREDIT_NOTE, today, by=by, credits_id=invoice.id
    )
    _write_lines(note, {key: part for key, part in split.items() if part != (0, 0)})
    db.session.flush()
    tell(note, by=by)
    _take_back(invoice, note, net + tax, by=by)
    refresh_people(invoice, by=by)
    return note


def round_down(invoice_id: int, amount_minor: int, source_id: str, *, by: str) -> Invoice:
    """What cash could not pay to the cent is credited by a line of rounding, without tax."""
    invoice = invoice_by_id(invoice_id)
    source = InvoiceOrder(
        club_id=invoice.club_id,
        payer_id=invoice.payer_id,
        person_id=invoice.person_id,
        lines=(),
        source_kind="rounding",
        source_id=source_id,
    )
    totals = Quote((), -amount_minor, 0, -amount_minor, invoice.currency, invoice.tax_included)
    today = clock.today(settling.lock_payer(invoice.payer_id, invoice.club_id).zone)
    note = write_document(
        source, totals, InvoiceKind.CREDIT_NOTE, today, by=by, credits_id=invoice.id
    )
    db.session.add(
        InvoiceLine(
            invoice_id=note.id,
            position=1,
            kind=LineKind.ROUNDING,
            text=_("Rounding of cash"),
            quantity=1,
            unit_price_minor=-amount_minor,
            tax_bp=0,
            net_minor=-amount_minor,
            tax_minor=0,
            total_minor=-amount_minor,
        )
    )
    db.session.flush()
    tell(note, by=by)
    parts = settling.open_parts(Instalment.invoice_id == invoice.id)
    settling.settle(settling.Cause(credit_note_id=note.id), amount_minor, parts, by=by)
    return note


def write_off(order: WriteOffOrder, *, by: str) -> WriteOff | Approval:
    """The club gives up what an invoice still asks for, or a part; raises TOO_MUCH beyond that.

    Above the role's limit the wish waits for another person.
    """
    reason = clean(order.reason, "reason", longest=LONGEST_TEXT)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    invoice = invoice_by_id(order.invoice_id)
    club = settling.lock_payer(invoice.payer_id, invoice.club_id)
    parts = settling.open_parts(Instalment.invoice_id == invoice.id)
    still_open = sum(part.open_minor for part in parts)
    amount = still_open if order.amount_minor is None else order.amount_minor
    if not 0 < amount <= still_open:
        raise DomainError("TOO_MUCH", _("So much is not open on this invoice."))
    alone = may_alone(by, club.id, LimitKind.WRITE_OFF, amount)
    if order.approval_id is None and not alone:
        return _ask(invoice, amount, reason, by=by)
    lost = WriteOff(
        invoice_id=invoice.id,
        amount_minor=amount,
        reason=reason,
        source_id=order.source_id,
        approval_id=order.approval_id,
        written_on=clock.today(club.zone),
        by=by,
    )
    db.session.add(lost)
    db.session.flush()
    settling.settle(settling.Cause(write_off_id=lost.id), amount, parts, by=by)
    after = {"amount_minor": amount, "reason": reason}
    audit.note("invoice.written_off", "invoice", invoice.id, after=after, by=by)
    refresh_people(invoice, by=by)
    return lost


def write_off_approved(approval: Approval, by: str) -> JsonObject:
    """What another person has agreed to give up is given up, in the name of who asked for it."""
    order = WriteOffOrder(
        invoice_id=int(approval.payload["invoice_id"]),
        reason=approval.reason,
        source_id=f"approval:{approval.id}",
        amount_minor=int(approval.payload["amount_minor"]),
        approval_id=approval.id,
    )
    return {"write_off": write_off(order, by=approval.requested_by).public_id, "by": by}


def _ask(invoice: Invoice, amount_minor: int, reason: str, *, by: str) -> Approval:
    request = ApprovalRequest(
        club_id=invoice.club_id,
        kind=LimitKind.WRITE_OFF.value,
        subject_kind="invoice",
        subject_id=str(invoice.id),
        amount_minor=amount_minor,
        payload={
            "person_id": invoice.payer_id,
            "invoice_id": invoice.id,
            "amount_minor": amount_minor,
        },
        reason=reason,
    )
    return request_approval(request, by=by)


def invoice_by_id(invoice_id: int) -> Invoice:
    """Return the invoice; raises NOT_FOUND when there is none."""
    invoice = db.session.get(Invoice, invoice_id)
    if invoice is None or invoice.kind is not InvoiceKind.INVOICE:
        raise not_found(_("There is no such invoice."))
    return invoice


def lines_left(invoice_id: int) -> list[LineLeft]:
    """Return what of each line of an invoice has not been credited yet."""
    taken = {
        line_id: (int(total), int(tax))
        for line_id, total, tax in db.session.execute(
            select(
                InvoiceLine.credits_line_id,
                func.sum(InvoiceLine.total_minor),
                func.sum(InvoiceLine.tax_minor),
            )
            .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
            .where(Invoice.credits_id == invoice_id)
            .group_by(InvoiceLine.credits_line_id)
        )
    }
    left = []
    for line in db.session.scalars(
        select(InvoiceLine)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    ):
        total, tax = taken.get(line.id, (0, 0))
        left.append(LineLeft(line.id, line.total_minor + total, line.tax_minor + tax, line.tax_bp))
    return left


def _creditable(invoice_id: int) -> int:
    """Return what of an invoice is open or paid; the rest was credited, rounded or given up."""
    still_open = db.session.scalar(
        select(func.coalesce(func.sum(Instalment.open_minor), 0)).where(
            Instalment.invoice_id == invoice_id
        )
    )
    paid = db.session.scalar(
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .join(Instalment, Instalment.id == Allocation.instalment_id)
        .where(Instalment.invoice_id == invoice_id, Allocation.payment_id.is_not(None))
    )
    return int(still_open or 0) + int(paid or 0)


def _credit_shares(order: CreditOrder, left: list[LineLeft], most_minor: int) -> dict[int, int]:
    room = {line.line_id: line.total_minor for line in left}
    most = min(most_minor, sum(room.values()))
    if order.lines:
        wanted = _by_line(order.lines)
    else:
        amount = most if order.amount_minor is None else order.amount_minor
        wanted = share_over(amount, room) if 0 < amount <= most else {}
    within = all(0 <= abs(amount) <= abs(room.get(line, 0)) for line, amount in wanted.items())
    if not within or not 0 < sum(wanted.values()) <= most:
        raise DomainError("TOO_MUCH", _("So much was not sold, or is credited already."))
    return {line: wanted.get(line, 0) for line in room}


def _by_line(lines: Sequence[CreditLine]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for line in lines:
        if line.amount_minor <= 0:
            raise invalid({"lines": _("Expected an amount above nothing.")})
        wanted[line.line_id] = wanted.get(line.line_id, 0) + line.amount_minor
    return wanted


def _take_back(invoice: Invoice, note: Invoice, amount_minor: int, *, by: str) -> None:
    parts = list(reversed(settling.open_parts(Instalment.invoice_id == invoice.id)))
    missing = amount_minor - sum(part.open_minor for part in parts)
    if missing > 0:
        _free_paid(invoice.id, missing, by=by)
        parts = list(reversed(settling.open_parts(Instalment.invoice_id == invoice.id)))
    if settling.settle(settling.Cause(credit_note_id=note.id), amount_minor, parts, by=by):
        raise DomainError("TOO_MUCH", _("A part of this invoice was given up before."))


def _free_paid(invoice_id: int, amount_minor: int, *, by: str) -> None:
    total = func.sum(Allocation.amount_minor)
    rows = db.session.execute(
        select(Allocation.payment_id, Allocation.instalment_id, total)
        .join(Instalment, Instalment.id == Allocation.instalment_id)
        .where(Instalment.invoice_id == invoice_id, Allocation.payment_id.is_not(None))
        .group_by(Allocation.payment_id, Allocation.instalment_id)
        .having(total > 0)
        .order_by(Allocation.payment_id.desc(), Allocation.instalment_id.desc())
    ).all()
    left = amount_minor
    for payment_id, instalment_id, paid in rows:
        take = min(left, int(paid))
        if take:
            payment = db.session.get_one(Payment, payment_id, populate_existing=True)
            settling.reopen(payment, instalment_id, take, by=by)
            left -= take


def _write_lines(note: Invoice, split: dict[int, tuple[int, int]]) -> None:
    sold = {
        line.id: line
        for line in db.session.scalars(select(InvoiceLine).where(InvoiceLine.id.in_(split)))
    }
    for position, (line_id, (net, tax)) in enumerate(split.items(), 1):
        line = sold[line_id]
        shown = -net - tax if note.tax_included else -net
        db.session.add(
            InvoiceLine(
                invoice_id=note.id,
                position=position,
                kind=line.kind,
                text=line.text,
                quantity=1,
                unit_price_minor=shown,
                tax_bp=line.tax_bp,
                net_minor=-net,
                tax_minor=-tax,
                total_minor=-net - tax,
                earned_from=line.earned_from,
                earned_until=line.earned_until,
                contract_id=line.contract_id,
                lot_id=line.lot_id,
                credits_line_id=line_id,
            )
        )
