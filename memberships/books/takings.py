"""Queries room: money that members paid and got back, as the cash book sees it.

These lines are derived from payments and refunds and never typed again. Each lands on its club
day, or, when it was taken after that day was closed, on the first day that was open at that moment.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from clubcrm.core.db import db
from memberships.billing.models import Payment, Refund
from memberships.billing.orders import MONEY_TENDERS, Tender
from memberships.books.kinds import Account, ClosingKind
from memberships.books.models import Closing

ACCOUNT_OF: Mapping[Tender, Account] = {
    Tender.CASH: Account.CASH,
    Tender.CARD_TERMINAL: Account.CARD,
    Tender.BANK_TRANSFER: Account.BANK,
    Tender.GATEWAY: Account.GATEWAY,
}
DaySums = dict[tuple[date, Tender, bool], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Taking:
    """One payment, or one refund as a negative amount."""

    is_refund: bool
    payment_id: int
    payment: str  # public id
    payer_id: int
    number: str
    tender: Tender
    amount_minor: int
    dated_on: date
    landed_on: date
    at: datetime
    reference: str


def day_sums(club_id: int, first: date, last: date) -> DaySums:
    """Return sum and count by landing day, tender and direction; True stands for refunds."""
    sums: DaySums = {}
    for refunds, statement in ((False, _payments()), (True, _refunds())):
        dated, at_club = _columns(refunds)
        rows = db.session.execute(
            statement.with_only_columns(
                dated,
                Refund.tender if refunds else Payment.tender,
                func.sum(Refund.amount_minor if refunds else Payment.amount_minor),
                func.count(),
            )
            .where(at_club == club_id, dated.between(first, last))
            .group_by(dated, Refund.tender if refunds else Payment.tender)
        )
        for day, tender, amount, count in rows:
            sums[day, tender, refunds] = (-int(amount) if refunds else int(amount), count)
    for late in late_takings(club_id):
        if first <= late.dated_on <= last:
            _shift(sums, late.dated_on, late, -1)
        if first <= late.landed_on <= last:
            _shift(sums, late.landed_on, late, 1)
    return {key: told for key, told in sums.items() if told[1]}


def balance_of_takings(club_id: int, until: date) -> dict[Account, int]:
    """Return what payments less refunds have brought into each account by the end of a day."""
    sums: dict[Account, int] = {}
    for (_day, tender, _back), (amount, _count) in day_sums(club_id, date.min, until).items():
        if tender in MONEY_TENDERS:
            account = ACCOUNT_OF[tender]
            sums[account] = sums.get(account, 0) + amount
    return sums


def takings_of(club_id: int, first: date, last: date, tender: Tender | None = None) -> list[Taking]:
    """Return every payment and refund that landed in the time, in order."""
    late = {(one.is_refund, one.payment_id, one.at): one for one in late_takings(club_id)}
    found = []
    for refunds, statement in ((False, _payments()), (True, _refunds())):
        dated, at_club = _columns(refunds)
        rows = db.session.execute(statement.where(at_club == club_id, dated.between(first, last)))
        found += [one for one in _read(rows.all(), refunds)
                  if (one.is_refund, one.payment_id, one.at) not in late]  # fmt: skip
    found += [one for one in late.values() if first <= one.landed_on <= last]
    wanted = [one for one in found if tender is None or one.tender is tender]
    return sorted(wanted, key=lambda one: (one.landed_on, one.at, one.payment_id, one.is_refund))


def late_takings(club_id: int) -> list[Taking]:
    """Return payments and refunds taken after their own day had been closed."""
    closings = db.session.execute(
        select(Closing.at, Closing.opens_on)
        .where(Closing.club_id == club_id, Closing.kind == ClosingKind.DAY)
        .order_by(Closing.at, Closing.id)
    ).all()
    moments = [row.at for row in closings]
    opened: list[date] = []
    for row in closings:
        opened.append(max(row.opens_on, opened[-1]) if opened else row.opens_on)
    found = []
    for refunds, statement in ((False, _payments()), (True, _refunds())):
        dated, at_club = _columns(refunds)
        rows = db.session.execute(
            statement.join(
                Closing,
                (Closing.club_id == at_club)
                & (Closing.kind == ClosingKind.DAY)
                & dated.between(Closing.first_on, Closing.last_on)
                & ((Refund.at if refunds else Payment.taken_at) > Closing.at),
            ).where(at_club == club_id)
        )
        for one in _read(rows.all(), refunds):
            place = bisect_right(moments, one.at)
            found.append(_landed(one, max(one.dated_on, opened[place - 1])))
    return found


def _columns(refunds: bool) -> tuple[InstrumentedAttribute[date], InstrumentedAttribute[int]]:
    if refunds:
        return Refund.refunded_on, Refund.club_id
    return Payment.taken_on, Payment.club_id


def _payments() -> Select[*tuple[Any, ...]]:
    return select(
        Payment.id,
        Payment.public_id,
        Payment.payer_id,
        Payment.number,
        Payment.tender,
        Payment.amount_minor,
        Payment.taken_on,
        Payment.taken_at,
        Payment.reference,
    )


def _refunds() -> Select[*tuple[Any, ...]]:
    return select(
        Refund.payment_id,
        Payment.public_id,
        Payment.payer_id,
        Payment.number,
        Refund.tender,
        -Refund.amount_minor,
        Refund.refunded_on,
        Refund.at,
        Refund.reason,
    ).join(Payment, Payment.id == Refund.payment_id)


def _read(rows: Sequence[Row[*tuple[Any, ...]]], refunds: bool) -> Iterator[Taking]:
    for payment, public, payer, number, tender, amount, dated, at, reference in rows:
        yield Taking(
            refunds,
            payment,
            public,
            payer,
            number,
            tender,
            int(amount),
            dated,
            dated,
            at,
            reference,
        )


def _landed(one: Taking, day: date) -> Taking:
    return replace(one, landed_on=day)


def _shift(sums: DaySums, day: date, one: Taking, sign: int) -> None:
    key = (day, one.tender, one.is_refund)
    amount, count = sums.get(key, (0, 0))
    sums[key] = (amount + sign * one.amount_minor, count + sign)
