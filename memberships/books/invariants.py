"""Queries room: what must always hold of the books; each check returns offending rows."""

import json

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from memberships.books.counting import seal
from memberships.books.kinds import BookKind, ClosingKind
from memberships.books.models import BookLine, Closing


def closings_hold() -> list[str]:
    """I5: return closings whose seal is broken, that leave out or share a day, or do not add up.

    In each account opening + in - out is what is expected at the end, and the difference to the
    cash that was counted stands in the book as a line of its own.
    """
    return [*_broken_seals(), *_gaps(), *_unbooked_differences(), *_crooked_lines()]


def _broken_seals() -> list[str]:
    rows = db.session.execute(
        select(Closing.id, Closing.figures, Closing.sha256).order_by(Closing.id)
    )
    wrong = []
    for row in rows:
        if seal(row.figures) != row.sha256:
            wrong.append(f"closing {row.id}: its seal is broken")
        for name, told in json.loads(row.figures)["accounts"].items():
            if told["opening"] + told["in"] + told["out"] != told["closing"]:
                wrong.append(f"closing {row.id}: account {name} does not add up")
    return wrong


def _gaps() -> list[str]:
    before = func.lag(Closing.opens_on).over(
        partition_by=(Closing.club_id, Closing.kind), order_by=Closing.first_on
    )
    spans = select(Closing.id, Closing.first_on, before.label("opened")).subquery()
    rows = db.session.execute(
        select(spans.c.id).where(spans.c.opened.is_not(None), spans.c.opened != spans.c.first_on)
    )
    return [f"closing {row.id}: does not begin where the one before ends" for row in rows]


def _unbooked_differences() -> list[str]:
    rows = db.session.execute(
        select(Closing.id, Closing.figures, BookLine.amount_minor)
        .outerjoin(
            BookLine,
            (BookLine.club_id == Closing.club_id)
            & (BookLine.kind == BookKind.COUNT)
            & (BookLine.booked_on == Closing.last_on),
        )
        .where(Closing.kind == ClosingKind.DAY)
        .order_by(Closing.id)
    )
    return [
        f"closing {row.id}: the counted difference is not what the book says"
        for row in rows
        if json.loads(row.figures).get("count", {}).get("over_short", 0) != (row.amount_minor or 0)
    ]


def _crooked_lines() -> list[str]:
    """Return reversals that do not mirror their line, and transfers that lose or make money."""
    undone = aliased(BookLine)
    astray = db.session.scalars(
        select(BookLine.id)
        .join(undone, undone.id == BookLine.reverses_id)
        .where(
            (BookLine.amount_minor != -undone.amount_minor)
            | (BookLine.tax_minor != -undone.tax_minor)
            | (BookLine.account != undone.account)
            | (BookLine.club_id != undone.club_id)
        )
    )
    uneven = db.session.execute(
        select(BookLine.club_id, func.sum(BookLine.amount_minor))
        .where(BookLine.kind == BookKind.TRANSFER)
        .group_by(BookLine.club_id)
        .having(func.sum(BookLine.amount_minor) != 0)
    )
    return [
        *(f"book line {line}: does not mirror the line it takes back" for line in astray),
        *(f"club {club}: transfers come to {total}" for club, total in uneven),
    ]
