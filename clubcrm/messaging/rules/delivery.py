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


def try_again_at(attempts: int, failed_at: datetime) -> datetime | None:
    """Return when to try after this many attempts, with growing pauses; None means give up."""
    if attempts > len(PAUSES):
        return None
    return failed_at + PAUSES[max(attempts, 1) - 1]
