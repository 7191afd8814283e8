"""Verbs of slips: ask for one, once more, print what waits, drop; and which printers there are.

Asking writes a row in the sale's own transaction; no sale waits for paper or fails for want of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.outside import is_private_number
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from memberships.printing.models import Printer, PrintJob
from memberships.printing.paper import PrinterError, send, slip_bytes
from memberships.printing.queries import copies_of, first_job, printer_at
from memberships.printing.rules import (
    DOTS,
    MOST_AGE,
    Look,
    PrintState,
    Row,
    Slip,
    kept,
    marked_as_copy,
    pause_after,
    slip_of,
)

CLAIM = timedelta(seconds=30)
PINS = (0, 2, 5)
LONGEST_TITLE = 120
SAMPLES = (
    ("Receipt", "1,234.50"),
    ("রশিদ", "১,২৩৪.৫০"),
    ("रसिद", "१,२३४.५०"),
    ("Чек", "1 234,50"),
)


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """What is to be on paper; one source has one first slip, all others are copies."""

    club_id: int
    source_kind: str
    source_id: str
    title: str
    slip: Slip
    till_id: int | None = None


@dataclass(frozen=True, slots=True)
class PrinterOrder:
    """A printer as somebody typed it."""

    name: str
    host: str
    port: int = 9100
    paper_mm: int = 80
    drawer_pin: int = 0
    till_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A slip that is ours for half a minute, with all that printing it needs."""

    id: int
    printer_id: int
    attempts: int
    slip: Slip
    host: str
    port: int
    paper_mm: int
    drawer_pin: int


def queue_print(order: PrintOrder, *, by: str) -> PrintJob | None:
    """The slip waits for its printer; asked twice it is the same; None in a club without one."""
    known = first_job(order.source_kind, order.source_id)
    if known is not None:
        return known
    return _add(order, 0, by)


def print_copy(order: PrintOrder, *, by: str) -> PrintJob:
    """One more slip waits, marked and counted as a copy; raises NO_PRINTER (409)."""
    number = copies_of(order.source_kind, order.source_id)
    job = _add(order, number, by)
    if job is None:
        raise DomainError("NO_PRINTER", _("This club has no receipt printer yet."), status=409)
    if number:
        after = {"copy": number, "title": order.title}
        audit.note("print.copy", order.source_kind, order.source_id, after=after, by=by)
    return job


def open_drawer(club_id: int, till_id: int | None, reason: str, *, by: str) -> PrintJob | None:
    """The drawer opens without a sale, and who wanted it stands in the audit lines."""
    moment = clock.now()
    source = f"{till_id or 0}:{moment.isoformat()}"
    audit.note("drawer.opened", "club", club_id, after={"reason": reason}, by=by)
    slip = Slip((), opens_drawer=True)
    return _add(PrintOrder(club_id, "drawer", source, _("Drawer"), slip, till_id), 0, by)


def _add(order: PrintOrder, number: int, by: str) -> PrintJob | None:
    printer = printer_at(order.club_id, order.till_id)
    if printer is None:
        return None
    slip = order.slip
    if number:
        slip = marked_as_copy(slip, _("Copy of Original (%(number)s)", number=number))
    job = PrintJob(
        printer_id=printer.id,
        source_kind=order.source_kind,
        source_id=order.source_id,
        copy_number=number,
        title=order.title[:LONGEST_TITLE],
        content=kept(slip),
        asked_by=by,
    )
    db.session.add(job)
    db.session.flush()
    return job


def claim(session: Session, job_id: int) -> Claimed | None:
    """The slip is ours; None when another process has it, it is settled, or too old to matter."""
    moment = clock.now()
    job = session.get(PrintJob, job_id, populate_existing=True)
    if job is None:
        return None
    if job.state is PrintState.WAITING and job.asked_at < moment - MOST_AGE:
        job.state, job.settled_at = PrintState.DROPPED, moment
        return None
    taken = session.execute(
        update(PrintJob)
        .where(
            PrintJob.id == job_id,
            PrintJob.state == PrintState.WAITING,
            PrintJob.attempts == job.attempts,
            or_(PrintJob.claimed_until.is_(None), PrintJob.claimed_until < moment),
        )
        .values(claimed_until=moment + CLAIM, attempts=PrintJob.attempts + 1)
        .returning(PrintJob.attempts)
    ).scalar()
    if taken is None:
        return None
    printer = session.get_one(Printer, job.printer_id)
    return Claimed(
        job_id,
        printer.id,
        taken,
        slip_of(job.content),
        printer.host,
        printer.port,
        printer.paper_mm,
        printer.drawer_pin,
    )


