"""Queries room: in plain words, why a message waits, was not sent, or is in doubt."""

from flask_babel import gettext as _

from clubcrm.messaging.letter_tables import LetterState
from clubcrm.messaging.models import MessageState
from clubcrm.messaging.text_words import placeholder_words


def state_words(state: MessageState) -> tuple[str, str]:
    """Return tone and word of where a message stands."""
    looks = {
        MessageState.QUEUED: ("know", _("waits")),
        MessageState.HELD: ("note", _("held back")),
        MessageState.CLAIMED: ("know", _("being sent")),
        MessageState.SENT: ("go", _("sent")),
        MessageState.BOUNCED: ("stop", _("bounced")),
        MessageState.FAILED: ("stop", _("failed")),
        MessageState.UNKNOWN: ("note", _("unknown")),
        MessageState.CANCELLED: ("", _("not sent")),
    }
    return looks[state]


def letter_words(state: LetterState) -> tuple[str, str]:
    """Return tone and word of where a letter with a paper stands."""
    looks = {
        LetterState.WAITING: ("know", _("waits")),
        LetterState.SENDING: ("know", _("being sent")),
        LetterState.SENT: ("go", _("sent")),
        LetterState.FAILED: ("stop", _("failed")),
        LetterState.DOUBT: ("note", _("unknown")),
    }
    return looks[state]


def channel_words() -> dict[str, str]:
    """Return how each way of writing is called."""
    return {
        "email": _("E-mail"),
        "sms": _("Text message"),
        "telegram": "Telegram",
        "whatsapp": "WhatsApp",
        "phone": _("Phone call"),
    }


def stage_words() -> dict[str, str]:
    """Return how far a message has come, as providers report it."""
    return {
        "sent": _("taken by the service"),
        "delivered": _("delivered"),
        "read": _("read"),
        "failed": _("not delivered"),
    }


def reason(why: str) -> str:
    """Return the sentence for a reason; empty for none."""
    code, _colon, detail = why.partition(":")
    if not code:
        return ""
    if code == "missing_field":
        fields = ", ".join(placeholder_words(name) for name in detail.split(","))
        return _("The text has a blank that nothing fills: %(fields)s.", fields=fields)
    known = {**_waiting(), **_ended(), **_not_wanted()}
    return known.get(code, _("It is not wanted any more."))


def _waiting() -> dict[str, str]:
    return {
        "quiet_hours": _("Waits for the end of the quiet hours."),
        "server_busy": _("The mail server asked to come back later."),
        "server_away": _("The mail server did not answer; it will be tried again."),
    }


def _ended() -> dict[str, str]:
    return {
        "bounced": _("The mail server says that this address does not exist."),
        "not_delivered": _("The service told later that it could not be delivered."),
        "refused": _("The mail server did not like the message itself."),
        "gave_up": _("The mail server did not take it in many tries."),
        "sender_lost": _("The program stopped while sending: it may have arrived or not."),
        "no_answer": _("The line broke after the text was sent: it may have arrived or not."),
        "same_text": _("The same text went to this address within a day."),
        "expired": _("It would have come too late to be of use."),
    }


def _not_wanted() -> dict[str, str]:
    return {
        "has_come": _("The member has come in the meantime."),
        "came_today": _("The member came today."),
        "frozen": _("The membership is frozen."),
        "cycle_over": _("The membership is over."),
        "blocked": _("Something else has to be settled with this member first."),
        "do_not_contact": _("This person does not want to be contacted."),
        "no_consent": _("There is no consent for messages by this channel."),
        "no_address": _("There is no address to write to."),
        "by_hand": _("Somebody of the staff has cancelled it."),
    }
