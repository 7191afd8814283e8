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
