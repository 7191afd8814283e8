"""Queries room: the way a lead has come, stage by stage."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.states import StateChange
from clubcrm.leads.models import Lead
from clubcrm.leads.rules.stages import LeadStage


class StageStep(NamedTuple):
    """One change of a lead's stage."""

    was: LeadStage
    stage: LeadStage
    at: datetime
    by: str
    why: str


def path_of(lead_id: int) -> list[StageStep]:
    """Return the changes of a lead's stage in their order."""
    rows = db.session.execute(
        select(
            StateChange.from_state,
            StateChange.to_state,
            StateChange.at,
            StateChange.by,
            StateChange.why,
        )
        .where(StateChange.table_name == Lead.__tablename__, StateChange.row_id == lead_id)
        .order_by(StateChange.id)
    )
    return [StageStep(LeadStage(was), LeadStage(to), at, by, why) for was, to, at, by, why in rows]


def entered_stages(lead_id: int) -> list[LeadStage]:
    """Return the stages a lead was moved to, in their order."""
    return [step.stage for step in path_of(lead_id)]
