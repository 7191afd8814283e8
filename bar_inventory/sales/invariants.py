"""Queries room: what must always hold of sales over the counter."""

from sqlalchemy import func, select

from bar_inventory.sales.models import Sale, SaleLine, SaleReturn, SaleTender
from clubcrm.core.db import db
from memberships.billing.models import Invoice
from memberships.tills.models import ShiftLine


def sales_add_up() -> list[str]:
    """I4: return sales whose lines, tenders, invoice or shift do not tell the same sum."""
    return [
        *_wrong_lines(),
        *_wrong_tenders(),
        *_wrong_invoices(),
        *_elsewhere(),
        *_too_many_back(),
    ]


def _wrong_lines() -> list[str]:
    sums = (
        select(SaleLine.sale_id, func.sum(SaleLine.total_minor).label("total"))
        .group_by(SaleLine.sale_id)
        .subquery()
    )
    told = func.coalesce(sums.c.total, 0) + Sale.tip_minor + Sale.rounding_minor
    rows = db.session.execute(
        select(Sale.number, Sale.total_minor, told)
        .outerjoin(sums, sums.c.sale_id == Sale.id)
        .where(told != Sale.total_minor)
    )
    return [f"sale {number}: total {total}, its lines {lines}" for number, total, lines in rows]


def _wrong_tenders() -> list[str]:
    sums = (
        select(SaleTender.sale_id, func.sum(SaleTender.amount_minor).label("total"))
        .group_by(SaleTender.sale_id)
        .subquery()
    )
    told = func.coalesce(sums.c.total, 0)
    rows = db.session.execute(
        select(Sale.number, Sale.total_minor, told)
        .outerjoin(sums, sums.c.sale_id == Sale.id)
        .where(told != Sale.total_minor)
    )
    return [f"sale {number}: total {total}, its tenders {paid}" for number, total, paid in rows]


def _wrong_invoices() -> list[str]:
    rows = db.session.execute(
        select(Sale.number, Sale.total_minor, Invoice.total_minor)
        .join(Invoice, Invoice.id == Sale.invoice_id)
        .where(Invoice.total_minor != Sale.total_minor)
    )
    return [f"sale {number}: total {total}, invoice {paper}" for number, total, paper in rows]


def _elsewhere() -> list[str]:
    rows = db.session.execute(
        select(Sale.number, SaleTender.payment_id)
        .join(SaleTender, SaleTender.sale_id == Sale.id)
        .outerjoin(ShiftLine, ShiftLine.payment_id == SaleTender.payment_id)
        .where(
            SaleTender.payment_id.is_not(None),
            ShiftLine.id.is_(None) | (ShiftLine.shift_id != Sale.shift_id),
        )
    )
    return [f"sale {number}: payment {payment} is not in its shift" for number, payment in rows]


def _too_many_back() -> list[str]:
    back = func.sum(SaleReturn.quantity)
    rows = db.session.execute(
        select(SaleLine.id, SaleLine.quantity, back)
        .join(SaleReturn, SaleReturn.line_id == SaleLine.id)
        .group_by(SaleLine.id, SaleLine.quantity)
        .having(back > SaleLine.quantity)
    )
    return [f"sale line {line}: {sold} sold, {came} came back" for line, sold, came in rows]
