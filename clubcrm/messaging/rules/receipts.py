"""Rules: what providers report after sending; a stage once reached is never taken back."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """How far a message that has left the house has come."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


_RANK = {Stage.SENT: 0, Stage.FAILED: 1, Stage.DELIVERED: 2, Stage.READ: 3}

# Words of SMPP receipts, of HTTP gateways and of WhatsApp, in lower case.
_WORDS: Mapping[str, Stage] = {
    "accepted": Stage.SENT,
    "acceptd": Stage.SENT,
    "buffered": Stage.SENT,
    "enroute": Stage.SENT,
    "queued": Stage.SENT,
    "sent": Stage.SENT,
    "submitted": Stage.SENT,
    "delivered": Stage.DELIVERED,
    "deliverd": Stage.DELIVERED,
    "delivrd": Stage.DELIVERED,
    "success": Stage.DELIVERED,
    "played": Stage.READ,
    "read": Stage.READ,
    "seen": Stage.READ,
    "deleted": Stage.FAILED,
    "error": Stage.FAILED,
    "expired": Stage.FAILED,
    "failed": Stage.FAILED,
    "rejectd": Stage.FAILED,
    "rejected": Stage.FAILED,
    "undeliv": Stage.FAILED,
    "undelivered": Stage.FAILED,
    "undeliverable": Stage.FAILED,
}


def stage_of(word: str) -> Stage | None:
    """Return the stage a provider's word stands for, or None for a word we do not know."""
    return _WORDS.get(word.strip().casefold())


def goes_forward(now: Stage, told: Stage) -> bool:
    """Tell whether a report brings news: receipts arrive late, twice and out of order."""
    return _RANK[told] > _RANK[now]
