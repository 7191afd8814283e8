"""Services room: who takes care of a ticket and how soon: handed over, put first, moved up."""

from datetime import datetime

from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.open_hours import open_time, open_week
from clubcrm.tasks.api import hand_over
from clubcrm.tasks.models import TaskState
from clubcrm.tickets import queries
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.rules.cases import (
    DAYS_WITHIN,
    HIGHEST_LEVEL,
    HOURS_WITHIN,
    ROLE_OF_LEVEL,
    Priority,
    TicketRules,
    TicketState,
    level_of,
)
from clubcrm.tickets.services import due_at, note_change


def assign(ticket: Ticket, user_id: int | None, *, by: str) -> None:
    """The ticket and its task are this person's, or anybody's of the role.

    Raises INVALID_INPUT for somebody who does not work in the ticket's club.
    """
    names = dict(queries.helpers_of(ticket.club_id))
    if user_id is not None and user_id not in names:
        raise invalid({"assignee": _("Choose somebody who works in this club.")})
    if ticket.assigned_to == user_id:
        return
    before, ticket.assigned_to = ticket.assigned_to, user_id
    note_change(ticket, "assigned", names.get(user_id or 0, ""), by=by)
    _hand_task(ticket, by)
    after = {"assigned_to": user_id}
    audit.note(
        "ticket.assigned", "ticket", ticket.id, before={"assigned_to": before}, after=after, by=by
    )


def set_priority(ticket: Ticket, priority: Priority, *, by: str) -> None:
    """An answer is due by the time of this priority, counted from when it became our turn."""
    if ticket.priority is priority:
        return
    before, ticket.priority = ticket.priority, priority
    ticket.due_at = due_at(ticket.club_id, priority, ticket.asked_at)
    if ticket.turn == 1 and ticket.first_answer_at is None:
        ticket.first_due_at = ticket.due_at
    note_change(ticket, "priority", priority.value, by=by)
    _hand_task(ticket, by)
    audit.note(
        "ticket.priority",
        "ticket",
        ticket.id,
        before={"priority": before.value},
        after={"priority": priority.value},
        by=by,
    )


def escalate(ticket: Ticket, why: str, *, by: str, level: int | None = None) -> None:
    """The ticket is the manager's now, or the owner's when it was the manager's already.

    Raises STATE when it is nobody's turn, or when nobody stands above.
    """
    if ticket.state is not TicketState.OPEN:
        raise DomainError("STATE", _("Nobody waits for an answer here."))
    reached = ticket.level + 1 if level is None else level
    if reached > HIGHEST_LEVEL or reached <= ticket.level:
        raise DomainError("STATE", _("The owner has this already."))
    before = {"level": ticket.level}
    ticket.level, ticket.role, ticket.assigned_to = reached, ROLE_OF_LEVEL[reached], None
    note_change(ticket, "escalated", why, by=by)
    _hand_task(ticket, by)
    after = {"level": reached}
    audit.note("ticket.escalated", "ticket", ticket.id, before=before, after=after, by=by)


def escalate_late(ticket: Ticket, moment: datetime) -> bool:
    """A late ticket is with whoever can see to it; False when it is there already."""
    allowed = queries.rules_of(ticket.club_id).allowed(ticket.priority)
    passed = open_time(open_week(ticket.club_id), ticket.asked_at, moment)
    reached = max(level_of(passed, allowed), 1 if ticket.due_at < moment else 0)
    if ticket.state is not TicketState.OPEN or reached <= ticket.level:
        return False
    escalate(ticket, "late", by="system", level=reached)
    return True


def keep_private(ticket: Ticket, *, private: bool, by: str) -> None:
    """Only those who lead and whom it is handed to see the ticket, or everybody who answers."""
    if ticket.is_private is private:
        return
    ticket.is_private = private
    note_change(ticket, "private" if private else "shared", by=by)
    before, after = {"private": not private}, {"private": private}
    audit.note("ticket.private", "ticket", ticket.id, before=before, after=after, by=by)


def save_rules(club_id: int, rules: TicketRules, *, by: str) -> None:
    """The club answers within these hours; raises INVALID_INPUT naming what cannot be."""
    faults = {
        name: _("Choose from 1 to %(most)s hours.", most=HOURS_WITHIN[-1])
        for name in ("urgent", "high", "normal", "low")
        if getattr(rules, name) not in HOURS_WITHIN
    }
    if rules.close_after not in DAYS_WITHIN:
        faults["close_after"] = _("Choose from 1 to %(most)s days.", most=DAYS_WITHIN[-1])
    if faults:
        raise invalid(faults)
    names = TicketRules.__dataclass_fields__
    kept = {name: getattr(rules, name) for name in names}
    before = queries.rules_of(club_id)
    set_club_setting(club_id, queries.RULES_SETTING, kept)
    audit.note(
        "ticket.rules",
        "club",
        club_id,
        before={name: getattr(before, name) for name in names},
        after=dict(kept),
        by=by,
    )


def _hand_task(ticket: Ticket, by: str) -> None:
    db.session.flush()
    task = queries.task_of(ticket)
    if task is not None and task.state is TaskState.OPEN:
        hand_over(task, ticket.role, ticket.assigned_to, due_at=ticket.due_at, by=by)
    ticket.changed_at = clock.now()
    db.session.flush()
