"""Queries room: what is on sale: plans with their newest terms, and the terms of any version."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.remembered import remembered, watch
from memberships.contracts.conditions import PLAIN_LEAVING, LeavingTerms, PlanFreezing
from memberships.contracts.freeze_tables import PlanFreezeRule, PlanFreezeType
from memberships.contracts.included_tables import PlanPackage
from memberships.contracts.leaving_tables import PlanLeaving
from memberships.contracts.models import (
    Contract,
    Plan,
    PlanClub,
    PlanState,
    PlanVersion,
    PlanWindow,
)
from memberships.contracts.renewal_tables import PlanCondition
from memberships.contracts.renewal_terms import USUAL, Conditions
from memberships.contracts.rules import ContractState, Window
from memberships.contracts.terms import Included, PlanTerms

# What a unit of work has read of plans, until it writes to one of their tables.
PLANS = "plans"
watch(
    PLANS,
    *(
        table.__tablename__
        for table in (
            Plan, PlanClub, PlanCondition, PlanFreezeRule, PlanFreezeType, PlanLeaving,
            PlanPackage, PlanVersion, PlanWindow,
        )
    ),
)  # fmt: skip
Sold = Select[Plan, PlanVersion, PlanLeaving, PlanFreezeRule, Any]


@dataclass(frozen=True, slots=True)
class PlanOnSale:
    """A plan with its newest terms."""

    plan_id: int
    public_id: str
    club_id: int
    state: PlanState
    version_id: int
    version: int
    terms: PlanTerms


def plans_on_sale(club_id: int) -> list[PlanOnSale]:
    """Return what the club sells today with its newest terms, by name."""
    return _plans(_newest().where(Plan.club_id == club_id, Plan.state == PlanState.ON_SALE))


def plans_of(scope: Scope) -> list[PlanOnSale]:
    """Return every plan of these clubs, withdrawn ones last."""
    return _plans(_newest().where(Plan.club_id.in_(scope.club_ids)))


def plan_for(scope: Scope, public_id: str) -> PlanOnSale | None:
    """Return a plan of these clubs with its newest terms, None when there is none."""
    found = _plans(_newest().where(Plan.club_id.in_(scope.club_ids), Plan.public_id == public_id))
    return found[0] if found else None


def plan_by_id(plan_id: int) -> PlanOnSale | None:
    """Return a plan with its newest terms, None when there is none."""
    wanted = (
        select(PlanVersion.id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(Plan.id == plan_id, PlanVersion.number == Plan.latest_version)
    )
    newest = remembered((PLANS, "newest", plan_id), lambda: db.session.scalar(wanted))
    # Mostly the version that a contract was sold on is the newest, and has been read already.
    return plan_version(newest) if newest is not None else None


def plan_for_id(club_id: int, public_id: str) -> PlanOnSale | None:
    """Return what a club sells under this id with its newest terms, None when there is none."""
    return next((one for one in plans_on_sale(club_id) if one.public_id == public_id), None)


def contracts_running(plan_ids: Sequence[int]) -> dict[int, int]:
    """Return how many signed contracts stand on each plan, whatever version they were sold on."""
    rows = db.session.execute(
        select(PlanVersion.plan_id, func.count())
        .join(Contract, Contract.plan_version_id == PlanVersion.id)
        .where(PlanVersion.plan_id.in_(plan_ids), Contract.state == ContractState.SIGNED)
        .group_by(PlanVersion.plan_id)
    )
    return {row.plan_id: int(row[1]) for row in rows}


def terms_of(version_id: int) -> PlanTerms:
    """Return the terms of one version of a plan, as sold."""
    return plan_version(version_id).terms


def plan_version(version_id: int) -> PlanOnSale:
    """Return a plan with the terms of one version, whether or not it is the newest."""
    wanted = _versions().where(PlanVersion.id == version_id)
    return remembered((PLANS, version_id), lambda: _plans(wanted)[0])


def _versions() -> Sold:
    # The packages come as one text, such as 3/8/0,5/2/1: no further trip to the store.
    product, units = cast(PlanPackage.product_id, String), cast(PlanPackage.units, String)
    packages = (
        select(
            func.aggregate_strings(
                product + literal("/") + units + case((PlanPackage.each_period, "/1"), else_="/0"),
                ",",
            )
        )
        .where(PlanPackage.version_id == PlanVersion.id)
        .correlate(PlanVersion)
        .scalar_subquery()
    )
    return (
        select(Plan, PlanVersion, PlanLeaving, PlanFreezeRule, packages)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .outerjoin(PlanLeaving, PlanLeaving.version_id == PlanVersion.id)
        .outerjoin(PlanFreezeRule, PlanFreezeRule.version_id == PlanVersion.id)
    )


def _newest() -> Sold:
    newest = PlanVersion.number == Plan.latest_version
    return _versions().where(newest).order_by(Plan.state, PlanVersion.name, Plan.id)


def _plans(statement: Sold) -> list[PlanOnSale]:
    rows = db.session.execute(statement).all()
    versions = [row.PlanVersion.id for row in rows]
    windows: dict[int, list[Window]] = {}
    for window in db.session.scalars(select(PlanWindow).where(PlanWindow.version_id.in_(versions))):
        windows.setdefault(window.version_id, []).append(
            Window(window.weekday, window.opens, window.closes)
        )
    clubs: dict[int, set[int]] = {}
    for club in db.session.scalars(select(PlanClub).where(PlanClub.version_id.in_(versions))):
        clubs.setdefault(club.version_id, set()).add(club.club_id)
    named = _named_freezes([row.PlanFreezeRule.version_id for row in rows if row.PlanFreezeRule])
    conditions = conditions_of(versions)
    return [
        PlanOnSale(
            plan.id,
            plan.public_id,
            plan.club_id,
            plan.state,
            version.id,
            version.number,
            replace(
                _terms(plan, version, windows.get(version.id, []), clubs.get(version.id, set())),
                leaving=_leaving(leaving),
                freezing=_freezing(freezing),
                freeze_type_ids=frozenset(named.get(version.id, ())),
                conditions=conditions.get(version.id, USUAL),
                packages=_included(packages or ""),
            ),
        )
        for plan, version, leaving, freezing, packages in rows
    ]


def _included(listed: str) -> tuple[Included, ...]:
    found = (one.split("/") for one in listed.split(",") if one)
    return tuple(sorted(Included(int(one), int(units), each == "1") for one, units, each in found))


def _named_freezes(versions: Sequence[int]) -> dict[int, set[int]]:
    named: dict[int, set[int]] = {}
    if versions:
        listed = select(PlanFreezeType).where(PlanFreezeType.version_id.in_(versions))
        for one in db.session.scalars(listed):
            named.setdefault(one.version_id, set()).add(one.type_id)
    return named


def _freezing(row: PlanFreezeRule | None) -> PlanFreezing:
    return PlanFreezing.ANY if row is None else row.allows


def _leaving(row: PlanLeaving | None) -> LeavingTerms:
    if row is None:
        return PLAIN_LEAVING
    return LeavingTerms(
        row.notice_days,
        row.cooling_off_days,
        row.bound_months,
        row.early,
        row.fee_minor,
        row.fee_bp,
        row.refunds_rest,
    )


def conditions_of(version_ids: Sequence[int]) -> dict[int, Conditions]:
    """Return the conditions of plan versions by version; absent ones have the usual ones."""
    rows = db.session.scalars(
        select(PlanCondition).where(PlanCondition.version_id.in_(version_ids))
    )
    names = [one.name for one in fields(Conditions)]
    return {
        row.version_id: Conditions(**{name: getattr(row, name) for name in names}) for row in rows
    }


def _terms(plan: Plan, version: PlanVersion, windows: list[Window], clubs: set[int]) -> PlanTerms:
    return PlanTerms(
        name=version.name,
        kind=plan.kind,
        price_minor=version.price_minor,
        currency=version.currency,
        term_months=version.term_months,
        term_days=version.term_days,
        visits=version.visits,
        windows=tuple(sorted(windows)),
        daily_limit=version.daily_limit,
        reentry_minutes=version.reentry_minutes,
        all_clubs=version.all_clubs,
        club_ids=frozenset(clubs | {plan.club_id}),
        zones=None if version.zones is None else tuple(version.zones),
        freeze_on_scan=version.freeze_on_scan,
    )
