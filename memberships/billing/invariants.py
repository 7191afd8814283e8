"""Queries room: what must always hold of invoices, payments and vouchers."""

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from memberships.billing.models import (
    Allocation,
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    NumberSeries,
    Payment,
    Refund,
    SeriesKind,
    Voucher,
    VoucherEntry,
)


def invoices_add_up() -> list[str]:
    """I4: return invoices whose lines, parts and settlements do not make the total, and gaps."""
    return [*_wrong_sums(), *_wrong_parts(), *_wrong_settlements(), *_gaps()]


def money_is_given_back_once() -> list[str]:
    """I6: return payments refunded or spent beyond what came in, and vouchers off their ledger."""
    return [*_wrong_payments(), *_wrong_refunds(), *_wrong_vouchers()]


def _wrong_sums() -> list[str]:
    lines = (
        select(
            InvoiceLine.invoice_id,
            func.sum(InvoiceLine.net_minor).label("net"),
            func.sum(InvoiceLine.tax_minor).label("tax"),
            func.sum(InvoiceLine.total_minor).label("total"),
        )
        .group_by(InvoiceLine.invoice_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Invoice.number, Invoice.total_minor, lines.c.total)
        .outerjoin(lines, lines.c.invoice_id == Invoice.id)
        .where(
            lines.c.net.is_(None)
            | (lines.c.net != Invoice.net_minor)
            | (lines.c.tax != Invoice.tax_minor)
            | (lines.c.total != Invoice.total_minor)
        )
        .order_by(Invoice.id)
    )
    return [f"invoice {number}: total {total}, its lines {lines}" for number, total, lines in rows]


def _wrong_parts() -> list[str]:
    parts = (
        select(Instalment.invoice_id, func.sum(Instalment.amount_minor).label("due"))
        .group_by(Instalment.invoice_id)
        .subquery()
    )
    due = func.coalesce(parts.c.due, 0)
    rows = db.session.execute(
        select(Invoice.number, Invoice.total_minor, due)
        .outerjoin(parts, parts.c.invoice_id == Invoice.id)
        .where(Invoice.kind == InvoiceKind.INVOICE, due != Invoice.total_minor)
        .order_by(Invoice.id)
    )
    credited = (
        select(Allocation.credit_note_id, func.sum(Allocation.amount_minor).label("used"))
        .group_by(Allocation.credit_note_id)
        .subquery()
    )
    used = func.coalesce(credited.c.used, 0)
    notes = db.session.execute(
        select(Invoice.number, -Invoice.total_minor, used)
        .outerjoin(credited, credited.c.credit_note_id == Invoice.id)
        .where(Invoice.kind == InvoiceKind.CREDIT_NOTE, used != -Invoice.total_minor)
        .order_by(Invoice.id)
    )
    return [
        *(f"invoice {number}: total {total}, its dated parts {due}" for number, total, due in rows),
        *(f"credit note {number}: {total} credited, {used} used" for number, total, used in notes),
    ]


def _wrong_settlements() -> list[str]:
    settled = (
        select(Allocation.instalment_id, func.sum(Allocation.amount_minor).label("sum"))
        .group_by(Allocation.instalment_id)
        .subquery()
    )
    amount = func.coalesce(settled.c.sum, 0)
    rows = db.session.execute(
        select(Invoice.number, Instalment.position, Instalment.open_minor, amount)
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .outerjoin(settled, settled.c.instalment_id == Instalment.id)
        .where(Instalment.amount_minor != Instalment.open_minor + amount)
        .order_by(Instalment.id)
    )
    return [
        f"invoice {number}, part {position}: {left} open, {settled} settled"
        for number, position, left, settled in rows
    ]


def _gaps() -> list[str]:
    rows = db.session.execute(
        select(
            Invoice.club_id, Invoice.kind, Invoice.year, func.count(), func.max(Invoice.sequence)
        )
        .group_by(Invoice.club_id, Invoice.kind, Invoice.year)
        .having(func.count() != func.max(Invoice.sequence))
    )
    gaps = [
        f"club {club}, {kind.value} {year}: {count} documents, last number {last}"
        for club, kind, year, count, last in rows
    ]
    receipts = db.session.execute(
        select(Payment.club_id, Payment.year, func.count(), func.max(Payment.sequence))
        .group_by(Payment.club_id, Payment.year)
        .having(func.count() != func.max(Payment.sequence))
    )
    gaps += [
        f"club {club}, receipts {year}: {count} payments, last number {last}"
        for club, year, count, last in receipts
    ]
    behind = db.session.execute(
        select(NumberSeries.club_id, NumberSeries.year, NumberSeries.last_number)
        .join(
            Invoice,
            (Invoice.club_id == NumberSeries.club_id)
            & (Invoice.year == NumberSeries.year)
            & (Invoice.kind == NumberSeries.kind),
        )
        .group_by(NumberSeries.club_id, NumberSeries.kind, NumberSeries.year)
        .having(func.max(Invoice.sequence) != NumberSeries.last_number)
    )
    receipts_behind = db.session.execute(
        select(NumberSeries.club_id, NumberSeries.year, NumberSeries.last_number)
        .join(
            Payment,
            (Payment.club_id == NumberSeries.club_id) & (Payment.year == NumberSeries.year),
        )
        .where(NumberSeries.kind == SeriesKind.RECEIPT)
        .group_by(NumberSeries.club_id, NumberSeries.kind, NumberSeries.year)
        .having(func.max(Payment.sequence) != NumberSeries.last_number)
    )
    gaps += [
        f"club {club}, {year}: series stands at {last}"
        for club, year, last in (*behind, *receipts_behind)
    ]
    return gaps


def _wrong_payments() -> list[str]:
    spent = (
        select(Allocation.payment_id, func.sum(Allocation.amount_minor).label("sum"))
        .group_by(Allocation.payment_id)
        .subquery()
    )
    used = func.coalesce(spent.c.sum, 0)
    rows = db.session.execute(
        select(Payment.number, Payment.amount_minor, Payment.free_minor, used)
        .outerjoin(spent, spent.c.payment_id == Payment.id)
        .where(
            (Payment.amount_minor != Payment.free_minor + Payment.refunded_minor + used)
            | (used < 0)
        )
        .order_by(Payment.id)
    )
    return [
        f"payment {number}: {amount} came in, {free} free, {used} spent"
        for number, amount, free, used in rows
    ]


def _wrong_refunds() -> list[str]:
    made = aliased(Refund)
    given = func.coalesce(func.sum(made.amount_minor), 0)
    rows = db.session.execute(
        select(Payment.number, Payment.amount_minor, Payment.refunded_minor, given)
        .outerjoin(made, made.payment_id == Payment.id)
        .group_by(Payment.id)
        .having((given != Payment.refunded_minor) | (given > Payment.amount_minor))
        .order_by(Payment.id)
    )
    return [
        f"payment {number}: {amount} came in, {noted} noted as given back, refunds {given}"
        for number, amount, noted, given in rows
    ]


def _wrong_vouchers() -> list[str]:
    lines = func.coalesce(func.sum(VoucherEntry.delta_minor), 0)
    rows = db.session.execute(
        select(Voucher.code, Voucher.remaining_minor, lines)
        .outerjoin(VoucherEntry, VoucherEntry.voucher_id == Voucher.id)
        .group_by(Voucher.id)
        .having((Voucher.remaining_minor != lines) | (Voucher.remaining_minor < 0))
        .order_by(Voucher.id)
    )
    return [f"voucher {code}: {left} left, sum of lines {lines}" for code, left, lines in rows]
