"""Queries room: one lead of the scope, and pages of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from clubcrm.accounts.models import User
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.leads.models import Lead, LeadSource
from clubcrm.leads.rules.stages import LeadStage
from clubcrm.people.models import Person


@dataclass(frozen=True, slots=True)
class LeadsWanted:
    """Which part of the leads is asked for; `before` is the key of the page before."""

    stage: LeadStage | None = None
    owner: str = ""
    member: str = ""
    since: datetime | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class LeadRowShown:
    """A lead with the names that belong to it."""

    lead: Lead
    name: str
    person_id: str
    source: str
    owner: str


def lead_for(scope: Scope, public_id: str) -> Lead | None:
    """Return a lead of one of these clubs."""
    return db.session.scalars(
        select(Lead).where(Lead.public_id == public_id, Lead.club_id.in_(scope.club_ids))
    ).first()


def person_of_lead(public_id: str) -> Select[int]:
    """Ask whose lead it is."""
    return select(Lead.person_id).where(Lead.public_id == public_id)


def leads_page(scope: Scope, wanted: LeadsWanted) -> tuple[list[LeadRowShown], int | None]:
    """Return a page of leads, newest first, and the key of the next page."""
    chosen = _rows().where(Lead.club_id.in_(scope.club_ids)).limit(wanted.limit + 1)
    chosen = chosen.order_by(Lead.id.desc())
    if wanted.stage is not None:
        chosen = chosen.where(Lead.state == wanted.stage)
    if wanted.owner:
        chosen = chosen.where(User.public_id == wanted.owner)
    if wanted.member:
        chosen = chosen.where(Person.public_id == wanted.member)
    if wanted.since is not None:
        chosen = chosen.where(Lead.arrived_at >= wanted.since)
    if wanted.before is not None:
        chosen = chosen.where(Lead.id < wanted.before)
    rows = _named(chosen)
    shown = rows[: wanted.limit]
    return shown, shown[-1].lead.id if len(rows) > wanted.limit else None


def leads_of_person(person_id: int) -> list[Lead]:
    """Return every time the person thought of joining, newest first."""
    return list(
        db.session.scalars(
            select(Lead).where(Lead.person_id == person_id).order_by(Lead.arrived_at.desc())
        )
    )


def lead_row(scope: Scope, lead_id: int) -> LeadRowShown | None:
    """Return one lead of these clubs with the names that belong to it."""
    chosen = _rows().where(Lead.id == lead_id, Lead.club_id.in_(scope.club_ids))
    return next(iter(_named(chosen)), None)


def _rows() -> Select[Lead, str, str, str, str, str]:
    return (
        select(
            Lead,
            Person.given_name,
            Person.family_name,
            Person.public_id,
            LeadSource.name,
            User.public_id,
        )
        .join(Person, Person.id == Lead.person_id)
        .outerjoin(LeadSource, LeadSource.id == Lead.source_id)
        .outerjoin(User, User.id == Lead.owner_id)
    )


def _named(chosen: Select[Lead, str, str, str, str, str]) -> list[LeadRowShown]:
    return [
        LeadRowShown(lead, f"{given} {family}".strip(), person, source or "", owner or "")
        for lead, given, family, person, source, owner in db.session.execute(chosen)
    ]
