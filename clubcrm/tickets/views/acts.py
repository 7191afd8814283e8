"""Views room: what is done with a ticket: answered, noted, handed over, moved up, settled."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.policy import current_actor, require
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from clubcrm.tickets import services, steering
from clubcrm.tickets.answering import answer
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.permissions import LEAD_TICKETS, SEE_TICKETS
from clubcrm.tickets.rules.cases import Priority, TicketOrigin
from clubcrm.tickets.services import Opening, open_ticket
from clubcrm.tickets.views.pages import member_page, person_of, row_of, ticket_page, tickets

LONGEST_REASON = 200


@tickets.post("/members/<person_id>/tickets")
@require(SEE_TICKETS)
def ask(person_id: str) -> ResponseReturnValue:
    """What a member says at the desk or on the phone has an answer by a time."""
    person, form = person_of(person_id), request.form
    typed = {name: form.get(name, "") for name in ("subject", "words", "origin", "priority")}
    chosen = typed["origin"]
    origin = TicketOrigin(chosen) if chosen in {"desk", "call"} else TicketOrigin.DESK
    priority = typed["priority"]
    try:
        words = clean(typed["words"], "words", longest=services.LONGEST_WORDS, lines=True)
        if not words:
            raise invalid({"words": _("Write down what it is about.")})
        ticket = open_ticket(
            Opening(
                source=f"{origin.value}:{new_public_id()}",
                club_id=person.club_id,
                origin=origin,
                words=words,
                subject=clean(typed["subject"], "subject", longest=120),
                person_id=person.id,
                priority=Priority(priority) if priority in set(Priority) else None,
            ),
            by=current_actor().ref,
        )
    except DomainError as error:
        faults = {one.field: str(one.message) for one in error.fields}
        return member_page(person, typed=typed, faults=faults, status=error.status)
    flash(_("Noted as T-%(number)s.", number=ticket.id), "success")
    return redirect(url_for("tickets.show", public_id=ticket.public_id), 303)


@tickets.post("/tickets/<public_id>/say")
@require(SEE_TICKETS)
def say(public_id: str) -> ResponseReturnValue:
    """An answer to the member, an answer that settles it, or a note for the staff."""
    row, by = row_of(public_id), current_actor().ref
    said, how = request.form.get("words", ""), request.form.get("how", "")
    try:
        if how == "note":
            services.note(row.ticket, said, by=by)
            flash(_("Noted for the staff."), "success")
        elif how in {"answer", "solve"}:
            sent = answer(row.ticket, said, by=by, and_solve=how == "solve")
            if sent.no_way is None:
                flash(_("Sent."), "success")
            else:
                flash(_("Kept, but there is no way to write to the member. Call instead."), "error")
        else:
            raise invalid({"how": _("Choose answer or note.")})
    except DomainError as error:
        return ticket_page(row_of(public_id), error)
    return _back(public_id)


@tickets.post("/tickets/<public_id>/settle")
@require(SEE_TICKETS)
def settle(public_id: str) -> ResponseReturnValue:
    """Solved without a further word, closed, or opened again."""
    row, by, why = row_of(public_id), current_actor().ref, _reason()
    acts: dict[str, Callable[[Ticket], None]] = {
        "solve": lambda ticket: services.solve(ticket, why, by=by),
        "close": lambda ticket: services.close(ticket, why, by=by),
        "reopen": lambda ticket: services.reopen(ticket, why, by=by),
    }
    return _done(public_id, row.ticket, acts.get(request.form.get("to", "")))


@tickets.post("/tickets/<public_id>/escalate")
@require(SEE_TICKETS)
def escalate(public_id: str) -> ResponseReturnValue:
    """The ticket is the manager's, or the owner's."""
    by, why = current_actor().ref, _reason()
    return _done(
        public_id,
        row_of(public_id).ticket,
        lambda ticket: steering.escalate(ticket, why, by=by),
    )


@tickets.post("/tickets/<public_id>/take")
@require(SEE_TICKETS)
def take(public_id: str) -> ResponseReturnValue:
    """The one who asks takes care of it."""
    actor = current_actor()
    return _done(
        public_id,
        row_of(public_id).ticket,
        lambda ticket: steering.assign(ticket, actor.id, by=actor.ref),
    )


@tickets.post("/tickets/<public_id>/steer")
@require(LEAD_TICKETS)
def steer(public_id: str) -> ResponseReturnValue:
    """Somebody else takes care of it, sooner or later, in private or not."""
    by, form = current_actor().ref, request.form

    def act(ticket: Ticket) -> None:
        typed = form.get("assignee", "")
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise invalid({"assignee": _("Choose somebody who works in this club.")})
        if form.get("priority") not in set(Priority):
            raise invalid({"priority": _("Choose a priority.")})
        steering.set_priority(ticket, Priority(form["priority"]), by=by)
        steering.assign(ticket, int(typed) if typed else None, by=by)
        steering.keep_private(ticket, private=form.get("private") == "1", by=by)

    return _done(public_id, row_of(public_id).ticket, act)


def _done(
    public_id: str, ticket: Ticket, act: Callable[[Ticket], None] | None
) -> ResponseReturnValue:
    try:
        if act is None:
            raise invalid({"to": _("Choose what becomes of it.")})
        act(ticket)
    except DomainError as error:
        return ticket_page(row_of(public_id), error)
    flash(_("Saved."), "success")
    return _back(public_id)


def _reason() -> str:
    return clean(request.form.get("why", ""), "why", longest=LONGEST_REASON)


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("tickets.show", public_id=public_id), 303)
