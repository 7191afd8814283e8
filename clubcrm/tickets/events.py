"""Facts that tickets tell upwards."""

from dataclasses import dataclass

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class TicketOpened(Fact):
    """Somebody waits for an answer."""

    ticket_id: int
    person_id: int | None
    origin: str


@dataclass(frozen=True, slots=True)
class TicketSettled(Fact):
    """A ticket is solved or closed."""

    ticket_id: int
    person_id: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class CallEnded(Fact):
    """A call is over: answered, missed, busy or without an answer."""

    call_id: int
    person_id: int | None
    outcome: str
