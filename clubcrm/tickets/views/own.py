"""Views room: the member's side: what he has asked, our answers, and a question of his own."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import member_link
from clubcrm.messaging.own_news import Reader, reader_of
from clubcrm.people.api import open_link
from clubcrm.tickets import article_queries, own_asking, queries, words
from clubcrm.tickets.answering import OWN_PURPOSE
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.rules.cases import TicketState

own_tickets = Blueprint("own_tickets", __name__, url_prefix="/me/questions")
OWN = "a member asks the club, and reads what it answers"
# The member's own page leads here with the link it was opened by.
PURPOSES = (OWN_PURPOSE, "portal")


@own_tickets.get("/<token>")
@member_link(OWN)
def index(token: str) -> ResponseReturnValue:
    """What was asked so far, and whether an article answers it already."""
    return _page(_reader(token), token)


@own_tickets.post("/<token>")
@member_link(OWN)
def ask(token: str) -> ResponseReturnValue:
    """The desk has a question to answer."""
    reader = _reader(token)
    typed = {name: request.form.get(name, "") for name in ("subject", "words")}
    try:
        ticket = own_asking.ask(reader.person, typed["subject"], typed["words"])
    except DomainError as error:
        faults = {one.field: str(one.message) for one in error.fields}
        return _page(reader, token, typed=typed, faults=faults, error=error)
    flash(_("Your question is with us."), "success")
    return redirect(url_for("own_tickets.show", token=token, public_id=ticket.public_id), 303)


@own_tickets.get("/<token>/<public_id>")
@member_link(OWN)
def show(token: str, public_id: str) -> ResponseReturnValue:
    """One question with everything said about it."""
    reader = _reader(token)
    return _one(reader, token, _ticket(reader, public_id))


@own_tickets.post("/<token>/<public_id>")
@member_link(OWN)
def say(token: str, public_id: str) -> ResponseReturnValue:
    """A further word, or the member's own word that it is settled."""
    reader = _reader(token)
    ticket = _ticket(reader, public_id)
    typed = request.form.get("words", "")
    try:
        if request.form.get("do") == "solved":
            own_asking.call_it_solved(reader.person, ticket)
        else:
            own_asking.say_more(reader.person, ticket, typed)
    except DomainError as error:
        faults = {one.field: str(one.message) for one in error.fields}
        return _one(reader, token, ticket, typed, faults, error.status)
    return redirect(url_for("own_tickets.show", token=token, public_id=public_id), 303)


@own_tickets.get("/<token>/articles/<article_id>")
@member_link(OWN)
def article(token: str, article_id: str) -> ResponseReturnValue:
    """One of the answers that every member may read."""
    reader = _reader(token)
    found = article_queries.article_for(_articles_of(reader), article_id)
    if found is None:
        raise not_found(_("There is no such article."))
    spoken = article_queries.spoken(found.id)
    chosen = article_queries.nearest(_articles_of(reader).languages, list(spoken))
    with force_locale(_language(reader)):
        return render_template(
            "clubcrm/tickets/own_article.html", member=reader, token=token, version=spoken[chosen]
        )


def _page(
    reader: Reader,
    token: str,
    *,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    error: DomainError | None = None,
) -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()[:80]
    hits = article_queries.search(_articles_of(reader), asked, 8)
    with force_locale(_language(reader)):
        page = render_template(
            "clubcrm/tickets/own.html",
            member=reader,
            token=token,
            rows=queries.own_tickets(reader.person.id),
            hits=hits,
            asked=asked,
            typed=typed or {"subject": asked, "words": ""},
            faults=faults or {},
            refusal=error.text if error and not error.fields else "",
            words=words,
            zone=reader.zone,
        )
    return page, error.status if error else 200


def _one(
    reader: Reader,
    token: str,
    ticket: Ticket,
    typed: str = "",
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    with force_locale(_language(reader)):
        page = render_template(
            "clubcrm/tickets/own_ticket.html",
            member=reader,
            token=token,
            ticket=ticket,
            lines=queries.lines_of(ticket.id, for_member=True),
            typed=typed,
            faults=faults or {},
            words=words,
            zone=reader.zone,
            is_closed=ticket.state is TicketState.CLOSED,
            is_settled=ticket.state in {TicketState.SOLVED, TicketState.CLOSED},
        )
    return page, status


def _reader(token: str) -> Reader:
    link = next(filter(None, (open_link(purpose, token) for purpose in PURPOSES)), None)
    reader = reader_of(link.person_id) if link else None
    if reader is None:
        raise not_found(_("This link has ended. Ask the club for a new one."))
    return reader


def _ticket(reader: Reader, public_id: str) -> Ticket:
    found = queries.own_ticket(reader.person.id, public_id)
    if found is None:
        raise not_found(_("There is no such question of yours."))
    return found


def _articles_of(reader: Reader) -> article_queries.Reader:
    scope = Scope((reader.person.club_id,))
    return article_queries.Reader(scope, (_language(reader),), is_staff=False)


def _language(reader: Reader) -> str:
    base = reader.language.replace("-", "_").partition("_")[0]
    return base if base in LANGUAGES else "en"
