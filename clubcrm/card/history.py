"""Queries room: the lines of the timeline in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from access_control.rules.codes import Code
from access_control.rules.visits import LeftHow
from access_control.words import why_words
from clubcrm.card.queries.timeline import ARROW, Kind, TimelineRow
from clubcrm.core.clock import local_day
from clubcrm.core.formats import day_short, money
from clubcrm.core.policy import current_actor
from clubcrm.leads.permissions import SEE_LEADS
from clubcrm.people.views.words import field_words
from clubcrm.tickets.call_words import LOOK as CALL_LOOK
from clubcrm.tickets.call_words import disposition_words
from clubcrm.tickets.permissions import SEE_TICKETS
from clubcrm.tickets.rules.phone import CallDirection, Disposition
from memberships.billing.models import InvoiceKind
from memberships.billing.orders import Tender
from memberships.billing.words import tender_icon, tender_words
from memberships.blocks.rules import BlockOwner
from memberships.contracts.words import block_owner_words, change_words, parting_words
from memberships.packages.models import EntryKind
from memberships.packages.words import service_words

SHORTEST_RUN = 3


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    icon: str
    title: str
    text: str
    href: str = ""


def happenings(
    rows: Sequence[TimelineRow], person_id: str, zone: str, *, in_runs: bool
) -> list[Happening]:
    """Return the timeline in words; in runs, visits in a row are one line, so that talk stands out.

    Each line is a link to what it tells of where there is a page.
    """
    visits = url_for("card.visits", person_id=person_id)
    lines: list[Happening] = []
    for kind, run in groupby(rows, key=lambda row: row.kind):
        found = list(run)
        if kind is Kind.VISIT and in_runs and len(found) >= SHORTEST_RUN:
            lines.append(_run_of_visits(found, zone))
        else:
            lines += [_WORDS[kind](row) for row in found]
        if kind is Kind.VISIT:
            shown = 1 if in_runs and len(found) >= SHORTEST_RUN else len(found)
            lines[-shown:] = [replace(line, href=visits) for line in lines[-shown:]]
    return lines


def _run_of_visits(found: Sequence[TimelineRow], zone: str) -> Happening:
    newest, oldest = found[0], found[-1]
    days = {day_short(local_day(one.at, zone)): None for one in (oldest, newest)}
    title = ngettext("%(num)s visit", "%(num)s visits", len(found))
    return Happening(newest.at, "door-enter", title, " – ".join(days))


def stay_words(entered_at: datetime, left_at: datetime | None) -> str:
    """Return how long a visit lasted, in hours and minutes."""
    if left_at is None:
        return _("Visit, still inside")
    minutes = max(0, int((left_at - entered_at).total_seconds()) // 60)
    if minutes < 60:
        return ngettext("Visit, %(num)s minute", "Visit, %(num)s minutes", minutes)
    return _("Visit, %(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60)


def _visit(row: TimelineRow) -> Happening:
    if row.state == LeftHow.AUTO:
        return Happening(row.at, "door-enter", _("Visit"), f"{row.words} · {_('exit forgotten')}")
    return Happening(row.at, "door-enter", stay_words(row.at, row.until), row.words)


def _refused(row: TimelineRow) -> Happening:
    why = why_words(Code(row.state), {}) if row.state in Code.__members__ else ""
    address = url_for("desk.show", event=row.ref)
    return Happening(row.at, "hand-stop", _("Refused at the gate"), why, address)


def _message(row: TimelineRow) -> Happening:
    states = {
        "queued": _("Message waits to be sent"),
        "held": _("Message held back"),
        "claimed": _("Message on its way"),
        "sent": _("Message sent"),
        "bounced": _("Message came back"),
        "failed": _("Message could not be sent"),
        "unknown": _("Message may have been sent"),
        "cancelled": _("Message taken back"),
    }
    sent = row.state == "sent"
    title = states.get(row.state, _("Message"))
    return Happening(row.at, "mail" if sent else "mail-off", title, row.words)


def _reply(row: TimelineRow) -> Happening:
    channels = {
        "email": _("Answered by e-mail"),
        "sms": _("Answered by text message"),
        "telegram": _("Answered by Telegram"),
        "whatsapp": _("Answered by WhatsApp"),
    }
    return Happening(row.at, "message-circle", channels.get(row.state, _("Answered")), row.words)


def _task(row: TimelineRow) -> Happening:
    states = {
        "open": _("Task open"),
        "done": _("Task done"),
        "not_now": _("Task set aside"),
        "cancelled": _("Task no longer needed"),
        "expired": _("Task ran out of time"),
    }
    return Happening(row.at, "checks", states.get(row.state, _("Task")), row.words)


def _note(row: TimelineRow) -> Happening:
    title = _("Note by %(name)s", name=row.state) if row.state else _("Note")
    return Happening(row.at, "note", title, row.words)


def _contract(row: TimelineRow) -> Happening:
    verbs = {
        "signed": _("Contract %(number)s signed", number=row.ref),
        "ended": _("Contract %(number)s ended", number=row.ref),
        "frozen": _("Contract %(number)s frozen", number=row.ref),
        "void": _("Contract %(number)s made void", number=row.ref),
    }
    told = _("Contract %(number)s: %(what)s", number=row.ref, what=change_words(row.state))
    return Happening(
        row.at, "file-text", verbs.get(row.state, told), parting_words(row.state, row.words)
    )


def _block(row: TimelineRow) -> Happening:
    owner = block_owner_words(BlockOwner(row.state))
    title = _("%(block)s placed, lifted since", block=owner) if row.until else owner
    return Happening(row.at, "lock", title, row.words)


def _consent(row: TimelineRow) -> Happening:
    given = row.state in {"1", "true", "t"}
    title = _("Agreed to be written to") if given else _("Wishes not to be written to")
    return Happening(row.at, "shield-check" if given else "message-off", title, row.ref)


def _invoice(row: TimelineRow) -> Happening:
    credit = row.state == InvoiceKind.CREDIT_NOTE
    title = _("Credit note") if credit else _("Invoice")
    href = url_for("money.invoice", invoice_id=row.ref)
    return Happening(row.at, "receipt-refund" if credit else "receipt", title, _amount(row), href)


def _payment(row: TimelineRow) -> Happening:
    tender = Tender(row.state)
    text = f"{_amount(row)} · {tender_words(tender)}"
    return Happening(row.at, tender_icon(tender), _("Payment"), text)


def _amount(row: TimelineRow) -> str:
    minor, currency = row.words.split()
    return money(int(minor), currency)


def _units(row: TimelineRow) -> Happening:
    delta = int(row.ref)
    text = f"{service_words(row.words)} · {delta:+d}"
    kinds = {
        EntryKind.BUY: _("Units bought"),
        EntryKind.USE: _("Unit used"),
        EntryKind.RETURN: _("Unit given back"),
        EntryKind.EXPIRE: _("Units ran out"),
        EntryKind.TRANSFER: _("Units passed on"),
        EntryKind.CORRECT: _("Units corrected"),
    }
    return Happening(row.at, "ticket", kinds[EntryKind(row.state)], text)


def _ticket(row: TimelineRow) -> Happening:
    title = _("Question, solved") if row.until else _("Question, open")
    href = url_for("tickets.show", public_id=row.ref) if current_actor().may(SEE_TICKETS) else ""
    return Happening(row.at, "message-circle", title, row.words, href)


def _call(row: TimelineRow) -> Happening:
    outcome = Disposition(row.state)
    came_in = row.ref == CallDirection.IN
    title = _("Phone call from the member") if came_in else _("Phone call to the member")
    text = f"{disposition_words(outcome)} · {row.words}"
    if row.until is not None and outcome is Disposition.ANSWERED:
        minutes = max(1, int((row.until - row.at).total_seconds()) // 60)
        text += f" · {ngettext('%(num)s minute', '%(num)s minutes', minutes)}"
    return Happening(row.at, CALL_LOOK[outcome][1], title, text)


def _lead(row: TimelineRow) -> Happening:
    href = url_for("leads.show", public_id=row.ref) if current_actor().may(SEE_LEADS) else ""
    return Happening(row.at, "target", _("Came to us as a lead"), row.words, href)


def _tag(row: TimelineRow) -> Happening:
    href = url_for("people.tagged", public_id=row.ref)
    return Happening(row.at, "tag", _("Tag put on"), row.words, href)


def _handover(row: TimelineRow) -> Happening:
    title = _("Handover note by %(name)s", name=row.state) if row.state else _("Handover note")
    return Happening(row.at, "pin", title, row.words or _("taken down"))


def _document(row: TimelineRow) -> Happening:
    is_photo = row.state == "image/jpeg"
    title = _("Photo added") if is_photo else _("Document added")
    return Happening(row.at, "photo" if is_photo else "file-text", title, "")


def _change(row: TimelineRow) -> Happening:
    title = _("%(field)s changed", field=field_words(row.ref))
    old, _arrow, new = row.words.partition(ARROW)
    text = row.words if old and new else new or _("taken away: %(old)s", old=old)
    return Happening(row.at, "pencil", title, text)


_WORDS: Mapping[Kind, Callable[[TimelineRow], Happening]] = {
    Kind.VISIT: _visit,
    Kind.REFUSED: _refused,
    Kind.MESSAGE: _message,
    Kind.REPLY: _reply,
    Kind.TASK: _task,
    Kind.NOTE: _note,
    Kind.CONTRACT: _contract,
    Kind.BLOCK: _block,
    Kind.CONSENT: _consent,
    Kind.INVOICE: _invoice,
    Kind.PAYMENT: _payment,
    Kind.UNITS: _units,
    Kind.TICKET: _ticket,
    Kind.CALL: _call,
    Kind.LEAD: _lead,
    Kind.TAG: _tag,
    Kind.HANDOVER: _handover,
    Kind.DOCUMENT: _document,
    Kind.CHANGE: _change,
}
