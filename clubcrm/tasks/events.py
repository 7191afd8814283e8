"""Facts that staff work tells upwards."""

from dataclasses import dataclass

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class TaskClosed(Fact):
    """A task is off the lists; outcome is done, not_now, cancelled or expired."""

    task_id: int
    person_id: int | None
    kind: str
    outcome: str
