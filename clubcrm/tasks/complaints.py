"""Services room: a complaint is a task of the manager, and stops every journey while it is open.

Tickets hear of it, and keep what is said about it until it is settled.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.core import audit, clock, events
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean
from clubcrm.people.api import HoldOrder, place_hold
from clubcrm.people.models import HoldKind
from clubcrm.tasks.events import ComplaintNoted
from clubcrm.tasks.models import Task
from clubcrm.tasks.outcomes import WorkForm
from clubcrm.tasks.services import COMPLAINT, TaskOrder, open_task, task_source

ANSWERED_WITHIN = timedelta(hours=24)
CODE = "X3"
# Jobs speak English, so the English sentence is stored; lists translate it for their reader.
TITLE = _l("Answer a complaint")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Who complains, about what; `source` names where it was said, so that it opens one task."""

    person_id: int
    club_id: int
    words: str
    source: str


def open_complaint(complaint: Complaint, *, by: str) -> Task:
    """A manager has 24 hours to answer, and nothing but service messages goes to the member."""
    words = clean(complaint.words, "note", longest=300)
    if not words:
        raise invalid({"note": _("Say in a few words what it is about.")})
    task = open_task(
        TaskOrder(
            source=f"complaint:{complaint.source}",
            club_id=complaint.club_id,
            person_id=complaint.person_id,
            kind=COMPLAINT,
            title=str(TITLE),
            sentence=words,
            role="manager",
            due_at=clock.now() + ANSWERED_WITHIN,
            form=WorkForm.CALL,
            code=CODE,
        )
    )
    hold = HoldOrder(complaint.person_id, HoldKind.COMPLAINT, task_source(task.id))
    place_hold(hold, by=by)
    audit.note("complaint.noted", "task", task.id, after={"person": complaint.person_id}, by=by)
    events.record(ComplaintNoted(complaint.club_id, clock.now(), task.id, complaint.person_id))
    return task
