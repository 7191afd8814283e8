"""Services room: plans on sale. An edit makes version n+1; what was sold keeps its version."""

from dataclasses import asdict, replace
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select, update

from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from memberships.contracts.catalogue import plan_by_id
from memberships.contracts.conditions import PLAIN_LEAVING, PlanFreezing
from memberships.contracts.freeze_tables import FreezeType, PlanFreezeRule, PlanFreezeType
from memberships.contracts.included_tables import PlanPackage
from memberships.contracts.leaving_tables import PlanLeaving
from memberships.contracts.models import Plan, PlanClub, PlanState, PlanVersion, PlanWindow
from memberships.contracts.renewal_tables import PlanCondition
from memberships.contracts.renewal_terms import USUAL
from memberships.contracts.terms import PlanTerms, plan_faults
from memberships.contracts.words import plan_fault_words
from memberships.packages.models import PackageProduct

PLAN_MOVES: Moves = {
    PlanState.ON_SALE: frozenset[StrEnum]({PlanState.WITHDRAWN}),
    PlanState.WITHDRAWN: frozenset[StrEnum]({PlanState.ON_SALE}),
}


def create_plan(club_id: int, terms: PlanTerms, *, by: str) -> Plan:
    """The club sells a new plan on these terms; raises INVALID_INPUT naming each wrong field."""
    terms = _checked(club_id, terms)
    plan = Plan(club_id=club_id, kind=terms.kind, latest_version=1)
    db.session.add(plan)
    db.session.flush()
    _add_version(plan, terms, number=1, by=by)
    audit.note("plan.created", "plan", plan.id, after=_as_kept(terms), by=by)
    return plan


def edit_plan(plan_id: int, terms: PlanTerms, *, seen_version: int, by: str) -> PlanVersion:
    """New sales of the plan use these terms as version n+1; sold contracts keep theirs.

    Raises PLAN_CHANGED when somebody edited the plan after the version this person saw, and
    INVALID_INPUT when the kind of the plan would change.
    """
    plan = db.session.get(Plan, plan_id)
    if plan is None:
        raise not_found(_("There is no such plan."))
    if terms.kind is not plan.kind:
        raise invalid({"kind": _("The kind of a plan stays. Make a new plan instead.")})
    terms = _checked(plan.club_id, terms)
    known = plan_by_id(plan_id)
    before = _as_kept(known.terms) if known else None
    taken = db.session.execute(
        update(Plan)
        .where(Plan.id == plan_id, Plan.latest_version == seen_version)
        .values(latest_version=seen_version + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError(
            "PLAN_CHANGED", _("Somebody else has just changed this plan. Look at it again.")
        )
    version = _add_version(plan, terms, number=seen_version + 1, by=by)
    audit.note("plan.edited", "plan", plan.id, before=before, after=_as_kept(terms), by=by)
    return version


def withdraw_plan(plan_id: int, *, by: str) -> None:
    """The plan is no longer on sale; contracts sold on it run on."""
    _move(plan_id, PlanState.WITHDRAWN, by)


def offer_plan(plan_id: int, *, by: str) -> None:
    """A withdrawn plan is on sale again."""
    _move(plan_id, PlanState.ON_SALE, by)


def _move(plan_id: int, to: PlanState, by: str) -> None:
    plan = db.session.get(Plan, plan_id)
    if plan is None:
        raise not_found(_("There is no such plan."))
    move(plan, to, moves=PLAN_MOVES, by=by)
    audit.note(f"plan.{to.value}", "plan", plan_id, by=by)


def _checked(club_id: int, terms: PlanTerms) -> PlanTerms:
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    faults = {field: plan_fault_words(field, name) for field, name in plan_faults(terms).items()}
    if terms.currency != club.currency:
        faults["price"] = _("This club sells in %(currency)s.", currency=club.currency)
    if terms.freeze_type_ids - _types_of(club_id):
        faults["freeze_types"] = _("Expected kinds of freeze of this club.")
    if terms.packages and {one.product_id for one in terms.packages} - _products_of(club_id):
        faults["packages"] = _("Expected packages of this club.")
    if faults:
        raise invalid(faults)
    return replace(terms, name=clean(terms.name, "name"))


def _types_of(club_id: int) -> set[int]:
    return set(db.session.scalars(select(FreezeType.id).where(FreezeType.club_id == club_id)))


def _products_of(club_id: int) -> set[int]:
    products = select(PackageProduct.id).where(PackageProduct.club_id == club_id)
    return set(db.session.scalars(products))


def _add_version(plan: Plan, terms: PlanTerms, *, number: int, by: str) -> PlanVersion:
    version = PlanVersion(
        plan_id=plan.id,
        number=number,
        name=terms.name,
        term_months=terms.term_months,
        term_days=terms.term_days,
        visits=terms.visits,
        price_minor=terms.price_minor,
        currency=terms.currency,
        daily_limit=terms.daily_limit,
        reentry_minutes=terms.reentry_minutes,
        all_clubs=terms.all_clubs,
        zones=None if terms.zones is None else sorted(terms.zones),
        freeze_on_scan=terms.freeze_on_scan,
        created_by=by,
    )
    db.session.add(version)
    db.session.flush()
    db.session.add_all(
        PlanWindow(version_id=version.id, weekday=one.weekday, opens=one.opens, closes=one.closes)
        for one in terms.windows
    )
    if terms.conditions != USUAL:
        db.session.add(PlanCondition(version_id=version.id, **asdict(terms.conditions)))
    others = terms.club_ids - {plan.club_id}
    db.session.add_all(PlanClub(version_id=version.id, club_id=club) for club in sorted(others))
    _add_conditions(version.id, terms)
    db.session.flush()
    return version


def _add_conditions(version_id: int, terms: PlanTerms) -> None:
    """The version says what it brings, and how it may be frozen and left where it says that."""
    db.session.add_all(PlanPackage(version_id=version_id, **asdict(one)) for one in terms.packages)
    if terms.leaving != PLAIN_LEAVING:
        db.session.add(PlanLeaving(version_id=version_id, **asdict(terms.leaving)))
    if terms.freezing is not PlanFreezing.ANY:
        db.session.add(PlanFreezeRule(version_id=version_id, allows=terms.freezing))
    if terms.freezing is PlanFreezing.NAMED:
        db.session.add_all(
            PlanFreezeType(version_id=version_id, type_id=one)
            for one in sorted(terms.freeze_type_ids)
        )


def _as_kept(terms: PlanTerms) -> dict[str, object]:
    return {
        "name": terms.name,
        "kind": terms.kind.value,
        "price_minor": terms.price_minor,
        "currency": terms.currency,
        "term_months": terms.term_months,
        "term_days": terms.term_days,
        "visits": terms.visits,
        "daily_limit": terms.daily_limit,
        "reentry_minutes": terms.reentry_minutes,
        "all_clubs": terms.all_clubs,
        "clubs": sorted(terms.club_ids),
        "zones": None if terms.zones is None else sorted(terms.zones),
        "windows": [
            [one.weekday, one.opens.isoformat("minutes"), one.closes.isoformat("minutes")]
            for one in sorted(terms.windows)
        ],
        "leaving": {name: str(value) for name, value in asdict(terms.leaving).items()},
        "freezing": terms.freezing.value,
        "freeze_types": sorted(terms.freeze_type_ids),
        "conditions": asdict(terms.conditions),
        "packages": [[one.product_id, one.units, one.each_period] for one in terms.packages],
    }
