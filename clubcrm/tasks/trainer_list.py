"""Queries room: whom a trainer shall talk to today, for the trainer's own page."""

from datetime import datetime

from flask_babel import gettext as _

from clubcrm.core.clubs import Scope
from clubcrm.tasks.lists import Worker, work_list
from clubcrm.tasks.outcomes import WorkForm
from clubcrm.tasks.words import why_words
from memberships.trainers.rules import WorkLine


def trainer_work(user_id: int, club: tuple[int, str], moment: datetime) -> list[WorkLine]:
    """Return the trainer's talks and calls of the day, those worth most first."""
    club_id, zone = club
    worker = Worker(user_id, "trainer", Scope((club_id,)), club_id, zone)
    lists = (work_list(worker, form, moment) for form in (WorkForm.TALK, WorkForm.CALL))
    return [
        WorkLine(
            row.task.public_id,
            row.name,
            _(row.task.title),
            why_words(row.work.facts),
            row.work.form is WorkForm.CALL,
        )
        for one in lists
        for row in one.today
    ]
