"""Views room: tickets and articles under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs, page_key
from clubcrm.core.errors import not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import current_actor, require
from clubcrm.core.types import new_public_id
from clubcrm.people.api import person_in
from clubcrm.tickets import article_queries, queries, services
from clubcrm.tickets.answering import answer
from clubcrm.tickets.permissions import LEAD_TICKETS, SEE_TICKETS
from clubcrm.tickets.queries import Shown, TicketRow, Viewer, Wanted
from clubcrm.tickets.rules.cases import Priority, TicketOrigin, TicketState

api = ApiBlueprint("tickets_api", __name__, url_prefix="/api/v1", description="Questions")


class TicketQuery(PageArgs):
    member = fields.String(load_default=None, validate=validate.Length(min=1, max=64))
    part = fields.Enum(Shown, by_value=True, load_default=Shown.ALL)
    priority = fields.Enum(Priority, by_value=True, load_default=None)


class TicketShown(InputSchema):
    id = fields.String()
    number = fields.Integer()
    member_id = fields.String(allow_none=True)
    writer = fields.String()
    origin = fields.String()
    subject = fields.String()
    state = fields.String()
    priority = fields.String()
    opened_at = fields.AwareDateTime(format="iso")
    due_at = fields.AwareDateTime(format="iso")
    first_answer_at = fields.AwareDateTime(format="iso", allow_none=True)
    first_answer_minutes = fields.Integer(allow_none=True)
    solved_at = fields.AwareDateTime(format="iso", allow_none=True)


class TicketLineShown(InputSchema):
    id = fields.String()
    kind = fields.String()
    words = fields.String()
    at = fields.AwareDateTime(format="iso")


class TicketWhole(TicketShown):
    lines = fields.List(fields.Nested(TicketLineShown))


class TicketList(InputSchema):
    items = fields.List(fields.Nested(TicketShown))
    next = fields.String(allow_none=True)


class TicketOpened(InputSchema):
    member_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    words = fields.String(required=True, validate=validate.Length(min=1, max=4000))
    subject = fields.String(load_default="", validate=validate.Length(max=120))
    priority = fields.Enum(Priority, by_value=True, load_default=None, allow_none=True)


class TicketAnswered(InputSchema):
    words = fields.String(required=True, validate=validate.Length(min=1, max=4000))
    solve = fields.Boolean(load_default=False)


class TicketNoted(InputSchema):
    words = fields.String(required=True, validate=validate.Length(min=1, max=4000))


class TicketSaid(InputSchema):
    id = fields.String()
    state = fields.String()
    sent = fields.Boolean(metadata={"description": "false where nothing can reach the member"})


class ArticleQuery(InputSchema):
    q = fields.String(load_default="", validate=validate.Length(max=80))
    language = fields.String(load_default="en", validate=validate.OneOf(LANGUAGES))
    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=100))


class ArticleShown(InputSchema):
    id = fields.String()
    language = fields.String()
    title = fields.String()
    excerpt = fields.String()
    for_members = fields.Boolean()
    changed_at = fields.AwareDateTime(format="iso")


class ArticleList(InputSchema):
    items = fields.List(fields.Nested(ArticleShown))


@api.get("/tickets")
@api.doc(summary="Questions and complaints of your clubs; what is our turn comes by due time")
@require(SEE_TICKETS)
@api.arguments(TicketQuery, location="query")
@api.response(200, TicketList)
def list_tickets(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = Wanted(
        shown=asked["part"],
        member=asked["member"],
        priority=asked["priority"],
        after=page_key(asked["after"]),
        limit=asked["limit"],
    )
    rows, more = queries.queue(_viewer(), wanted, clock.now())
    return {"items": [_shown(row) for row in rows], "next": str(more) if more else None}


@api.post("/tickets")
@api.doc(summary="Open a question of a member")
@require(SEE_TICKETS)
@api.arguments(TicketOpened)
@api.response(201, TicketShown)
def open_one(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, body["member_id"])
    if person is None:
        raise not_found(_("There is no such person in your clubs."))
    ticket = services.open_ticket(
        services.Opening(
            source=f"api:{new_public_id()}",
            club_id=person.club_id,
            origin=TicketOrigin.FORM,
            words=services.needed_words(body["words"]),
            subject=body["subject"],
            person_id=person.id,
            priority=body["priority"],
        ),
        by=f"person:{person.id}",
    )
    return _shown(_row(ticket.public_id))


@api.get("/tickets/<string:ticket_id>")
@api.doc(summary="One question with everything said about it")
@require(SEE_TICKETS)
@api.response(200, TicketWhole)
def get_ticket(ticket_id: str) -> dict[str, Any]:
    row = _row(ticket_id)
    lines = [
        {"id": one.public_id, "kind": one.kind.value, "words": one.words, "at": one.at}
        for one in queries.lines_of(row.ticket.id)
    ]
    return {**_shown(row), "lines": lines}


@api.post("/tickets/<string:ticket_id>/answers")
@api.doc(summary="Answer a question, by the way the member is reached")
@require(SEE_TICKETS)
@api.arguments(TicketAnswered)
@api.response(201, TicketSaid)
def answer_one(body: dict[str, Any], ticket_id: str) -> dict[str, Any]:
    ticket = _row(ticket_id).ticket
    sent = answer(ticket, body["words"], by=current_actor().ref, and_solve=body["solve"])
    return {
        "id": sent.line.public_id,
        "state": ticket.state.value,
        "sent": sent.line.message_id is not None,
    }


@api.post("/tickets/<string:ticket_id>/notes")
@api.doc(summary="Note something for the staff alone")
@require(SEE_TICKETS)
@api.arguments(TicketNoted)
@api.response(201, TicketSaid)
def note_one(body: dict[str, Any], ticket_id: str) -> dict[str, Any]:
    ticket = _row(ticket_id).ticket
    line = services.note(ticket, body["words"], by=current_actor().ref)
    return {"id": line.public_id, "state": ticket.state.value, "sent": False}


@api.get("/articles")
@api.doc(summary="Articles that say every word, best first")
@require(SEE_TICKETS)
@api.arguments(ArticleQuery, location="query")
@api.response(200, ArticleList)
def list_articles(asked: dict[str, Any]) -> dict[str, Any]:
    reader = article_queries.Reader(current_actor().scope, (asked["language"],))
    hits = article_queries.search(reader, asked["q"], asked["limit"])
    return {
        "items": [
            {
                "id": hit.public_id,
                "language": hit.language,
                "title": hit.title,
                "excerpt": hit.excerpt,
                "for_members": hit.for_members,
                "changed_at": hit.at,
            }
            for hit in hits
        ]
    }


def _viewer() -> Viewer:
    actor = current_actor()
    user_id = actor.id if actor.kind == "user" else 0
    return Viewer(actor.scope, user_id, actor.may(LEAD_TICKETS))


def _row(public_id: str) -> TicketRow:
    found = queries.ticket_for(_viewer(), public_id)
    if found is None:
        raise not_found(_("There is no such ticket in your clubs."))
    return found


def _shown(row: TicketRow) -> dict[str, Any]:
    ticket = row.ticket
    return {
        "id": ticket.public_id,
        "number": ticket.id,
        "member_id": row.person_public_id or None,
        "writer": row.name,
        "origin": ticket.origin.value,
        "subject": ticket.subject,
        "state": ticket.state.value,
        "priority": ticket.priority.value,
        "opened_at": ticket.opened_at,
        "due_at": ticket.due_at,
        "first_answer_at": ticket.first_answer_at,
        "first_answer_minutes": ticket.first_answer_minutes,
        "solved_at": ticket.solved_at if ticket.state is TicketState.SOLVED else None,
    }
