"""Queries room: tickets in words: states, priorities, where they came from, what was changed."""

from flask_babel import gettext as _

from clubcrm.messaging.rules.attached import LeftOut
from clubcrm.tickets.models import TicketLine
from clubcrm.tickets.queries import Shown
from clubcrm.tickets.rules.cases import Priority, TicketOrigin, TicketState

STATE_LOOK = {
    TicketState.OPEN: ("note", "message-circle"),
    TicketState.WAITING: ("know", "clock"),
    TicketState.SOLVED: ("go", "circle-check"),
    TicketState.CLOSED: ("", "archive"),
}
PRIORITY_LOOK = {
    Priority.URGENT: ("stop", "flame"),
    Priority.HIGH: ("note", "arrow-up"),
    Priority.NORMAL: ("", "minus"),
    Priority.LOW: ("", "arrow-down"),
}
ORIGIN_ICON = {
    TicketOrigin.MAIL: "mail",
    TicketOrigin.MESSAGE: "message-circle",
    TicketOrigin.FORM: "forms",
    TicketOrigin.OWN_PAGE: "user-circle",
    TicketOrigin.SURVEY: "mood-sad",
    TicketOrigin.LEDGER: "receipt",
    TicketOrigin.COMPLAINT: "message-report",
    TicketOrigin.CALL: "phone",
    TicketOrigin.DESK: "door-enter",
}


def state_words(state: TicketState) -> str:
    """Return whose turn it is."""
    return {
        TicketState.OPEN: _("Our turn"),
        TicketState.WAITING: _("Waits for the member"),
        TicketState.SOLVED: _("Solved"),
        TicketState.CLOSED: _("Closed"),
    }[state]


def shown_words(part: Shown) -> str:
    """Return what a part of the queue is called."""
    return {
        Shown.OURS: _("Our turn"),
        Shown.MINE: _("Mine"),
        Shown.LATE: _("Late"),
        Shown.WAITING: _("Waiting"),
        Shown.DONE: _("Settled"),
        Shown.ALL: _("All"),
    }[part]


def priority_words(priority: Priority) -> str:
    """Return how soon an answer is due."""
    return {
        Priority.URGENT: _("Urgent"),
        Priority.HIGH: _("High"),
        Priority.NORMAL: _("Normal"),
        Priority.LOW: _("Low"),
    }[priority]


def origin_words(origin: TicketOrigin) -> str:
    """Return where it was said."""
    return {
        TicketOrigin.MAIL: _("Mail"),
        TicketOrigin.MESSAGE: _("Message"),
        TicketOrigin.FORM: _("Form"),
        TicketOrigin.OWN_PAGE: _("Own page"),
        TicketOrigin.SURVEY: _("Half-way question"),
        TicketOrigin.LEDGER: _("Questioned visit"),
        TicketOrigin.COMPLAINT: _("Complaint"),
        TicketOrigin.CALL: _("Call"),
        TicketOrigin.DESK: _("At the desk"),
    }[origin]


def change_words(line: TicketLine) -> str:
    """Return in a sentence what was changed about a ticket."""
    if line.what == "priority":
        return _("Priority: %(name)s", name=priority_words(Priority(line.words)))
    if line.what == "assigned":
        return _("Handed to %(name)s", name=line.words) if line.words else _("Handed to nobody")
    if line.what == "escalated":
        late = line.words == "late"
        return _("Moved up, because no answer came in time") if late else _("Moved up")
    plain = {
        "closed": _("Closed"),
        "reopened": _("Opened again"),
        "private": _("Only for those who lead"),
        "shared": _("For everybody who answers"),
        "no_way": _("No way to write to the member; the answer stands on the own page"),
    }
    return plain.get(line.what, line.what)


def says_more(line: TicketLine) -> bool:
    """Tell whether a change carries words of a person beside its sentence."""
    return line.what in {"closed", "reopened", "escalated"} and line.words not in {"late", "quiet"}


def left_out_words(why: str) -> str:
    """Return why a file of a mail was not kept."""
    return {
        LeftOut.TOO_BIG.value: _("left out: larger than 3 MB"),
        LeftOut.TOO_MANY.value: _("left out: more than five files"),
        LeftOut.OTHER_KIND.value: _("left out: neither a picture nor a PDF"),
    }.get(why, why)


def task_words(kind: str) -> str:
    """Return where the work on a disputed visit is done, for the kinds that have a page for it."""
    return {"unit_question": _("Look at the scan, give the unit back or explain it")}.get(kind, "")
