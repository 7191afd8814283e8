"""Queries room: what came in: waiting, taken in, declined, put aside as spam."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.leads.models import Inquiry, Lead, LeadSource, LeadTouch
from clubcrm.leads.rules.stages import InquiryState, TouchOrder

PAGE = 50


@dataclass(frozen=True, slots=True)
class TrayRow:
    """One thing that came in, where it came from, and the lead it became."""

    inquiry: Inquiry
    source: str
    campaign: str
    lead_public_id: str


def tray(
    scope: Scope, state: InquiryState, before: tuple[datetime, int] | None = None
) -> tuple[list[TrayRow], bool]:
    """Return a page of what came in, what waits longest first, else newest first; whether more."""
    chosen = (
        select(Inquiry, LeadSource.name, LeadTouch.utm_campaign, Lead.public_id)
        .outerjoin(LeadSource, LeadSource.id == Inquiry.source_id)
        .outerjoin(
            LeadTouch,
            (LeadTouch.inquiry_id == Inquiry.id) & (LeadTouch.touch == TouchOrder.FIRST),
        )
        .outerjoin(Lead, Lead.id == Inquiry.lead_id)
        .where(Inquiry.club_id.in_(scope.club_ids), Inquiry.state == state)
        .limit(PAGE + 1)
    )
    key = (Inquiry.arrived_at, Inquiry.id)
    if state is InquiryState.WAITING:
        chosen = chosen.order_by(*key)
    else:
        chosen = chosen.order_by(key[0].desc(), key[1].desc())
        if before is not None:
            at, number = before
            earlier = (Inquiry.arrived_at == at) & (Inquiry.id < number)
            chosen = chosen.where((Inquiry.arrived_at < at) | earlier)
    rows = [
        TrayRow(inquiry, source or "", campaign or "", lead or "")
        for inquiry, source, campaign, lead in db.session.execute(chosen)
    ]
    return rows[:PAGE], len(rows) > PAGE


def tray_counts(scope: Scope) -> dict[InquiryState, int]:
    """Return how many things stand in each state."""
    rows = db.session.execute(
        select(Inquiry.state, func.count())
        .where(Inquiry.club_id.in_(scope.club_ids))
        .group_by(Inquiry.state)
    )
    return dict(rows.all())
