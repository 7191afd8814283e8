"""Rules: the forms in which a message is worded, and which form a channel carries."""

from collections.abc import Mapping
from enum import StrEnum


class TextKind(StrEnum):
    """A letter with a subject, one short line that is paid by its length, or a chat message."""

    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"


_OF_CHANNEL: Mapping[str, TextKind] = {"email": TextKind.EMAIL, "sms": TextKind.SMS}

# Where a form has no words of its own, the next shorter or longer one speaks for it.
STAND_INS: Mapping[TextKind, tuple[TextKind, ...]] = {
    TextKind.EMAIL: (TextKind.EMAIL,),
    TextKind.SMS: (TextKind.SMS, TextKind.CHAT, TextKind.EMAIL),
    TextKind.CHAT: (TextKind.CHAT, TextKind.EMAIL),
}


def kind_of(channel: str) -> TextKind:
    """Return the form that a channel carries; every messenger is a chat."""
    return _OF_CHANNEL.get(channel, TextKind.CHAT)


def has_subject(kind: TextKind) -> bool:
    """Tell whether the form has a subject line."""
    return kind is TextKind.EMAIL
