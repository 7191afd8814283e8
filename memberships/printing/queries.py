"""Which printers a club has, and which slips wait for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.printing.models import Printer, PrintJob
from memberships.printing.rules import PrintState

PIECE = 40


def printers_of(club_id: int) -> Sequence[Printer]:
    """Return the printers of a club that are in use, by name."""
    return db.session.scalars(
        select(Printer).where(Printer.club_id == club_id, Printer.is_active).order_by(Printer.name)
    ).all()


def has_printer(club_id: int) -> bool:
    """Tell whether a club has a printer at all, so that a slip is worth writing."""
    return printer_at(club_id, None) is not None


def printer_for(scope: Scope, public_id: str) -> Printer | None:
    """Return a printer of these clubs that is in use, None when there is none."""
    return db.session.scalars(
        select(Printer).where(
            Printer.public_id == public_id, Printer.club_id.in_(scope.club_ids), Printer.is_active
        )
    ).first()


def printer_at(club_id: int, till_id: int | None) -> Printer | None:
    """Return the printer of a till, else the first one of the club, None when it has none."""
    found = db.session.scalars(
        select(Printer).where(Printer.club_id == club_id, Printer.is_active).order_by(Printer.id)
    ).all()
    own = [one for one in found if till_id is not None and one.till_id == till_id]
    shared = [one for one in found if one.till_id is None]
    return next(iter([*own, *shared, *found]), None)


def copies_of(source_kind: str, source_id: str) -> int:
    """Return how many slips were asked for about a source, the first one included."""
    return (
        db.session.scalar(
            select(func.count()).where(
                PrintJob.source_kind == source_kind, PrintJob.source_id == source_id
            )
        )
        or 0
    )


def first_job(source_kind: str, source_id: str) -> PrintJob | None:
    """Return the first slip about a source, None when none was asked for."""
    return db.session.scalars(
        select(PrintJob).where(
            PrintJob.source_kind == source_kind,
            PrintJob.source_id == source_id,
            PrintJob.copy_number == 0,
        )
    ).first()


def job_for(scope: Scope, public_id: str) -> PrintJob | None:
    """Return a slip of these clubs, None when there is none."""
    return db.session.scalars(
        select(PrintJob)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(PrintJob.public_id == public_id, Printer.club_id.in_(scope.club_ids))
    ).first()


def due_jobs(moment: datetime, club_id: int | None = None) -> Sequence[tuple[int, int]]:
    """Return (slip, printer) of what is to be printed now, in the order it was asked for."""
    wanted = (
        select(PrintJob.id, PrintJob.printer_id)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(
            PrintJob.state == PrintState.WAITING,
            or_(PrintJob.next_try_at.is_(None), PrintJob.next_try_at <= moment),
            or_(PrintJob.claimed_until.is_(None), PrintJob.claimed_until < moment),
        )
    )
    if club_id is not None:
        wanted = wanted.where(Printer.club_id == club_id)
    rows = db.session.execute(wanted.order_by(PrintJob.id).limit(PIECE))
    return [(row[0], row[1]) for row in rows]


def newest_jobs(club_id: int) -> Sequence[tuple[PrintJob, Printer]]:
    """Return the newest slips of a club, those that wait first."""
    rows = db.session.execute(
        select(PrintJob, Printer)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(Printer.club_id == club_id)
        .order_by((PrintJob.state == PrintState.WAITING).desc(), PrintJob.id.desc())
        .limit(PIECE)
    )
    return [(row[0], row[1]) for row in rows]
