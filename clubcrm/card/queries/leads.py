"""How far somebody who may become a member has come, in one select."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.types import UtcInstant
from clubcrm.leads.models import Lead
from clubcrm.leads.quotes.models import PriceQuote
from clubcrm.leads.rules.stages import LeadStage


@dataclass(frozen=True, slots=True)
class LeadWay:
    """The dates of a lead's way; None for what has not happened."""

    public_id: str
    state: LeadStage
    arrived_at: datetime
    reached_at: datetime | None
    trial_at: datetime | None
    attended_at: datetime | None
    quoted_at: datetime | None
    won_at: datetime | None
    lost_at: datetime | None


def lead_way(person_id: int) -> LeadWay | None:
    """Return the way of the newest lead of a person."""
    quoted = (
        select(func.min(PriceQuote.made_at, type_=UtcInstant))
        .where(PriceQuote.lead_id == Lead.id)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            Lead.public_id,
            Lead.state,
            Lead.arrived_at,
            Lead.reached_at,
            Lead.trial_at,
            Lead.attended_at,
            quoted,
            Lead.won_at,
            Lead.lost_at,
        )
        .where(Lead.person_id == person_id)
        .order_by(Lead.id.desc())
        .limit(1)
    ).first()
    return LeadWay(*row) if row else None
