"""Services room: the way out of marketing messages: a signed link that never expires."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from clubcrm.messaging.models import Message
from clubcrm.messaging.rules.kinds import TextKind, kind_of
from clubcrm.messaging.rules.wording import render
from clubcrm.messaging.texts import FALLBACK, FOOTER, shipped
from clubcrm.people.models import Channel, Purpose

SALT = "unsubscribe"
# A short message pays for each letter, so its way out stands in the same line.
AFTER = {TextKind.SMS: " ", TextKind.CHAT: "\n\n"}


def _signer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=SALT)


def token_of(person_id: int, channel: Channel) -> str:
    """Return the opaque token by which this person can end marketing on this channel."""
    return str(_signer().dumps([person_id, channel.value]))


def read_token(token: str) -> tuple[int, Channel] | None:
    """Return whom a token stands for, or None for one that is not ours."""
    try:
        person_id, channel = _signer().loads(token)
        return int(person_id), Channel(channel)
    except (BadSignature, ValueError, TypeError):
        return None


def with_way_out(message: Message) -> tuple[str, str]:
    """Return the body with its closing line, and the address of the way out if there is one."""
    public_url = current_app.extensions["club_settings"].public_url
    if message.purpose is not Purpose.MARKETING or not public_url:
        return message.body, ""
    url = f"{public_url}/unsubscribe/{token_of(message.person_id, message.channel)}"
    kind = kind_of(message.channel.value)
    footer = shipped(FOOTER, message.language, kind) or shipped(FOOTER, FALLBACK, kind)
    if footer is None:
        return message.body, url
    fields = {"club": str(message.fields.get("club", "")), "unsubscribe_url": url}
    words = render("", footer.body, fields).body
    if kind is TextKind.EMAIL:
        return f"{message.body}\n\n-- \n{words}\n", url
    return f"{message.body}{AFTER[kind]}{words}", url
