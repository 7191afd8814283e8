"""Views room: the queue of tickets, one of them with everything said, those of one member."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.messaging.api import file_at
from clubcrm.people.api import person_in
from clubcrm.people.models import Person
from clubcrm.tickets import article_queries, queries, threading, words
from clubcrm.tickets.permissions import LEAD_TICKETS, SEE_TICKETS
from clubcrm.tickets.queries import Shown, TicketRow, Viewer, Wanted
from clubcrm.tickets.rules.cases import Priority, TicketOrigin, TicketState

tickets = Blueprint("tickets", __name__)
WORK = (Shown.OURS, Shown.MINE, Shown.LATE, Shown.WAITING)


@tickets.get("/tickets")
@require(SEE_TICKETS)
def index() -> ResponseReturnValue:
    """Whose turn it is, what is late, what was settled."""
    viewer, moment, wanted = viewer_now(), clock.now(), _wanted()
    rows, after = queries.queue(viewer, wanted, moment)
    numbers = queries.counts(viewer, moment)
    kept: dict[str, Any] = {"q": wanted.typed} if wanted.typed else {}
    return render_template(
        "clubcrm/tickets/index.html",
        rows=rows,
        moment_now=moment,
        wanted=wanted,
        narrowed=_narrowed(),
        parts=[
            (
                words.shown_words(part),
                url_for("tickets.index", show=part.value, **kept),
                part is wanted.shown,
                numbers.get(part),
            )
            for part in Shown
        ],
        more=_older(after),
        words=words,
    )


@tickets.get("/tickets/<public_id>")
@require(SEE_TICKETS)
def show(public_id: str) -> ResponseReturnValue:
    """One ticket: what was said, what is to be done, and the words at hand."""
    return ticket_page(row_of(public_id))


@tickets.get("/tickets/of-task/<task_id>")
@require(SEE_TICKETS)
def of_task(task_id: str) -> ResponseReturnValue:
    """The ticket that a task on somebody's list stands for."""
    found = queries.ticket_of_task(viewer_now(), task_id)
    if found is None:
        raise not_found(_("There is no such ticket in your clubs."))
    return redirect(url_for("tickets.show", public_id=found), 302)


