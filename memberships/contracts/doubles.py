"""Queries room: what of the contracts stands in the way of two records becoming one person."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from memberships.contracts.handover_tables import Family, FamilyMember
from memberships.contracts.invariants import COUNTED
from memberships.contracts.models import Contract, PlanVersion


def contract_stops(kept_id: int, gone_id: int) -> list[str]:
    """Return why the contracts of the two cannot belong to one person."""
    found = []
    if _on_the_same_days(kept_id, gone_id):
        found.append(_("Both have a contract on the same plan for the same days. End one first."))
    if _in_one_family(kept_id, gone_id):
        found.append(_("One of the two is a member of the other's family."))
    return found


def _on_the_same_days(kept_id: int, gone_id: int) -> bool:
    one, other = Contract, aliased(Contract)
    first, second = PlanVersion, aliased(PlanVersion)
    clash = (
        select(one.id)
        .join(first, first.id == one.plan_version_id)
        .join(other, other.person_id == gone_id)
        .join(second, (second.id == other.plan_version_id) & (second.plan_id == first.plan_id))
        .where(
            one.person_id == kept_id,
            first.visits.is_(None),
            one.state.in_(COUNTED),
            other.state.in_(COUNTED),
            one.ends_on.is_(None) | (one.ends_on >= other.starts_on),
            other.ends_on.is_(None) | (other.ends_on >= one.starts_on),
        )
        .limit(1)
    )
    return db.session.execute(clash).first() is not None


def _in_one_family(kept_id: int, gone_id: int) -> bool:
    pairs = (
        select(FamilyMember.id)
        .join(Family, Family.id == FamilyMember.family_id)
        .where(
            (Family.holder_id == kept_id) & (FamilyMember.person_id == gone_id)
            | (Family.holder_id == gone_id) & (FamilyMember.person_id == kept_id)
        )
        .limit(1)
    )
    return db.session.execute(pairs).first() is not None
