"""Queries room: which ticket something written belongs to: by thread, by number, by its writer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.messaging.models import Message
from clubcrm.messaging.tracking import Reply, ReplyMail
from clubcrm.people.models import Channel, Person
from clubcrm.tickets.models import Ticket, TicketLine
from clubcrm.tickets.rules.cases import (
    REOPENS_WITHIN,
    SAME_TALK_WITHIN,
    UNSETTLED,
    TicketState,
)
from clubcrm.tickets.rules.threads import number_in

ACKNOWLEDGED = "T1"


def reply_with(reply_id: int) -> Reply | None:
    """Return what somebody has written."""
    return db.session.get(Reply, reply_id)


def mail_of(reply_id: int) -> ReplyMail | None:
    """Return what the mail tells beyond its words, None for other channels."""
    return db.session.get(ReplyMail, reply_id)


def mails_of(reply_ids: Sequence[int]) -> dict[int, ReplyMail]:
    """Return what these mails tell beyond their words, by reply."""
    rows = db.session.scalars(select(ReplyMail).where(ReplyMail.reply_id.in_(reply_ids)))
    return {row.reply_id: row for row in rows}


def belongs_to(reply: Reply, mail: ReplyMail | None, moment: datetime) -> Ticket | None:
    """Return the ticket that a text goes on with, None when it begins one.

    First what it answers, whose name only those know who have the mail; then the number it names,
    which anybody can count to and which only counts for the writer himself; then what he has open.
    """
    if mail is not None:
        found = _answered(mail, moment) or _named(reply, mail, moment)
        if found is not None:
            return found
    return _open_of(reply, moment)


def _answered(mail: ReplyMail, moment: datetime) -> Ticket | None:
    keys = [one for one in (mail.key,) if one]
    ours = (
        select(TicketLine.ticket_id)
        .join(Message, Message.id == TicketLine.message_id)
        .where(Message.public_id.in_(keys))
    )
    theirs = (
        select(TicketLine.ticket_id)
        .join(ReplyMail, ReplyMail.reply_id == TicketLine.reply_id)
        .where(ReplyMail.message_ref.in_(mail.refs), ReplyMail.message_ref != "")
    )
    return _first(or_(Ticket.id.in_(ours), Ticket.id.in_(theirs)), _goes_on(moment))


def _named(reply: Reply, mail: ReplyMail, moment: datetime) -> Ticket | None:
    number = number_in(mail.subject, mail.receivers)
    if number is None:
        return None
    return _first(Ticket.id == number, _goes_on(moment), _of(reply))


def _open_of(reply: Reply, moment: datetime) -> Ticket | None:
    return _first(
        _of(reply),
        Ticket.channel == reply.channel,
        Ticket.state.in_(UNSETTLED),
        Ticket.changed_at > moment - SAME_TALK_WITHIN,
    )


def _of(reply: Reply) -> ColumnElement[bool]:
    """Return the condition that a ticket is the writer's own."""
    at_address = and_(Ticket.writer_address == reply.address, Ticket.writer_address != "")
    if reply.person_id is None:
        return at_address
    return or_(Ticket.person_id == reply.person_id, at_address)


def _goes_on(moment: datetime) -> ColumnElement[bool]:
    fresh = and_(Ticket.state == TicketState.SOLVED, Ticket.solved_at > moment - REOPENS_WITHIN)
    return or_(Ticket.state.in_(UNSETTLED), fresh)


def _first(*where: ColumnElement[bool]) -> Ticket | None:
    chosen: Select[Ticket] = select(Ticket).where(*where).order_by(Ticket.id.desc()).limit(1)
    return db.session.scalars(chosen).first()


def closed_before(reply: Reply, mail: ReplyMail | None) -> int | None:
    """Return the closed ticket that a new one follows, when the writer names it or answers it."""
    if mail is None:
        return None
    number = number_in(mail.subject, mail.receivers)
    if number is None:
        return None
    found = _first(Ticket.id == number, _of(reply))
    return found.id if found else None


def said_by_itself(address: str, since: datetime) -> int:
    """Return how many automatic answers went to an address lately."""
    found = db.session.scalar(
        select(func.count()).where(
            Message.code == ACKNOWLEDGED, Message.address == address, Message.created_at > since
        )
    )
    return found or 0


def person_with(person_id: int) -> Person:
    """Return the person a ticket is about."""
    return db.session.get_one(Person, person_id)


def club_with(club_id: int) -> Club:
    """Return a ticket's club."""
    return db.session.get_one(Club, club_id)


def own_channel(channel: Channel | None) -> tuple[str, ...]:
    """Return the way by which a writer is answered: his own, or any when it is not known."""
    return (channel.value,) if channel is not None and channel is not Channel.PHONE else ()
