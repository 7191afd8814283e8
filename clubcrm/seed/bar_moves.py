"""What a demo bar took and gave back, as lines of its shifts."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.seed.slate import Row
from memberships.billing.models import Payment, Refund
from memberships.tills.models import ShiftMove
from memberships.tills.rules import Moved
from memberships.tills.tenders import COUNTER_TENDERS, Tender

BAR = "bar"


def moves_of(session: Session, club_id: int, by: str) -> Iterator[tuple[date, Row]]:
    """What was taken and given back at the bar, day by day."""
    paid = Payment
    taken = session.execute(
        select(paid.taken_on, paid.id, paid.tender, paid.amount_minor, paid.taken_at).where(
            paid.club_id == club_id,
            paid.source_kind == BAR,
            paid.tender.in_(COUNTER_TENDERS),
        )
    )
    back = session.execute(
        select(Refund.refunded_on, Refund.id, Refund.tender, Refund.amount_minor, Refund.at)
        .join(paid, paid.id == Refund.payment_id)
        .where(
            Refund.club_id == club_id,
            paid.source_kind == BAR,
            Refund.tender.in_(COUNTER_TENDERS),
        )
    )
    rows = [
        (day, line_of(ShiftMove.PAYMENT, tender, amount, (at, by), payment_id=key))
        for day, key, tender, amount, at in taken
    ] + [
        (day, line_of(ShiftMove.REFUND, tender, -amount, (at, by), refund_id=key))
        for day, key, tender, amount, at in back
    ]
    yield from sorted(rows, key=lambda one: (one[0], one[1]["at"]))


def line_of(
    kind: ShiftMove, tender: Tender, amount: int, done: tuple[datetime, str], **of: int
) -> Row:
    """One movement of a shift: when and by whom, and the paper behind it."""
    line: Row = {"kind": kind, "tender": tender, "amount_minor": amount}
    return line | {"at": done[0], "by": done[1], "payment_id": None, "refund_id": None} | of


def summed(lines: Sequence[Row]) -> list[Moved]:
    """What moved by kind and tender, as the till itself sums it up."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for line in lines:
        key = (line["kind"].value, line["tender"].value)
        amount, count = sums.get(key, (0, 0))
        sums[key] = (amount + line["amount_minor"], count + 1)
    return [Moved(*key, amount, count, "") for key, (amount, count) in sorted(sums.items())]
