"""Rules: what the answer of a mail server means for a message, and when to try again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PAUSES = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)

ACCEPTED = 250
ABOUT_US = ("5.3.", "5.5.", "5.6.", "5.7.")


class Step(StrEnum):
    """How far the talk with the server had come when it ended."""

    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    AFTER_CONTENT = "after_content"


class Outcome(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    RETRY = "retry"
    BOUNCED = "bounced"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of one attempt, with the server's own words for whoever looks into it."""

    outcome: Outcome
    words: str = ""
    code: int | None = None
    provider_id: str = ""
    parts: int = 1
    # The channel itself is out of order: its other messages stay where they are.
    halts: bool = False
    wait: timedelta | None = None
    # Where the reader is found from now on, when the channel says that he has moved.
    moved_to: str = ""


def judge(step: Step, code: int | None, words: str = "") -> Receipt:
    """Return what an answer, or none, at this step means.

    A cut after the content may have been a delivery, so it is unknown and never sent again by
    itself. 4xx and no answer earlier: later again. 5xx: the address is bad, unless the server says
    by its enhanced status (RFC 3463) that it minds our content, protocol or system.
    """
    unsure = Outcome.UNKNOWN if step is Step.AFTER_CONTENT else Outcome.RETRY
    if code is None:
        return Receipt(unsure, words)
    if code < 400:
        sent = step is Step.AFTER_CONTENT and code == ACCEPTED
        return Receipt(Outcome.SENT if sent else unsure, words, code)
    if code < 500 or step in {Step.CONNECT, Step.SENDER}:
        # A refusal before the recipient is named is about our settings: the message can wait.
        return Receipt(Outcome.RETRY, words, code)
    if step is not Step.RECIPIENT and words.startswith(ABOUT_US):
        return Receipt(Outcome.REFUSED, words, code)
    return Receipt(Outcome.BOUNCED, words, code)


# Answers of HTTP services that say themselves that nothing was done.
_NOT_NOW = frozenset({408, 425, 429, 503})
_OUR_KEYS = frozenset({401, 402, 403, 407})


def judge_http(status: int | None, words: str = "", *, sent: bool = True) -> Receipt:
    """Return what a service's answer means; none after the question was sent is unknown.

    Other failures of the server may have come after the deed: 500 is as dark as no answer.
    """
    if status is None:
        return Receipt(Outcome.UNKNOWN if sent else Outcome.RETRY, words, halts=not sent)
    if 200 <= status < 300:
        return Receipt(Outcome.SENT, words, status)
    if status in _NOT_NOW:
        return Receipt(Outcome.RETRY, words, status)
    if status in _OUR_KEYS:
        return Receipt(Outcome.RETRY, words, status, halts=True)
    return Receipt(Outcome.REFUSED if status < 500 else Outcome.UNKNOWN, words, status)


def try_again_at(attempts: int, failed_at: datetime) -> datetime | None:
    """Return when to try after this many attempts, with growing pauses; None means give up."""
    if attempts > len(PAUSES):
        return None
    return failed_at + PAUSES[max(attempts, 1) - 1]
