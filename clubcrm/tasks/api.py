"""The door to staff work for upper floors."""

from clubcrm.tasks.attempts import Attempt, log_attempt
from clubcrm.tasks.complaints import Complaint, open_complaint
from clubcrm.tasks.handing_over import hand_task
from clubcrm.tasks.outcomes import AttemptOutcome, WorkForm
from clubcrm.tasks.services import (
    TaskOrder,
    expire_due,
    finish,
    hand_over,
    open_task,
    open_tasks,
    put_off,
    set_aside,
    take_back,
)
from clubcrm.tasks.surveys import survey_address

__all__ = [
    "Attempt",
    "AttemptOutcome",
    "Complaint",
    "TaskOrder",
    "WorkForm",
    "expire_due",
    "finish",
    "hand_over",
    "hand_task",
    "log_attempt",
    "open_complaint",
    "open_task",
    "open_tasks",
    "put_off",
    "set_aside",
    "survey_address",
    "take_back",
]
