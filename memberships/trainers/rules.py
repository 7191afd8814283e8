"""Rules of sessions: what one costs, how it is confirmed, and which client needs a call first."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from memberships.packages.terms import MissedRule, PackageTerms

SILENT_DAYS = 7
ENDS_SOON_DAYS = 14
FIRST_SESSION_DAYS = 7
MISSED_OFTEN = 2
CODE_DIGITS = 4
MOST_CODE_TRIES = 5
LONGEST_SIGNATURE = 20_000
_STROKES = re.compile(r"(?:M\d{1,4} \d{1,4}(?:L\d{1,4} \d{1,4})*)+")


class SessionState(StrEnum):
    """What became of a session."""

    PLANNED = "planned"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    LATE_CANCEL = "late_cancel"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


class Confirmation(StrEnum):
    """What shows that the client was there."""

    SCAN = "scan"
    CODE = "code"
    SIGNATURE = "signature"
    UNCONFIRMED = "unconfirmed"


SESSION_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    SessionState.PLANNED: frozenset(
        {
            SessionState.COMPLETE,
            SessionState.NO_SHOW,
            SessionState.LATE_CANCEL,
            SessionState.CANCELLED,
        }
    ),
    SessionState.COMPLETE: frozenset({SessionState.REVERSED}),
    SessionState.NO_SHOW: frozenset({SessionState.REVERSED}),
    SessionState.LATE_CANCEL: frozenset({SessionState.REVERSED}),
}
HELD = frozenset({SessionState.COMPLETE, SessionState.NO_SHOW, SessionState.LATE_CANCEL})


def costs_unit(outcome: SessionState, terms: PackageTerms) -> bool:
    """Tell whether the outcome uses a unit under the terms the package was sold on."""
    if outcome is SessionState.COMPLETE:
        return True
    if outcome is SessionState.NO_SHOW:
        return terms.no_show is MissedRule.UNIT
    if outcome is SessionState.LATE_CANCEL:
        return terms.late_cancel is MissedRule.UNIT
    return False


def cancelled_as(moment: datetime, held_at: datetime, hours: int) -> SessionState:
    """Return whether cancelling at this moment is in time or late under the plan's hours."""
    in_time = moment <= held_at - timedelta(hours=hours)
    return SessionState.CANCELLED if in_time else SessionState.LATE_CANCEL


def confirmed_by(*, scanned: bool, code_fits: bool, signed: bool) -> Confirmation:
    """Return the strongest proof there is: the gate's own scan, the client's code, a signature."""
    if scanned:
        return Confirmation.SCAN
    if code_fits:
        return Confirmation.CODE
    return Confirmation.SIGNATURE if signed else Confirmation.UNCONFIRMED


def client_code(key: str, person_public_id: str, day: date) -> str:
    """Return the digits that the client reads on his own page that day and says to the trainer."""
    told = f"session-code:{person_public_id}:{day.isoformat()}".encode()
    digest = hmac.new(key.encode(), told, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_signature(strokes: str) -> bool:
    """Tell whether the text is a drawing of lines as our own pages make it, and nothing else."""
    return len(strokes) <= LONGEST_SIGNATURE and _STROKES.fullmatch(strokes) is not None


class Reason(StrEnum):
    """Why a client deserves attention, the most urgent first."""

    FIRST_SESSION = "first_session"
    SILENT = "silent"
    USED_UP = "used_up"
    ENDS_SOON = "ends_soon"
    MISSED = "missed"
    LOW = "low"
    NOTHING_PLANNED = "nothing_planned"


WEIGHTS: Mapping[Reason, int] = {
    Reason.FIRST_SESSION: 50,
    Reason.SILENT: 40,
    Reason.USED_UP: 35,
    Reason.ENDS_SOON: 30,
    Reason.MISSED: 20,
    Reason.LOW: 15,
    Reason.NOTHING_PLANNED: 10,
}


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What a trainer may know of a client: units and sessions, never money or health."""

    today: date
    units_left: int
    low_mark: int
    next_end: date | None
    bought_on: date | None
    sessions: int
    last_session: date | None
    next_session: date | None
    missed_lately: int


def reasons_of(facts: ClientFacts) -> tuple[Reason, ...]:
    """Return why the client needs attention, the most urgent reason first."""
    found = {
        Reason.FIRST_SESSION: _waits_for_first(facts),
        Reason.SILENT: _is_silent(facts),
        Reason.USED_UP: facts.units_left == 0 and facts.sessions > 0,
        Reason.ENDS_SOON: _ends_soon(facts),
        Reason.MISSED: facts.missed_lately >= MISSED_OFTEN,
        Reason.LOW: 0 < facts.units_left <= facts.low_mark,
        Reason.NOTHING_PLANNED: facts.units_left > 0 and facts.next_session is None,
    }
    return tuple(reason for reason in Reason if found[reason])


def urgency(facts: ClientFacts) -> int:
    """Return a number by which clients are ordered, the most urgent being the highest."""
    silent = (facts.today - facts.last_session).days if facts.last_session else 0
    return sum(WEIGHTS[one] for one in reasons_of(facts)) * 1000 + min(silent, 999)


def _waits_for_first(facts: ClientFacts) -> bool:
    if facts.sessions or facts.bought_on is None or facts.units_left == 0:
        return False
    return (facts.today - facts.bought_on).days >= FIRST_SESSION_DAYS


def _is_silent(facts: ClientFacts) -> bool:
    if facts.last_session is None or facts.units_left == 0:
        return False
    return (facts.today - facts.last_session).days >= SILENT_DAYS


def _ends_soon(facts: ClientFacts) -> bool:
    if facts.next_end is None or facts.units_left == 0:
        return False
    return (facts.next_end - facts.today).days <= ENDS_SOON_DAYS


@dataclass(frozen=True, slots=True)
class WorkLine:
    """Somebody a trainer shall speak with today, as the floors above say it."""

    task_id: str
    name: str
    title: str
    why: str
    is_call: bool
