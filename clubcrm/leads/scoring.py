"""Services room: how promising a lead is, kept with it so that a board can be ordered."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import case, func, select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.leads.models import Inquiry, Lead, LeadAttempt
from clubcrm.leads.queries.surroundings import counted_ways
from clubcrm.leads.rules.scores import Score, ScoreFacts, score_of
from clubcrm.leads.rules.stages import OPEN, LeadStage


def refresh(lead: Lead) -> None:
    """The lead's score is that of what is known now."""
    lead.score = score_of(facts_of(lead)).points
    db.session.flush()


def score_new(leads: Sequence[tuple[Lead, LeadStage]]) -> None:
    """Leads that nobody has tried yet have the score of the stage in which they begin."""
    counts = _Counts([], [])
    counts.ways.update(counted_ways([lead.person_id for lead, _stage in leads]))
    for lead, stage in leads:
        lead.score = score_of(replace(_facts(lead, counts), stage=stage)).points


def score_with_reasons(lead: Lead) -> Score:
    """Return how promising the lead is now, and why."""
    return score_of(facts_of(lead))


def refresh_many(club_id: int) -> int:
    """The scores of the club's open leads are those of today; returns how many have changed."""
    leads = db.session.scalars(
        select(Lead).where(Lead.club_id == club_id, Lead.state.in_(OPEN)).order_by(Lead.id)
    ).all()
    ids = [lead.id for lead in leads]
    counts = _Counts(ids, [lead.person_id for lead in leads])
    changed = 0
    for lead in leads:
        points = score_of(_facts(lead, counts)).points
        if points != lead.score:
            lead.score, changed = points, changed + 1
    db.session.flush()
    return changed


def facts_of(lead: Lead) -> ScoreFacts:
    """Return what a lead is scored by."""
    return _facts(lead, _Counts([lead.id], [lead.person_id]))


class _Counts:
    """How many ways, questions and unanswered tries each of some leads has."""

    def __init__(self, lead_ids: list[int], person_ids: list[int]) -> None:
        """Read the three counts for all of them, a thousand at a time."""
        self.ways: dict[int, int] = {}
        self.inquiries: dict[int, int] = {}
        self.tries: dict[int, tuple[int, int]] = {}
        for start in range(0, len(lead_ids), 1000):
            some = lead_ids[start : start + 1000]
            self._read(some, person_ids[start : start + 1000])

    def _read(self, leads: list[int], people: list[int]) -> None:
        asked = (
            select(Inquiry.lead_id, func.count())
            .where(Inquiry.lead_id.in_(leads))
            .group_by(Inquiry.lead_id)
        )
        tries = (
            select(
                LeadAttempt.lead_id,
                func.count(),
                func.sum(case((LeadAttempt.reached, 1), else_=0)),
            )
            .where(LeadAttempt.lead_id.in_(leads))
            .group_by(LeadAttempt.lead_id)
        )
        self.ways.update(counted_ways(people))
        self.inquiries.update(
            {one: int(count) for one, count in db.session.execute(asked) if one is not None}
        )
        self.tries.update(
            {one: (int(all_), int(ok or 0)) for one, all_, ok in db.session.execute(tries)}
        )


def _facts(lead: Lead, counts: _Counts) -> ScoreFacts:
    moment = clock.now()
    tried, answered = counts.tries.get(lead.id, (0, 0))
    quiet_since = lead.last_attempt_at or lead.arrived_at
    return ScoreFacts(
        channel=lead.channel,
        stage=lead.state,
        days_old=(moment - lead.arrived_at).days,
        days_quiet=(moment - quiet_since).days,
        has_host=lead.host_id is not None,
        has_wish=bool(lead.interest or lead.plan_id),
        ways=counts.ways.get(lead.person_id, 0),
        inquiries=counts.inquiries.get(lead.id, 0),
        unanswered=tried - answered,
        reached=lead.reached_at is not None,
        booked=lead.booked_at is not None,
        attended=lead.attended_at is not None,
    )
