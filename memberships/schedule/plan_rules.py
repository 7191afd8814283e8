"""Services room: what plans and kinds of classes give, cost, and bring when they are missed.

Terms that were sold are never changed: rules of a version with contracts go to a new version.
"""

from dataclasses import asdict, dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from memberships.contracts.catalogue import plan_by_id
from memberships.contracts.models import Contract
from memberships.contracts.plans import edit_plan
from memberships.schedule.models import ClassPenalty, ClassRule
from memberships.schedule.reads import PlanRule, penalty_rule
from memberships.schedule.rules import booking, strikes, units
from memberships.schedule.rules.booking import rule_faults
from memberships.schedule.rules.strikes import PenaltyRule, penalty_faults
from memberships.schedule.rules.units import UnitPrice, price_faults
from memberships.schedule.settings import GATE_SETTING, SETTING, ClassSettings, as_kept
from memberships.schedule.unit_tables import ClassPrice
from memberships.schedule.words import range_words

SETTING_LIMITS = {
    "publish_weeks": (1, 26),
    "cutoff_minutes": (0, 7 * 1440),
    "offer_minutes": (5, 1440),
    "within_minutes": (5, 1440),
    "visits_a_year": (0, 100),
}


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """The rules a plan shall have; a penalty of None leaves it to the club."""

    rule: PlanRule
    penalty: PenaltyRule | None = None


def save_plan_rules(plan_id: int, order: PlanOrder, *, by: str) -> int:
    """New sales of the plan have these rules; returns the version that carries them.

    A version nobody has signed yet takes them at once, otherwise the plan gets a new version with
    the same terms. Raises INVALID_INPUT naming each wrong field.
    """
    _check_rule(order)
    plan = plan_by_id(plan_id)
    if plan is None:
        raise not_found(_("There is no such plan."))
    version_id = plan.version_id
    if _is_sold(version_id):
        version_id = edit_plan(plan_id, plan.terms, seen_version=plan.version, by=by).id
    _put_rule(version_id, order.rule)
    _put_penalty(order.penalty, version_id=version_id)
    kept = {"version_id": version_id, "opens_days": order.rule.booking.opens_days}
    audit.note("plan.class_rules", "plan", plan_id, after=kept, by=by)
    return version_id


def save_type_penalty(class_type_id: int, rule: PenaltyRule | None, *, by: str) -> None:
    """Missing a class of this kind brings this; None leaves it to the plan and the club."""
    _check_penalty(rule)
    _put_penalty(rule, class_type_id=class_type_id)
    audit.note("class_type.penalty", "class_type", class_type_id, by=by)


def save_type_price(class_type_id: int, price: UnitPrice | None, *, by: str) -> None:
    """Places in this kind of class are paid with units; None means that plans alone give them.

    What was booked before keeps the terms it was booked on. Raises INVALID_INPUT.
    """
    row = db.session.get(ClassPrice, class_type_id)
    before = _as_kept(row.price) if row is not None else None
    if price is None:
        if row is None:
            return
        db.session.delete(row)
    else:
        faults = {field: range_words(*units.LIMITS[field]) for field in price_faults(price)}
        if faults:
            raise invalid(faults)
        row = row or ClassPrice(class_type_id=class_type_id)
        row.service, row.units, row.use = price.service, price.units, price.use
        row.late_cancel, row.no_show = price.late_cancel, price.no_show
        db.session.add(row)
    db.session.flush()
    after = None if price is None else _as_kept(price)
    audit.note("class_type.price", "class_type", class_type_id, before=before, after=after, by=by)


def _as_kept(price: UnitPrice) -> dict[str, object]:
    return {
        "service": price.service.value,
        "units": price.units,
        "use": price.use.value,
        "late_cancel": price.late_cancel.value,
        "no_show": price.no_show.value,
    }


def save_settings(club_id: int, settings: ClassSettings, *, by: str) -> None:
    """The club runs its classes like this; the yearly limit of guests holds at its gate as well."""
    numbers = {
        "publish_weeks": settings.publish_weeks,
        "cutoff_minutes": settings.waiting.cutoff_minutes,
        "offer_minutes": settings.waiting.offer_minutes,
        "within_minutes": settings.guests.within_minutes,
        "visits_a_year": settings.guests.visits_a_year,
    }
    faults = {
        name: range_words(*SETTING_LIMITS[name])
        for name, value in numbers.items()
        if not SETTING_LIMITS[name][0] <= value <= SETTING_LIMITS[name][1]
    }
    if faults:
        raise invalid(faults)
    _check_penalty(settings.penalty)
    set_club_setting(club_id, SETTING, as_kept(settings))
    gate = dict(club_setting(club_id, GATE_SETTING, {}))
    gate["guest_visits"] = settings.guests.visits_a_year
    set_club_setting(club_id, GATE_SETTING, gate)
    audit.note("club.classes", "club", club_id, after=as_kept(settings), by=by)


def penalty_of_type(class_type_id: int) -> PenaltyRule | None:
    """Return the rule of a kind of class, None while plan or club decide."""
    found = db.session.scalars(
        select(ClassPenalty).where(ClassPenalty.class_type_id == class_type_id)
    ).first()
    return None if found is None else penalty_rule(found)


def penalty_of_version(version_id: int) -> PenaltyRule | None:
    """Return the rule of a plan version, None while the club decides."""
    found = db.session.scalars(
        select(ClassPenalty).where(ClassPenalty.version_id == version_id)
    ).first()
    return None if found is None else penalty_rule(found)


def _is_sold(version_id: int) -> bool:
    sold = select(Contract.id).where(Contract.plan_version_id == version_id).limit(1)
    return db.session.scalars(sold).first() is not None


def _put_rule(version_id: int, rule: PlanRule) -> None:
    row = db.session.get(ClassRule, version_id) or ClassRule(version_id=version_id)
    bookings = rule.booking
    row.may_book = bookings.may_book
    row.type_ids = None if bookings.type_ids is None else sorted(bookings.type_ids)
    row.opens_days, row.closes_minutes = bookings.opens_days, bookings.closes_minutes
    row.open_limit = bookings.open_limit
    row.guest_passes, row.guest_period = rule.guests.passes, rule.guests.period
    db.session.add(row)
    db.session.flush()


def _put_penalty(rule: PenaltyRule | None, **subject: int) -> None:
    (name, value), *_rest = subject.items()
    column = getattr(ClassPenalty, name)
    row = db.session.scalars(select(ClassPenalty).where(column == value)).first()
    if rule is None:
        if row is not None:
            db.session.delete(row)
            db.session.flush()
        return
    row = row or ClassPenalty(**subject)
    for field, given in asdict(rule).items():
        setattr(row, field, given)
    db.session.add(row)
    db.session.flush()


def _check_rule(order: PlanOrder) -> None:
    faults = {
        field: range_words(*booking.LIMITS[field]) for field in rule_faults(order.rule.booking)
    }
    if not 0 <= order.rule.guests.passes <= 100:
        faults["guest_passes"] = range_words(0, 100)
    if faults:
        raise invalid(faults)
    _check_penalty(order.penalty)


def _check_penalty(rule: PenaltyRule | None) -> None:
    if rule is None:
        return
    faults = {
        field: _("A fee needs an amount.")
        if why == "needed"
        else range_words(*strikes.LIMITS[field])
        for field, why in penalty_faults(rule).items()
    }
    if faults:
        raise invalid(faults)
