"""Handlers: mails, messages and calls of strangers are questions for the tray."""

from clubcrm.leads.arriving import Arrival
from clubcrm.leads.callers import Rang, note_stranger
from clubcrm.leads.receiving import receive
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.messaging.events import AnswerReceived, StrangerRang
from clubcrm.messaging.inbox_queries import reply_of
from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.people.models import Channel

BY_PHONE = (Channel.SMS, Channel.WHATSAPP)
LONGEST = 2000


def on_stranger_wrote(fact: AnswerReceived) -> None:
    """Somebody whom nobody knows has written: a person decides whether he asks for the club."""
    reply = reply_of(fact.reply_id)
    if reply is None or fact.person_id is not None or fact.kind != AnswerKind.ANSWER:
        return
    is_mail = reply.channel is Channel.EMAIL
    receive(
        Arrival(
            club_id=reply.club_id,
            channel=ArrivalChannel.EMAIL if is_mail else ArrivalChannel.MESSENGER,
            name="" if is_mail or reply.channel in BY_PHONE else f"Telegram {reply.address}",
            phone=reply.address if reply.channel in BY_PHONE else "",
            email=reply.address if is_mail else "",
            message=reply.text[:LONGEST],
            external_ref=f"reply:{reply.id}",
            at=reply.received_at,
        ),
        by="system",
    )


def on_stranger_rang(fact: StrangerRang) -> None:
    """Somebody whom nobody knows has rung: a person decides whether he asks for the club."""
    if fact.club_id is not None:
        note_stranger(
            Rang(fact.club_id, fact.call_ref, fact.number, fact.happened_at, fact.task_id)
        )
