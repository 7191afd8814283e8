"""Queries room: what people may be chosen by: how far they came as a lead, whence, and contact."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, String, cast, func, select

from clubcrm.core.db import db
from clubcrm.leads.models import Lead, LeadAttempt, LeadSource
from clubcrm.leads.rules.stages import LeadStage
from clubcrm.leads.words import STAGES
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import Choices, Ground, Trait

GROUP = "leads"
Rows = Select[*tuple[Any, ...]]


def _stage(ground: Ground) -> Rows:
    newest = (
        select(func.max(Lead.id)).where(Lead.club_id == ground.club_id).group_by(Lead.person_id)
    )
    return select(Lead.person_id, cast(Lead.state, String)).where(Lead.id.in_(newest))


def _source(ground: Ground) -> Rows:
    return (
        select(Lead.person_id, LeadSource.public_id)
        .join(LeadSource, LeadSource.id == Lead.source_id)
        .where(Lead.club_id == ground.club_id)
        .distinct()
    )


def _answered(ground: Ground) -> Rows:
    return (
        select(Lead.person_id, func.max(LeadAttempt.at))
        .join(LeadAttempt, LeadAttempt.lead_id == Lead.id)
        .where(Lead.club_id == ground.club_id, LeadAttempt.reached)
        .group_by(Lead.person_id)
    )


def _stages(_club: int) -> Choices:
    return [(one.value, str(STAGES[one])) for one in LeadStage]


def _sources(club_id: int) -> Choices:
    rows = db.session.execute(
        select(LeadSource.public_id, LeadSource.name)
        .where(LeadSource.club_id == club_id)
        .order_by(LeadSource.name)
    )
    return [(key, name) for key, name in rows]


TRAITS: tuple[Trait, ...] = (
    Trait("lead_stage", GROUP, _l("Stage as a lead"), TraitKind.CHOICE, _stage, choices=_stages),
    Trait("lead_source", GROUP, _l("Came as a lead from"), TraitKind.CHOICE, _source,
          choices=_sources),
    Trait("lead_answered", GROUP, _l("Last spoke with us as a lead"), TraitKind.DAY, _answered,
          zero=False, instant=True),
)  # fmt: skip
