"""Rules room: where a ticket comes from, where it may go, and how soon somebody has to answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class TicketState(StrEnum):
    """Whose turn it is: ours, the writer's, or nobody's any more."""

    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"


TICKET_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    TicketState.OPEN: frozenset({TicketState.WAITING, TicketState.SOLVED, TicketState.CLOSED}),
    TicketState.WAITING: frozenset({TicketState.OPEN, TicketState.SOLVED, TicketState.CLOSED}),
    # A closed one stays closed: what is written later is a new one that names it.
    TicketState.SOLVED: frozenset({TicketState.OPEN, TicketState.CLOSED}),
}
# Only the slip of a finger on a list of tasks opens what was closed for good.
RESUMED_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    state: frozenset({TicketState.OPEN})
    for state in (TicketState.WAITING, TicketState.SOLVED, TicketState.CLOSED)
}
UNSETTLED = (TicketState.OPEN, TicketState.WAITING)


class Priority(StrEnum):
    """How soon somebody has to answer."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class TicketOrigin(StrEnum):
    """Where it was said."""

    MAIL = "mail"
    MESSAGE = "message"
    FORM = "form"
    OWN_PAGE = "own_page"
    SURVEY = "survey"
    LEDGER = "ledger"
    COMPLAINT = "complaint"
    CALL = "call"
    DESK = "desk"


class LineKind(StrEnum):
    """What one line of a ticket is; notes and changes are for the staff alone."""

    ASKED = "asked"
    ANSWERED = "answered"
    NOTE = "note"
    CHANGE = "change"


# What members say here may be about somebody who works at the desk.
PRIVATE_ORIGINS = frozenset({TicketOrigin.COMPLAINT, TicketOrigin.SURVEY})
OF_ORIGIN: Mapping[TicketOrigin, Priority] = {TicketOrigin.COMPLAINT: Priority.HIGH}
VERY_UNHAPPY_UP_TO = 3
HIGHEST_LEVEL = 2
ROLE_OF_LEVEL: Mapping[int, str] = {1: "manager", 2: "owner"}
MOST_AUTO_ANSWERS, AUTO_ANSWERS_WITHIN = 5, timedelta(hours=1)
# So long after its solution an answer by link or number goes to the same ticket.
REOPENS_WITHIN = timedelta(days=30)
# So long a message without any sign of a thread belongs to what its writer asked last.
SAME_TALK_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class TicketRules:
    """What a club has chosen: opening hours within which each priority is answered, and the rest.

    After `close_after` days without a word a solved ticket is closed.
    """

    urgent: int = 1
    high: int = 4
    normal: int = 8
    low: int = 24
    close_after: int = 7
    acknowledge: bool = True
    escalate: bool = True

    def allowed(self, priority: Priority) -> timedelta:
        """Return for how long of the club's opening hours an answer may take."""
        return timedelta(hours=int(getattr(self, priority.value)))


HOURS_WITHIN, DAYS_WITHIN = range(1, 241), range(1, 91)


def rules_from(kept: Mapping[str, Any] | None) -> TicketRules:
    """Return the rules of stored values; what is missing or no longer fits is as we ship it."""
    given, shipped = kept or {}, asdict(TicketRules())
    fitting = {
        name: given[name]
        for name, default in shipped.items()
        if name in given and type(given[name]) is type(default)
    }
    return TicketRules(**{**shipped, **fitting})


def priority_of(origin: TicketOrigin, score: int | None = None) -> Priority:
    """Return how soon an answer is due: complaints and the very unhappy come first."""
    if score is not None and score <= VERY_UNHAPPY_UP_TO:
        return Priority.HIGH
    return OF_ORIGIN.get(origin, Priority.NORMAL)


def level_of(passed: timedelta, allowed: timedelta) -> int:
    """Return how far up a ticket belongs after so many opening hours without an answer.

    Past its time it is the manager's, past twice its time the owner's.
    """
    if passed < allowed:
        return 0
    return HIGHEST_LEVEL if passed >= 2 * allowed else 1


def may_answer_by_itself(said_lately: int) -> bool:
    """Tell whether one more automatic answer to an address cannot be part of a loop."""
    return said_lately < MOST_AUTO_ANSWERS
