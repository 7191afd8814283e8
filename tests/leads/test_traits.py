"""Whoever asked is chosen by how far he came, whence, and when he last spoke with us."""

from datetime import timedelta

import pytest

from clubcrm.campaigns.rules.tree import Condition, Group, Join
from clubcrm.campaigns.segment_queries import page_of_people
from clubcrm.campaigns.segment_services import places_at_fault
from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.leads.api import LeadStage, Move, move_lead, source_named
from clubcrm.leads.models import Lead, LeadAttempt
from clubcrm.leads.rules.stages import ContactOutcome, ContactWay
from clubcrm.people.rules.trait_kinds import Op
from clubcrm.people.traits import Ground
from tests.cast import Cast
from tests.leads.conftest import SARA, from_source, new_lead

pytestmark = pytest.mark.usefixtures("unit")


def spoke(lead: Lead, days: int) -> None:
    """Somebody has reached the lead so many days ago."""
    db.session.add(
        LeadAttempt(
            lead_id=lead.id,
            club_id=lead.club_id,
            way=ContactWay.CALL,
            outcome=ContactOutcome.REACHED,
            reached=True,
            by=SARA,
            at=clock.now() - timedelta(days=days),
        )
    )
    db.session.flush()


def test_leads_are_chosen_by_stage_source_and_last_answer(cast: Cast) -> None:
    source = source_named(cast.club, "Instagram", by=SARA)
    first = new_lead(cast, 1, trail=from_source("Instagram"))
    second, third = new_lead(cast, 2), new_lead(cast, 3)
    move_lead(second, Move(LeadStage.CONTACTED), by=SARA)
    spoke(second, 3)
    spoke(third, 12)
    ground = Ground(cast.club, clock.today("Asia/Dhaka"), "Asia/Dhaka", "BDT")

    def found(*asked: object) -> list[int]:
        tree = Group(Join.ALL, (Condition(*asked),))  # type: ignore[arg-type]
        assert places_at_fault(tree, ground.club_id) == {}
        return sorted(page_of_people(tree, ground, None, 100))

    assert found("lead_stage", Op.ANY_OF, ("contacted",)) == [second.person_id]
    assert found("lead_source", Op.ANY_OF, (source.public_id,)) == [first.person_id]
    assert found("lead_answered", Op.WITHIN_LAST, (), 7) == [second.person_id]
    assert found("lead_answered", Op.LONGER_AGO, (), 7) == [third.person_id]
