"""Rules room: how a mail names the ticket it belongs to: "[#T-123]", or an address of ours."""

import re
from collections.abc import Iterable

_IN_SUBJECT = re.compile(r"\[#T-(\d{1,9})\]", re.IGNORECASE)
_PLUS = re.compile(r"\+t-?(\d{1,9})@", re.IGNORECASE)
_PREFIXES = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|antw|sv|vs|отв|ответ|пер|উত্তর)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_SPACES = re.compile(r"\s+")
LONGEST_SUBJECT = 120


def mark_of(number: int) -> str:
    """Return how a ticket is named in the subject of its mails."""
    return f"[#T-{number}]"


def number_in(subject: str, addresses: Iterable[str] = ()) -> int | None:
    """Return the number of the ticket that a subject or one of the mail's receivers names."""
    found = _IN_SUBJECT.search(subject)
    if found is None:
        found = next(filter(None, map(_PLUS.search, addresses)), None)
    return int(found.group(1)) if found else None


def plain_subject(subject: str) -> str:
    """Return the subject without our mark and without the marks of answers and forwards."""
    bare = _SPACES.sub(" ", _IN_SUBJECT.sub(" ", subject)).strip()
    return _PREFIXES.sub("", bare).strip()


def subject_of(words: str) -> str:
    """Return the beginning of what somebody wrote, cut between two words, as a subject."""
    line = _SPACES.sub(" ", words).strip()
    if len(line) <= LONGEST_SUBJECT:
        return line
    return line[:LONGEST_SUBJECT].rpartition(" ")[0].rstrip(",;:") + "…"
