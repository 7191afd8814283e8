"""Queries room: what must always hold of shifts."""

from sqlalchemy import case, func, select

from clubcrm.core.db import db
from memberships.tills.counting import seal
from memberships.tills.models import (
    ReportKind,
    Shift,
    ShiftLine,
    ShiftMove,
    ShiftReport,
    ShiftState,
)
from memberships.tills.tenders import Tender


def shifts_balance() -> list[str]:
    """I5: return shifts that do not add up, and reports with a broken seal or a gap.

    Opening + in - out is expected, and with the booked difference it is what was counted.
    """
    return [*_crooked_shifts(), *_reports()]


def _crooked_shifts() -> list[str]:
    cash = case((ShiftLine.tender == Tender.CASH, ShiftLine.amount_minor), else_=0)
    booked = case((ShiftLine.kind == ShiftMove.DIFFERENCE, ShiftLine.amount_minor), else_=0)
    opened = case((ShiftLine.kind == ShiftMove.FLOAT, ShiftLine.amount_minor), else_=0)
    sums = (
        select(
            ShiftLine.shift_id,
            func.count().label("lines"),
            func.sum(cash).label("cash"),
            func.sum(booked).label("booked"),
            func.sum(opened).label("opened"),
        )
        .group_by(ShiftLine.shift_id)
        .subquery()
    )
    total = func.coalesce(sums.c.cash, 0)
    difference = func.coalesce(sums.c.booked, 0)
    closed = Shift.state == ShiftState.CLOSED
    rows = db.session.execute(
        select(Shift.id, total, difference, Shift.expected_minor, Shift.counted_minor)
        .outerjoin(sums, sums.c.shift_id == Shift.id)
        .where(
            (Shift.lines != func.coalesce(sums.c.lines, 0))
            | (Shift.float_minor != func.coalesce(sums.c.opened, 0))
            | (closed & (Shift.expected_minor != total - difference))
            | (closed & (Shift.counted_minor != total))
        )
        .order_by(Shift.id)
    )
    return [
        f"shift {shift}: lines come to {total} with {difference} of difference, "
        f"expected {expected}, counted {counted}"
        for shift, total, difference, expected, counted in rows
    ]


def _reports() -> list[str]:
    sealed = db.session.execute(
        select(ShiftReport.id, ShiftReport.figures, ShiftReport.sha256).execution_options(
            yield_per=1000
        )
    )
    wrong = [
        f"shift report {row.id}: its seal is broken"
        for row in sealed
        if seal(row.figures) != row.sha256
    ]
    gaps = db.session.execute(
        select(ShiftReport.till_id, ShiftReport.kind, func.max(ShiftReport.number), func.count())
        .group_by(ShiftReport.till_id, ShiftReport.kind)
        .having(func.max(ShiftReport.number) != func.count())
    )
    wrong += [
        f"till {till}: {count} {kind.value} reports, last number {last}"
        for till, kind, last, count in gaps
    ]
    zeds = (
        select(ShiftReport.shift_id, func.count().label("count"))
        .where(ShiftReport.kind == ReportKind.Z)
        .group_by(ShiftReport.shift_id)
        .subquery()
    )
    unreported = db.session.scalars(
        select(Shift.id)
        .outerjoin(zeds, zeds.c.shift_id == Shift.id)
        .where(
            ((Shift.state == ShiftState.CLOSED) & (func.coalesce(zeds.c.count, 0) != 1))
            | ((Shift.state == ShiftState.OPEN) & (func.coalesce(zeds.c.count, 0) != 0))
        )
    )
    return wrong + [f"shift {shift}: not exactly one Z report when closed" for shift in unreported]
