"""Mails and messages of people nobody knows come to the tray, once each."""

import pytest
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.leads.door.handlers import on_stranger_wrote
from clubcrm.leads.models import Inquiry
from clubcrm.messaging.events import AnswerReceived
from clubcrm.messaging.inbox import Incoming, receive
from clubcrm.people.models import Channel
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("unit")


def write(channel: Channel, address: str, text: str) -> AnswerReceived:
    """Somebody writes to the club; answers the fact that is told of it."""
    reply = receive(Incoming(channel, address, text, f"{channel}:{address}:{text}"))
    assert reply is not None
    return AnswerReceived(
        reply.club_id, reply.received_at, reply.id, reply.person_id, channel.value, reply.kind.value
    )


def test_mail_of_a_stranger_waits_in_the_tray_once(cast: Cast) -> None:
    fact = write(Channel.EMAIL, "rina@example.com", "What does a year cost?")

    for _turn in range(2):
        on_stranger_wrote(fact)

    inquiry = db.session.scalars(select(Inquiry)).one()
    assert (inquiry.state, inquiry.channel, inquiry.email) == (
        "waiting",
        "email",
        "rina@example.com",
    )
    assert (inquiry.message, inquiry.arrived_at) == ("What does a year cost?", fact.happened_at)


def test_message_of_a_stranger_keeps_his_number(cast: Cast) -> None:
    on_stranger_wrote(write(Channel.WHATSAPP, "+8801711000777", "Hello"))

    inquiry = db.session.scalars(select(Inquiry)).one()
    assert (inquiry.channel, inquiry.phone) == ("messenger", "+8801711000777")


def test_members_and_refusals_are_no_questions(cast: Cast) -> None:
    on_stranger_wrote(write(Channel.SMS, "+8801711000001", "See you"))
    on_stranger_wrote(write(Channel.SMS, "+8801711000777", "STOP"))

    assert db.session.scalars(select(Inquiry)).all() == []
