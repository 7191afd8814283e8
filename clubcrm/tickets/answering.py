"""Services room: what we say to a writer: by his own way and on his own page, in his language."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale

from clubcrm.core import clock, formats
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.types import new_public_id
from clubcrm.messaging.api import NoWay, Order, queue
from clubcrm.people.api import PersonDraft, find_or_register, link_address, make_link
from clubcrm.people.models import Channel, Purpose
from clubcrm.tickets import queries, threading
from clubcrm.tickets.models import Ticket, TicketLine
from clubcrm.tickets.rules.cases import AUTO_ANSWERS_WITHIN, LineKind, may_answer_by_itself
from clubcrm.tickets.rules.threads import mark_of
from clubcrm.tickets.services import (
    Said,
    add_answer,
    needed_words,
    note_change,
    refuse_closed,
    solve,
    their_turn,
)

ANSWER = "T2"
OWN_PURPOSE = "ticket"
LINK_LIVES = timedelta(days=365)
USEFUL_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Sent:
    """Our answer on the ticket, and why it stands there alone when no message carries it."""

    line: TicketLine
    no_way: NoWay | None


def answer(ticket: Ticket, words: str, *, by: str, and_solve: bool = False) -> Sent:
    """The writer is answered and has the next word, or the matter is settled with it.

    Who wrote from an address we did not know is kept as a person with it: only people are written
    to. Raises STATE for a closed ticket, INVALID_INPUT without words.
    """
    said = needed_words(words)
    ticket = queries.locked(ticket.id)
    refuse_closed(ticket)
    _know_writer(ticket, by)
    key = new_public_id()
    message_id, no_way = _send(ticket, said, key)
    line = add_answer(ticket, said, Said(message_id=message_id, public_id=key), by=by)
    if no_way is not None:
        note_change(ticket, "no_way", no_way.value, by=by)
    if and_solve:
        solve(ticket, by=by)
    else:
        their_turn(ticket, by=by)
    return Sent(line, no_way)


def acknowledge(ticket: Ticket) -> bool:
    """The writer of a mail reads its number and by when we answer, unless that could be a loop."""
    rules = queries.rules_of(ticket.club_id)
    lately = threading.said_by_itself(ticket.writer_address, clock.now() - AUTO_ANSWERS_WITHIN)
    if not rules.acknowledge or ticket.person_id is None or not may_answer_by_itself(lately):
        return False
    club = threading.club_with(ticket.club_id)
    with force_locale(_language(ticket)):
        due = formats.moment(ticket.due_at, club.zone)
    order = _order(ticket, threading.ACKNOWLEDGED, f"ticket:{ticket.id}:received")
    return not isinstance(queue(_with(order, due=due)), NoWay)


def own_address(ticket: Ticket) -> str:
    """Return the address at which the writer reads his ticket; empty for unknown writers."""
    if ticket.person_id is None:
        return ""
    ends = clock.now() + LINK_LIVES
    token = make_link(ticket.person_id, OWN_PURPOSE, expires_at=ends, by="system")
    return link_address("own_tickets.index", token)


def _know_writer(ticket: Ticket, by: str) -> None:
    if ticket.person_id is not None or not ticket.writer_address:
        return
    is_mail = ticket.channel is Channel.EMAIL
    name = ticket.writer_name or ticket.writer_address.partition("@")[0]
    given, _space, family = name.strip().partition(" ")
    draft = PersonDraft(
        given_name=given,
        family_name=family.strip(),
        email=ticket.writer_address if is_mail else "",
        phone="" if is_mail else ticket.writer_address,
        source="ticket",
    )
    try:
        person, _is_new = find_or_register(draft, ticket.club_id, by=by)
    except DomainError:
        # A number or name that cannot be kept: the answer stands on the ticket alone.
        return
    ticket.person_id = person.id
    db.session.flush()


def _send(ticket: Ticket, words: str, key: str) -> tuple[int | None, NoWay | None]:
    if ticket.person_id is None:
        return None, NoWay.NO_ADDRESS
    sent = queue(_with(_order(ticket, ANSWER, f"ticket-line:{key}"), answer=words, by_person="1"))
    return (None, sent) if isinstance(sent, NoWay) else (sent.id, None)


def _order(ticket: Ticket, code: str, key: str) -> Order:
    assert ticket.person_id is not None  # noqa: S101 - only people are written to
    return Order(
        dedupe_key=key,
        club_id=ticket.club_id,
        person_id=ticket.person_id,
        code=code,
        purpose=Purpose.SERVICE,
        not_before=clock.now(),
        expires_at=clock.now() + USEFUL_FOR,
        fields={
            "mark": mark_of(ticket.id),
            "subject": ticket.subject,
            "ticket_link": own_address(ticket),
            **_thread(ticket),
        },
        channels=threading.own_channel(ticket.channel),
    )


def _with(order: Order, **fields: str) -> Order:
    order.fields.update(fields)
    return order


def _thread(ticket: Ticket) -> dict[str, str]:
    """Return the name of the writer's newest mail, so that his program shows one conversation."""
    if ticket.channel is not Channel.EMAIL:
        return {}
    lines = queries.lines_of(ticket.id)
    asked = [one.reply_id for one in lines if one.kind is LineKind.ASKED and one.reply_id]
    mails = threading.mails_of(asked)
    refs = [mails[one].message_ref for one in asked if one in mails and mails[one].message_ref]
    return {"in_reply_to": refs[-1]} if refs else {}


def _language(ticket: Ticket) -> str:
    person = threading.person_with(ticket.person_id) if ticket.person_id else None
    wished = (person.language if person else None) or threading.club_with(ticket.club_id).locale
    base = wished.replace("-", "_").partition("_")[0]
    return base if base in LANGUAGES else "en"
