"""Verbs of shifts: open, put money in, take it out, look, close; each movement in one shift.

A movement raises the counter of its shift while the shift is open, and closing takes the same row:
whoever comes second sees what the first has done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from memberships.events import ShiftClosed
from memberships.tills.counting import canonical, counted_sum, seal
from memberships.tills.models import (
    Purpose,
    ReportKind,
    Shift,
    ShiftLine,
    ShiftMove,
    ShiftReport,
    ShiftState,
    Till,
)
from memberships.tills.queries import last_number, moved_in, shift_at
from memberships.tills.rules import Counted, closed_figures, expected_by_tender, shift_figures
from memberships.tills.settings import till_settings
from memberships.tills.tenders import COUNTER_TENDERS, Tender

SHIFT_MOVES: Moves = {ShiftState.OPEN: frozenset({ShiftState.CLOSED})}
MOST_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class Taken:
    """Money that passed a counter: a payment in, or a refund as a negative amount."""

    club_id: int
    tender: Tender
    amount_minor: int
    payment_id: int | None = None
    refund_id: int | None = None
    shift_id: int | None = None


@dataclass(frozen=True, slots=True)
class CashMove:
    """Cash put into a drawer, or taken out as a negative amount, without a sale."""

    shift_id: int
    amount_minor: int
    purpose: Purpose
    reason: str


def add_till(club_id: int, name: str, *, by: str) -> Till:
    """The club has one more till; raises INVALID_INPUT without a name, STATE when it is taken."""
    words = clean(name, "name", longest=60)
    if not words:
        raise invalid({"name": _("A till needs a name.")})
    same = select(Till.id).where(Till.club_id == club_id, Till.name == words)
    if db.session.scalar(same) is not None:
        raise DomainError("STATE", _("There is a till of this name already."))
    till = Till(club_id=club_id, name=words)
    db.session.add(till)
    db.session.flush()
    audit.note("till.added", "till", till.id, after={"name": words}, by=by)
    return till


def open_shift(till_id: int, float_minor: int, *, by: str) -> Shift:
    """The till is this person's, with so much change in it.

    Raises SHIFT_OPEN while a shift runs on the till, or while this person has one elsewhere.
    """
    till = db.session.get(Till, till_id)
    club = None if till is None else db.session.get(Club, till.club_id)
    if till is None or club is None:
        raise not_found(_("There is no such till."))
    if not 0 <= float_minor <= MOST_MINOR:
        raise invalid({"float": _("The drawer cannot hold less than nothing.")})
    shift = Shift(
        club_id=till.club_id,
        till_id=till.id,
        opened_by=by,
        float_minor=float_minor,
        currency=club.currency,
        lines=0,
    )
    try:
        with db.session.begin_nested():
            db.session.add(shift)
            db.session.flush()
    except IntegrityError:
        text = _("A shift is open already, on this till or by you on another one.")
        raise DomainError("SHIFT_OPEN", text) from None
    if float_minor:
        _enter(shift.id, ShiftLine(kind=ShiftMove.FLOAT, amount_minor=float_minor), by=by)
    after = {"till": till.name, "float_minor": float_minor}
    audit.note("shift.opened", "shift", shift.id, after=after, by=by)
    return shift


def book_taken(taken: Taken, *, by: str) -> None:
    """What passed a counter stands in the shift it belongs to, if there is one.

    Raises NO_SHIFT for cash where the club wants an open shift, SHIFT_CLOSED when the named shift
    is no longer open.
    """
    if taken.tender not in COUNTER_TENDERS or not (taken.shift_id or by.startswith("user:")):
        return
    line = {
        "kind": ShiftMove.REFUND if taken.refund_id else ShiftMove.PAYMENT,
        "tender": taken.tender,
        "amount_minor": taken.amount_minor,
        "payment_id": taken.payment_id,
        "refund_id": taken.refund_id,
    }
    if taken.shift_id is not None:
        if not _enter(taken.shift_id, ShiftLine(**line), by=by):
            raise _closed()
        return
    for _attempt in range(3):
        shift = shift_at(taken.club_id, by)
        if shift is None:
            break
        if _enter(shift.id, ShiftLine(**line), by=by):
            return
    if taken.tender is Tender.CASH and till_settings(taken.club_id).cash_needs_shift:
        raise DomainError("NO_SHIFT", _("Open a shift first: this club takes cash in shifts only."))


def move_cash(order: CashMove, *, by: str) -> ShiftLine:
    """So much cash is in the drawer, or out of it, for a reason; raises SHIFT_CLOSED."""
    reason = clean(order.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    if not 0 < abs(order.amount_minor) <= MOST_MINOR:
        raise invalid({"amount": _("Expected an amount above nothing.")})
    kind = ShiftMove.PAY_IN if order.amount_minor > 0 else ShiftMove.PAY_OUT
    line = ShiftLine(
        kind=kind, amount_minor=order.amount_minor, purpose=order.purpose, reason=reason
    )
    if not _enter(order.shift_id, line, by=by):
        raise _closed()
    if expected_by_tender(moved_in(order.shift_id)).get(Tender.CASH, 0) < 0:
        raise invalid({"amount": _("There is not so much cash in the drawer.")})
    after = {"amount_minor": order.amount_minor, "purpose": order.purpose.value, "reason": reason}
    audit.note(f"shift.{kind.value}", "shift", order.shift_id, after=after, by=by)
    return line


def look(shift_id: int, *, by: str) -> ShiftReport:
    """An X report of the running shift is kept under the next number; raises SHIFT_CLOSED."""
    shift = _hold(shift_id)
    return _report(shift, ReportKind.X, shift_figures(moved_in(shift.id)), by=by)


def close(shift_id: int, counted: Counted, *, by: str) -> ShiftReport:
    """The shift is closed for good: counted, its difference booked, its Z report sealed.

    Raises SHIFT_CLOSED when somebody has closed it, INVALID_INPUT for a wild count.
    """
    counted = _checked(counted)
    shift = _hold(shift_id)
    expected = expected_by_tender(moved_in(shift.id)).get(Tender.CASH, 0)
    difference = counted.cash_minor - expected
    if difference:
        _enter(shift.id, ShiftLine(kind=ShiftMove.DIFFERENCE, amount_minor=difference), by=by)
    figures = closed_figures(moved_in(shift.id), counted, Tender.CARD_TERMINAL)
    report = _report(shift, ReportKind.Z, figures, by=by)
    db.session.refresh(shift)
    shift.closed_by, shift.closed_at = by, clock.now()
    shift.expected_minor, shift.counted_minor = expected, counted.cash_minor
    shift.note = clean(counted.note, "note", longest=300)
    db.session.flush()
    move(shift, ShiftState.CLOSED, moves=SHIFT_MOVES, by=by)
    after = {"expected_minor": expected, "counted_minor": counted.cash_minor, "z": report.number}
    audit.note("shift.closed", "shift", shift.id, after=after, by=by)
    events.record(ShiftClosed(shift.club_id, clock.now(), shift.id, difference))
    return report


def _checked(counted: Counted) -> Counted:
    if counted.pieces:
        try:
            counted = replace(counted, cash_minor=counted_sum(counted.pieces))
        except ValueError:
            text = _("Expected a number of pieces for each coin and note.")
            raise invalid({"pieces": text}) from None
    for name, amount in (("counted", counted.cash_minor), ("card", counted.card_minor or 0)):
        if not 0 <= amount <= MOST_MINOR:
            raise invalid({name: _("The drawer cannot hold less than nothing.")})
    return counted


def _hold(shift_id: int) -> Shift:
    """Nobody adds to the shift or closes it until this unit of work ends."""
    audit.hold()
    held = db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id, Shift.state == ShiftState.OPEN)
        .values(lines=Shift.lines)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise _closed()
    return db.session.get_one(Shift, shift_id, populate_existing=True)


def _enter(shift_id: int, line: ShiftLine, *, by: str) -> bool:
    """Tell whether the shift was open and has the line now.

    The chain comes before the shift: a sale has written its invoice there when it comes here.
    """
    audit.hold()
    raised = db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id, Shift.state == ShiftState.OPEN)
        .values(lines=Shift.lines + 1)
        .execution_options(synchronize_session=False)
    )
    if raised.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        return False
    line.shift_id, line.by = shift_id, by
    line.tender = line.tender or Tender.CASH
    db.session.add(line)
    db.session.flush()
    return True


def _report(
    shift: Shift, kind: ReportKind, figures: Mapping[str, object], *, by: str
) -> ShiftReport:
    number = last_number(shift.till_id, kind) + 1
    told = {
        "till": db.session.get_one(Till, shift.till_id).name,
        "shift": shift.public_id,
        "currency": shift.currency,
        "kind": kind.value,
        "number": number,
        "opened_at": shift.opened_at.isoformat(),
        "opened_by": shift.opened_by,
        "float": shift.float_minor,
        **figures,
    }
    text = canonical(told)
    report = ShiftReport(
        till_id=shift.till_id,
        shift_id=shift.id,
        kind=kind,
        number=number,
        figures=text,
        sha256=seal(text),
        by=by,
    )
    db.session.add(report)
    db.session.flush()
    audit.note(f"shift.{kind.value}", "shift", shift.id, after={"number": number}, by=by)
    return report


def _closed() -> DomainError:
    return DomainError("SHIFT_CLOSED", _("This shift has been closed. Open a new one to go on."))