@tickets.get("/tickets/<public_id>/files/<int:reply_id>/<int:number>")
@require(SEE_TICKETS)
def file(public_id: str, reply_id: int, number: int) -> ResponseReturnValue:
    """A file that came with a mail, to be saved; nothing of it runs here."""
    row = row_of(public_id)
    known = {line.reply_id for line in queries.lines_of(row.ticket.id)}
    mail = threading.mail_of(reply_id) if reply_id in known else None
    kept = mail.files[number] if mail and number < len(mail.files) else {}
    path = file_at(str(kept["path"])) if "path" in kept else None
    if path is None or not path.is_file():
        raise not_found(_("There is no such file."))
    answer = send_file(
        path, mimetype=kept["media_type"], as_attachment=True, download_name=kept["name"]
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@tickets.get("/members/<person_id>/tickets")
@require(SEE_TICKETS)
def of_member(person_id: str) -> ResponseReturnValue:
    """What a member has asked so far, and a form for what he says now."""
    return member_page(person_of(person_id))


def member_page(person: Person, **more: Any) -> ResponseReturnValue:
    """Return the page of a member's tickets; typed values and faults stay on it."""
    typed = more.get("typed", {})
    asked = str(request.args.get("q", "") or typed.get("subject", ""))
    page = render_template(
        "clubcrm/tickets/member.html",
        person=person,
        rows=queries.tickets_of(viewer_now(), person.id),
        moment_now=clock.now(),
        words=words,
        typed=typed,
        faults=more.get("faults", {}),
        asked=asked,
        hits=article_queries.search(reader_now(), asked, 6) if asked else [],
    )
    return page, more.get("status", 200)


def ticket_page(row: TicketRow, error: DomainError | None = None) -> ResponseReturnValue:
    """Return the page of a ticket; typed words and faults stay on it."""
    ticket = row.ticket
    lines = queries.lines_of(ticket.id)
    person = threading.person_with(ticket.person_id) if ticket.person_id else None
    languages = _languages(person.language if person else None, ticket.club_id)
    task = queries.task_of(ticket)
    page = render_template(
        "clubcrm/tickets/show.html",
        row=row,
        ticket=ticket,
        lines=lines,
        mails=threading.mails_of([one.reply_id for one in lines if one.reply_id]),
        names=queries.names_of([one.by for one in lines]),
        words=words,
        moment_now=clock.now(),
        helpers=[("", _("Nobody yet")), *queries.helpers_of(ticket.club_id)],
        priorities=[(one.value, words.priority_words(one)) for one in Priority],
        canned=[(one, _filled(one.words, row)) for one in article_queries.canned(languages)],
        similar=article_queries.search(reader_now(), ticket.subject, 4),
        before=queries.number_and_id(ticket.follows_id),
        leads=current_actor().may(LEAD_TICKETS),
        is_open=ticket.state is TicketState.OPEN,
        is_closed=ticket.state is TicketState.CLOSED,
        task_kind=task.kind if task else "",
        typed=request.form if error else {},
        faults={one.field: str(one.message) for one in error.fields} if error else {},
        refusal=error.text if error and not error.fields else "",
    )
    return page, error.status if error else 200


def viewer_now() -> Viewer:
    """Return who looks at tickets now."""
    actor = current_actor()
    return Viewer(actor.scope, actor.id, actor.may(LEAD_TICKETS))


def reader_now() -> article_queries.Reader:
    """Return who reads articles now: in the language of the page, then in that of the club."""
    locale = current_club_locale()
    here = str(get_locale() or "en").partition("_")[0]
    return article_queries.Reader(current_actor().scope, (here, locale))


def current_club_locale() -> str:
    """Return the language of the club one works in."""
    return db.session.get_one(Club, current_club().id).locale.replace("-", "_").partition("_")[0]


def row_of(public_id: str) -> TicketRow:
    """Return a ticket that may be seen; raises NOT_FOUND for others."""
    found = queries.ticket_for(viewer_now(), public_id)
    if found is None:
        raise not_found(_("There is no such ticket in your clubs."))
    return found


def person_of(public_id: str) -> Person:
    """Return a person of the scope; raises NOT_FOUND for others."""
    found = person_in(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such person in your clubs."))
    return found


def _languages(own: str | None, club_id: int) -> tuple[str, ...]:
    club = threading.club_with(club_id).locale
    here = str(get_locale() or "en")
    wished = [one.replace("-", "_").partition("_")[0] for one in (own, club, here) if one]
    return tuple(dict.fromkeys(wished))


def _filled(text: str, row: TicketRow) -> str:
    ticket = row.ticket
    given = row.name.partition(" ")[0] if ticket.person_id or ticket.writer_name else ""
    club = threading.club_with(ticket.club_id).name
    for name, value in (("given_name", given), ("club", club), ("number", f"T-{ticket.id}")):
        text = text.replace(f"{{{name}}}", value)
    return text


def _wanted() -> Wanted:
    asked = request.args
    zone = current_club().zone
    chosen = asked.get("show", "")
    return Wanted(
        shown=Shown(chosen) if chosen in set(Shown) else Shown.OURS,
        typed=asked.get("q", "").strip()[:80],
        priority=_one(Priority, asked.get("priority")),
        origin=_one(TicketOrigin, asked.get("origin")),
        assignee=_number(asked.get("assignee")),
        opened_from=_day(asked.get("from"), zone),
        opened_until=_day(asked.get("until"), zone),
        in_time={"yes": True, "no": False}.get(asked.get("in_time", "")),
        after=_number(asked.get("after")),
    )


def _narrowed() -> bool:
    names = ("priority", "origin", "assignee", "from", "until", "in_time")
    return any(request.args.get(name) for name in names)


def _one(kind: Any, typed: str | None) -> Any:
    return kind(typed) if typed in set(kind) else None


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _day(typed: str | None, zone: str) -> datetime | None:
    try:
        return clock.day_bounds(date.fromisoformat(typed or ""), zone)[0]
    except (ValueError, OverflowError):
        return None


def _older(after: int | None) -> str:
    if after is None:
        return ""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "after"}
    return url_for("tickets.index", **kept, after=after)
