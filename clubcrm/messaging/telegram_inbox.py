"""Services room: what is said to the club's bot: links that connect a member, answers, blocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.messaging.dead import give_up_address, revive
from clubcrm.messaging.inbox import Incoming, receive
from clubcrm.messaging.inbox_queries import Somebody, person_with
from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.people.api import make_link, open_link, put_first, revoke_links
from clubcrm.people.models import Channel, ContactKind, ReachState

PURPOSE = "telegram"
LINK_LASTS = timedelta(days=30)
GONE = frozenset({"kicked", "left"})


@dataclass(frozen=True, slots=True)
class Say:
    """What the bot says at once."""

    chat: str
    text: str


def has_bot() -> bool:
    """Tell whether the club has a bot to connect to."""
    return "CLUBCRM_TELEGRAM_TOKEN" in current_app.extensions["club_settings"].channels


def connect_address(person_id: int, *, by: str) -> str:
    """Return the address that opens the club's bot for this person; empty without a bot."""
    bot = current_app.extensions["club_settings"].channels.get("CLUBCRM_TELEGRAM_BOT", "")
    if not bot:
        return ""
    ends = clock.now() + LINK_LASTS
    return f"https://t.me/{bot}?start={make_link(person_id, PURPOSE, expires_at=ends, by=by)}"


def take_update(update: Mapping[str, Any]) -> Say | None:
    """One update is dealt with, however often it is told; returns what the bot answers."""
    member = update.get("my_chat_member")
    if isinstance(member, dict):
        _membership(member)
        return None
    message = update.get("message")
    if not isinstance(message, dict):
        return None
    chat = _chat_of(message)
    text = message.get("text")
    if not chat or not isinstance(text, str):
        return None
    command, _space, rest = text.strip().partition(" ")
    if command == "/start" and rest:
        return _connect(chat, rest.strip(), _name_of(message))
    ref = f"{chat}:{message.get('message_id', update.get('update_id', ''))}"
    said = "STOP" if command == "/stop" else "START" if command == "/start" else text
    return _answer(Incoming(Channel.TELEGRAM, chat, said, ref))


def _answer(said: Incoming) -> Say | None:
    reply = receive(said)
    if reply is None or reply.person_id is None:
        return None
    person = person_with(reply.person_id)
    with force_locale(_language(person)):
        if reply.kind is AnswerKind.OPT_OUT:
            return Say(
                said.address, _("Done, no more news here. Write START to hear from us again.")
            )
        if reply.kind is AnswerKind.OPT_IN:
            return Say(said.address, _("Good to have you back. Write STOP at any time to end it."))
    return None


def _connect(chat: str, token: str, name: str) -> Say:
    link = open_link(PURPOSE, token)
    if link is None:
        return Say(chat, _("This link has ended. Ask the club for a new one."))
    person = person_with(link.person_id)
    point = put_first(person, ContactKind.TELEGRAM, chat, name)
    point.state, point.state_why = ReachState.GOOD, ""
    revive(Channel.TELEGRAM, chat)
    revoke_links(person.id, PURPOSE)
    audit.note("person.connected", "person", person.id, after={"kind": "telegram"}, by="member")
    club = db.session.get_one(Club, person.club_id)
    with force_locale(_language(person)):
        words = _(
            "Hello %(name)s! %(club)s writes to you here from now on.",
            name=person.given_name,
            club=club.name,
        )
        return Say(chat, f"{words} {_('Write STOP at any time to end the news.')}")


def _membership(member: Mapping[str, Any]) -> None:
    chat = _chat_of(member)
    state = member.get("new_chat_member")
    status = state.get("status") if isinstance(state, dict) else ""
    if chat and status in GONE:
        give_up_address(Channel.TELEGRAM, chat, "the bot was blocked", clock.now())


def _chat_of(said: Mapping[str, Any]) -> str:
    chat = said.get("chat")
    if not isinstance(chat, dict) or chat.get("type") != "private":
        return ""
    number = chat.get("id")
    return str(number) if isinstance(number, int) else ""


def _name_of(message: Mapping[str, Any]) -> str:
    sender = message.get("from")
    name = sender.get("username") if isinstance(sender, dict) else ""
    return f"@{name}"[:100] if isinstance(name, str) and name else "Telegram"


def _language(person: Somebody) -> str:
    return person.language or db.session.get_one(Club, person.club_id).locale
