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


@dataclass(frozen=True, slots=True)
class TaskReopened(Fact):
    """A task that had been closed by mistake is on the lists again."""

    task_id: int
    person_id: int | None


@dataclass(frozen=True, slots=True)
class SurveyAnswered(Fact):
    """A member has answered the half-way question with a score from 0 to 10."""

    answer_id: int
    person_id: int
    code: str
    score: int


@dataclass(frozen=True, slots=True)
class ComplaintNoted(Fact):
    """A member has complained; the task is that of whoever has to answer."""

    task_id: int
    person_id: int
