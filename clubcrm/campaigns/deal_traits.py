"""Queries room: traits of a person's membership: plan, dates, price, renewals, freeze, units."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select

from clubcrm.core.db import db
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import Choices, Ground, Trait
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from memberships.packages.models import VISIT_SERVICE, PackageLot

GROUP, UNITS = "membership", "units"
MEMBERSHIPS = (PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS)
# Stands for "no end" where the last day of several contracts is wanted.
FAR = date(9999, 12, 31)
ROLLING = "rolling"


def _deals(ground: Ground, *wanted: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(Contract.person_id, *wanted)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.club_id == ground.club_id,
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Plan.kind.in_(MEMBERSHIPS),
        )
    )


def _runs(ground: Ground) -> ColumnElement[bool]:
    return and_(
        Contract.state == ContractState.SIGNED,
        Contract.starts_on <= ground.today,
        or_(Contract.ends_on.is_(None), Contract.ends_on >= ground.today),
    )


def _members(ground: Ground) -> Select[*tuple[Any, ...]]:
    return _deals(ground).where(_runs(ground)).distinct()


def _formers(ground: Ground) -> Select[*tuple[Any, ...]]:
    """Return who had a membership once and has none today or ahead."""
    ends = func.max(func.coalesce(Contract.ends_on, FAR))
    return _deals(ground).group_by(Contract.person_id).having(ends < ground.today)


def _plans(ground: Ground) -> Select[*tuple[Any, ...]]:
    return _deals(ground, Plan.public_id).where(_runs(ground))


def _terms(ground: Ground) -> Select[*tuple[Any, ...]]:
    rolls = Plan.kind == PlanKind.RECURRING
    term = case((rolls, ROLLING), else_=cast(PlanVersion.term_months, String))
    return _deals(ground, term).where(_runs(ground))


def _ends(ground: Ground) -> Select[*tuple[Any, ...]]:
    last = func.nullif(
        func.max(func.coalesce(Contract.ends_on, FAR)), FAR, type_=Contract.ends_on.type
    )
    return _deals(ground, last.label("value")).group_by(Contract.person_id)


def _joins(ground: Ground) -> Select[*tuple[Any, ...]]:
    return _deals(ground, func.min(Contract.starts_on).label("value")).group_by(Contract.person_id)


def _renewals(ground: Ground) -> Select[*tuple[Any, ...]]:
    again = func.count(Contract.previous_id).label("value")
    return _deals(ground, again).group_by(Contract.person_id)


def _prices(ground: Ground) -> Select[*tuple[Any, ...]]:
    price = func.sum(Contract.price_minor).label("value")
    return _deals(ground, price).where(_runs(ground)).group_by(Contract.person_id)


def _frozen(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(Block.person_id)
        .where(
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
            Block.from_on <= ground.today,
            or_(Block.until_on.is_(None), Block.until_on >= ground.today),
        )
        .distinct()
    )


def _lots(ground: Ground, wanted: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(PackageLot.person_id, wanted)
        .where(
            PackageLot.club_id == ground.club_id,
            PackageLot.service != VISIT_SERVICE,
            PackageLot.remaining > 0,
            or_(PackageLot.expires_on.is_(None), PackageLot.expires_on >= ground.today),
        )
        .group_by(PackageLot.person_id)
    )


def _units_left(ground: Ground) -> Select[*tuple[Any, ...]]:
    return _lots(ground, func.sum(PackageLot.remaining).label("value"))


def _units_end(ground: Ground) -> Select[*tuple[Any, ...]]:
    return _lots(ground, func.min(PackageLot.expires_on).label("value"))


def _packages(ground: Ground) -> Select[*tuple[Any, ...]]:
    return (
        select(PackageLot.person_id, func.count().label("value"))
        .where(
            PackageLot.club_id == ground.club_id,
            PackageLot.service != VISIT_SERVICE,
            PackageLot.opened_at >= ground.since_at,
        )
        .group_by(PackageLot.person_id)
    )


def _plan_names(club_id: int) -> Choices:
    rows = db.session.execute(
        select(Plan.public_id, PlanVersion.name)
        .join(
            PlanVersion,
            (PlanVersion.plan_id == Plan.id) & (PlanVersion.number == Plan.latest_version),
        )
        .where(Plan.club_id == club_id, Plan.kind.in_(MEMBERSHIPS))
        .order_by(PlanVersion.name, Plan.id)
    )
    return [(row[0], row[1]) for row in rows]


def _term_names(_club: int) -> Choices:
    return [
        ("12", _("a year")),
        ("6", _("half a year")),
        ("3", _("a quarter")),
        ("1", _("a month")),
        (ROLLING, _("rolls on by itself")),
    ]


TRAITS: tuple[Trait, ...] = (
    Trait("member", GROUP, _l("Is a member today"), TraitKind.YES, _members),
    Trait("former", GROUP, _l("Was a member and is none any more"), TraitKind.YES, _formers),
    Trait("plan", GROUP, _l("Plan"), TraitKind.CHOICE, _plans, choices=_plan_names),
    Trait("term", GROUP, _l("Length of the plan"), TraitKind.CHOICE, _terms, choices=_term_names),
    Trait("joined", GROUP, _l("First membership began"), TraitKind.DAY, _joins),
    Trait("ends", GROUP, _l("Last day of the membership"), TraitKind.DAY, _ends),
    Trait("renewals", GROUP, _l("Renewals so far"), TraitKind.NUMBER, _renewals),
    Trait("price", GROUP, _l("Price of the membership"), TraitKind.MONEY, _prices),
    Trait("frozen", GROUP, _l("Membership is frozen"), TraitKind.YES, _frozen),
    Trait("units_left", UNITS, _l("Paid sessions left"), TraitKind.NUMBER, _units_left),
    Trait("units_end", UNITS, _l("Paid sessions end"), TraitKind.DAY, _units_end),
    Trait("packages", UNITS, _l("Packages bought"), TraitKind.NUMBER, _packages, window=365),
)
