"""Services room: receipts of providers and returned mail, each told once and never backwards."""

import hashlib
from dataclasses import dataclass
from email.utils import parseaddr

from flask import current_app
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import clock, events
from clubcrm.core.db import db
from clubcrm.messaging import inbox_queries
from clubcrm.messaging.dead import count_failure, give_up_address, revive
from clubcrm.messaging.events import MessageProgressed
from clubcrm.messaging.inbox import Incoming, receive
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.prices import remember
from clubcrm.messaging.rules.answers import own_words
from clubcrm.messaging.rules.bounces import Bounce, read_mail
from clubcrm.messaging.rules.receipts import Stage, goes_forward
from clubcrm.messaging.services import settle
from clubcrm.messaging.tracking import Dispatch, MessageReceipt
from clubcrm.people.models import Channel

NOT_DELIVERED = "not_delivered"


class TooEarlyError(Exception):
    """The receipt has outrun our own note of the message; the provider shall tell it again."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says of one message, by its own name for it or by ours."""

    channel: Channel
    stage: Stage
    provider_id: str = ""
    key: str = ""
    words: str = ""
    for_good: bool = False


def take_report(report: Report) -> bool:
    """The message has come as far as reported; False for old news and unknown messages.

    Raises TooEarlyError while messages of the channel are on their way.
    """
    remember(db.session(), report.channel, heard_at=clock.now())
    dispatch = _dispatch(report)
    if dispatch is None:
        if inbox_queries.is_sending(report.channel):
            raise TooEarlyError
        return False
    return _progress(dispatch, report)


def _dispatch(report: Report) -> Dispatch | None:
    if report.key:
        message = inbox_queries.message_of_key(report.key)
        return db.session.get(Dispatch, message.id) if message else None
    return inbox_queries.dispatch_of(report.channel, report.provider_id)


def _progress(dispatch: Dispatch, report: Report) -> bool:
    moment = clock.now()
    message = db.session.get_one(Message, dispatch.message_id, with_for_update=True)
    db.session.refresh(dispatch)
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    row = {"message_id": message.id, "stage": report.stage, "words": report.words[:300]}
    db.session.execute(
        make(MessageReceipt).values({**row, "received_at": moment}).on_conflict_do_nothing()
    )
    if not goes_forward(dispatch.stage, report.stage):
        return False
    dispatch.stage, dispatch.stage_at = report.stage, moment
    _settle(message, report)
    events.record(
        MessageProgressed(
            club_id=message.club_id,
            happened_at=moment,
            message_id=message.id,
            person_id=message.person_id,
            stage=report.stage.value,
        )
    )
    return True


def _settle(message: Message, report: Report) -> None:
    moment = clock.now()
    if report.stage is not Stage.FAILED:
        revive(report.channel, message.address)
        if message.state is not MessageState.SENT:
            message.sent_at = message.sent_at or message.handed_over_at or moment
            settle(message, MessageState.SENT)
        return
    if report.for_good:
        give_up_address(report.channel, message.address, report.words, moment)
    else:
        count_failure(report.channel, message.address, report.words, moment)
    if message.state in {MessageState.SENT, MessageState.UNKNOWN}:
        settle(message, MessageState.BOUNCED, NOT_DELIVERED)


def take_mail(raw: bytes) -> str:
    """A raw mail that came to the club is dealt with; returns what it was: bounce, answer, none."""
    mail = read_mail(raw)
    if mail.bounces:
        found = [_take_bounce(bounce) for bounce in mail.bounces]
        return "bounce" if any(found) else "none"
    if mail.automatic or not mail.sender or _is_ours(mail.sender):
        return "none"
    # A refusal may stand in the subject of an otherwise empty mail.
    text = own_words(mail.text) or mail.subject
    ref = mail.message_ref or f"{mail.sender}:{hashlib.sha256(raw).hexdigest()}"
    kept = receive(Incoming(Channel.EMAIL, mail.sender, text, ref, mail.key, mail))
    return "answer" if kept else "none"


def _is_ours(sender: str) -> bool:
    """Tell whether the club itself has written: answering that would never end."""
    settings = current_app.extensions["club_settings"]
    bounces = settings.channels.get("CLUBCRM_MAIL_BOUNCES", "").replace("{id}", "")
    ours = {_bare(parseaddr(one)[1]) for one in (settings.mail_from, bounces) if one}
    return _bare(sender) in ours - {""}


def _bare(address: str) -> str:
    name, at, host = address.lower().rpartition("@")
    return f"{name.partition('+')[0]}{at}{host}"


def _take_bounce(bounce: Bounce) -> bool:
    message = inbox_queries.message_of_key(bounce.key) if bounce.key else None
    if message is None or message.address.lower() != bounce.address:
        # Anybody can write a report; only one that holds our own secret name is believed.
        return False
    if not bounce.hard:
        return count_failure(Channel.EMAIL, message.address, bounce.words, clock.now())
    report = Report(Channel.EMAIL, Stage.FAILED, "", bounce.key, bounce.words, for_good=True)
    return take_report(report)
