"""Services room: somebody decides to call a member at risk, beside what the journey plans."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from clubcrm.core import clock
from clubcrm.journeys.risk_list import AtRisk
from clubcrm.tasks.api import TaskOrder, WorkForm, open_task
from clubcrm.tasks.lists import works_of
from clubcrm.tasks.queries import open_for

KIND = "risk_call"
USEFUL_FOR = timedelta(days=10)
# Jobs speak English, so the English sentence is stored; lists translate it for their reader.
TITLE = _l("Call: may not come back")
SENTENCE = _l("Ask how training goes and what would make it easier, and agree on the next visit.")


@dataclass(frozen=True, slots=True)
class RiskCall:
    """Whom to call, in which club, on which club day."""

    club_id: int
    row: AtRisk
    day: date


def call_at_risk(asked: RiskCall) -> str:
    """The member stands on the call list; returns the task, that of a talk already open if any."""
    row, moment = asked.row, clock.now()
    known = open_for(row.person_id, moment)
    works = works_of([one.id for one in known])
    waiting = next((one for one in known if one.id in works), None)
    if waiting is not None:
        return waiting.public_id
    task = open_task(
        TaskOrder(
            source=f"risk:{row.person_id}:{asked.day.isoformat()}",
            club_id=asked.club_id,
            person_id=row.person_id,
            kind=KIND,
            title=str(TITLE),
            sentence=str(SENTENCE),
            role="desk",
            due_at=moment,
            expires_at=moment + USEFUL_FOR,
            form=WorkForm.CALL,
            rank=row.rank,
            facts={"silent_days": row.facts.silent_days, "visits": row.facts.visits, "d_star": 0},
        )
    )
    return task.public_id
