"""Views room: a member decides who may write to him by which way, and reads what was said."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import member_link
from clubcrm.messaging.own_news import NEWS_PURPOSE, Reader, choices_of, reader_of, talk_of
from clubcrm.messaging.telegram_inbox import connect_address, has_bot
from clubcrm.messaging.words import channel_words
from clubcrm.people.api import Answer, answer, open_link
from clubcrm.people.models import Channel, Purpose

news = Blueprint("news", __name__)
OWN = "a member decides who may write to him, and by which way"
# The member's own page leads here with the link it was opened by.
PURPOSES = (NEWS_PURPOSE, "portal")


@news.get("/me/news/<token>")
@member_link(OWN)
def show(token: str) -> ResponseReturnValue:
    """What comes by which way, and what was said so far."""
    reader = _reader(token)
    done = request.args.get("done", "")
    choices = choices_of(reader.person.id)
    with force_locale(_language(reader)):
        return render_template(
            "clubcrm/messaging/news.html",
            member=reader,
            token=token,
            choices=choices,
            done=next((one for one in choices if f"{one.channel}.{one.purpose}" == done), None),
            talk=talk_of(reader.person.id),
            channel_words=channel_words(),
            can_connect=has_bot() and not any(one.channel is Channel.TELEGRAM for one in choices),
            zone=reader.zone,
        )


@news.post("/me/news/<token>")
@member_link(OWN)
def decide(token: str) -> ResponseReturnValue:
    """The member's word for one purpose on one channel counts from this moment."""
    reader = _reader(token)
    channel, purpose = request.form.get("channel", ""), request.form.get("purpose", "")
    known = [(one.channel, one.purpose) for one in choices_of(reader.person.id)]
    if (channel, purpose) not in known:
        raise DomainError("INVALID_INPUT", _("Choose one of the ways on this page."), status=400)
    said = Answer(
        Channel(channel),
        Purpose(purpose),
        given=request.form.get("comes") == "1",
        source="own page",
    )
    answer(reader.person, said, by="member")
    return redirect(url_for("news.show", token=token, done=f"{channel}.{purpose}"), 303)


@news.post("/me/news/<token>/telegram")
@member_link(OWN)
def connect(token: str) -> ResponseReturnValue:
    """The member goes on in the club's bot, which will know him by a link of his own."""
    address = connect_address(_reader(token).person.id, by="member")
    if not address:
        raise not_found(_("The club has no Telegram bot."))
    return redirect(address, 303)


def _reader(token: str) -> Reader:
    link = next(filter(None, (open_link(purpose, token) for purpose in PURPOSES)), None)
    reader = reader_of(link.person_id) if link else None
    if reader is None:
        raise not_found(_("This link has ended. Ask the club for a new one."))
    return reader


def _language(reader: Reader) -> str:
    base = reader.language.partition("_")[0]
    return reader.language if base in LANGUAGES else "en"