def put_on_paper(claimed: Claimed) -> str:
    """Return what went wrong, "" when the slip is printed; holds no transaction."""
    folder = Path(current_app.extensions["club_settings"].data_dir) / "printing"
    try:
        content = slip_bytes(claimed.slip, claimed.paper_mm, claimed.drawer_pin, folder)
        send(claimed.host, claimed.port, content)
    except PrinterError as error:
        return str(error)[:200] or "no answer"
    return ""


def conclude(session: Session, claimed: Claimed, trouble: str) -> None:
    """The slip is printed, or waits for its next turn; the printer shows how it is."""
    moment = clock.now()
    ours = (PrintJob.id == claimed.id, PrintJob.attempts == claimed.attempts)
    seen: JsonObject
    changed: JsonObject
    if trouble:
        changed = {
            "claimed_until": None,
            "next_try_at": moment + pause_after(claimed.attempts),
            "trouble": trouble,
        }
        seen = {"trouble": trouble}
    else:
        changed = {
            "claimed_until": None,
            "state": PrintState.PRINTED,
            "settled_at": moment,
            "trouble": "",
        }
        seen = {"trouble": "", "seen_at": moment}
    session.execute(update(PrintJob).where(*ours).values(**changed))
    session.execute(update(Printer).where(Printer.id == claimed.printer_id).values(**seen))


def settle_job(job: PrintJob, *, again: bool, by: str) -> None:
    """A slip that waits is tried at once, or nobody wants it any more."""
    values = (
        {"next_try_at": None} if again else {"state": PrintState.DROPPED, "settled_at": clock.now()}
    )
    changed = db.session.execute(
        update(PrintJob)
        .where(PrintJob.id == job.id, PrintJob.state == PrintState.WAITING)
        .values(**values)
        .returning(PrintJob.id)
    ).first()
    if changed is None:
        raise not_found(_("This slip no longer waits."))
    if not again:
        audit.note("print.dropped", "print_job", job.id, after={"title": job.title}, by=by)


def add_printer(club_id: int, order: PrinterOrder, *, by: str) -> Printer:
    """The club has one printer more; raises INVALID_INPUT naming the field."""
    name = clean(order.name, "name", longest=60)
    wrong = {}
    if not name:
        wrong["name"] = _("This is needed.")
    if not is_private_number(order.host):
        wrong["host"] = _("Expected the number of the printer in the club's own network.")
    if not 0 < order.port < 65536:
        wrong["port"] = _("This cannot be.")
    if order.paper_mm not in DOTS:
        wrong["paper_mm"] = _("This cannot be.")
    if order.drawer_pin not in PINS:
        wrong["drawer_pin"] = _("This cannot be.")
    taken = select(Printer.id).where(Printer.club_id == club_id, Printer.name == name)
    if name and db.session.scalar(taken) is not None:
        wrong["name"] = _("There is one of this name.")
    if wrong:
        raise invalid(wrong)
    printer = Printer(
        club_id=club_id,
        till_id=order.till_id,
        name=name,
        host=order.host,
        port=order.port,
        paper_mm=order.paper_mm,
        drawer_pin=order.drawer_pin,
    )
    db.session.add(printer)
    db.session.flush()
    after = {"name": name, "host": order.host, "port": order.port}
    audit.note("printer.added", "printer", printer.id, after=after, by=by)
    return printer


def remove_printer(printer: Printer, *, by: str) -> None:
    """The printer is out of use and what waits for it is dropped; its name is free again."""
    moment = clock.now()
    printer.is_active = False
    printer.name = f"{printer.name[:40]} ({printer.public_id})"
    db.session.execute(
        update(PrintJob)
        .where(PrintJob.printer_id == printer.id, PrintJob.state == PrintState.WAITING)
        .values(state=PrintState.DROPPED, settled_at=moment)
    )
    audit.note("printer.removed", "printer", printer.id, by=by)


def ask_for_sample(printer: Printer, club_name: str, *, by: str) -> PrintJob:
    """A slip with letters of four scripts waits for this very printer; its drawer opens with it."""
    slip = Slip(
        (
            Row(club_name, look=Look.TITLE),
            Row(_("This printer works.")),
            Row(look=Look.RULE),
            *[Row(words, amount) for words, amount in SAMPLES],
        ),
        opens_drawer=True,
    )
    job = PrintJob(
        printer_id=printer.id,
        source_kind="sample",
        source_id=f"{printer.public_id}:{clock.now().isoformat()}",
        title=_("Trial"),
        content=kept(slip),
        asked_by=by,
    )
    db.session.add(job)
    db.session.flush()
    return job
