"""Facts the outbox tells upwards."""

from dataclasses import dataclass

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class MessageSettled(Fact):
    """A message has come to rest: sent, bounced, failed, unknown or cancelled; `why` is a code."""

    message_id: int
    person_id: int
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class AnswerReceived(Fact):
    """A member, or somebody nobody knows, has written to the club; `kind` is what it means."""

    reply_id: int
    person_id: int | None
    channel: str
    kind: str


@dataclass(frozen=True, slots=True)
class MessageProgressed(Fact):
    """A provider has told that a message was delivered, read, or failed after all."""

    message_id: int
    person_id: int
    stage: str


@dataclass(frozen=True, slots=True)
class StrangerRang(Fact):
    """A call of somebody nobody knows is over; a missed one has a task to call back."""

    call_ref: str
    number: str
    outcome: str
    task_id: int | None
