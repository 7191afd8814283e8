"""What the journey does after a visit, a settled message or a closed task."""

from access_control.events import VisitStarted
from clubcrm.journeys import services
from clubcrm.messaging.events import MessageSettled
from clubcrm.tasks.events import TaskClosed


def on_visit_started(fact: VisitStarted) -> None:
    """The member's rhythm has moved, and what said "we miss you" is taken back."""
    services.react(fact.person_id)


def on_message_settled(fact: MessageSettled) -> None:
    """The touchpoint knows what became of its message."""
    services.settle_message(fact.message_id, fact.outcome, fact.why)


def on_task_closed(fact: TaskClosed) -> None:
    """The touchpoint knows what became of its task."""
    services.settle_task(fact.task_id, fact.outcome)
