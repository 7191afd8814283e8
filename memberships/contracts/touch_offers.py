"""Services room: the offer that goes with a touchpoint of the renewal, on the club's terms."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.catalogue import PlanOnSale
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.deals import (
    MOMENT_OF,
    Deal,
    Moment,
    OfferRules,
    TermFacts,
    deal_at,
    per_day,
    rule_faults,
    rules_from,
)
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.offers import (
    OfferRequest,
    contract_of,
    next_plan,
    offer_renewal,
    refuse_comeback,
)
from memberships.contracts.outlook import (
    AFTER_SETTING,
    BEFORE_SETTING,
    Running,
    best_open,
    deal_of,
    price_today,
    running,
    successor_of,
    window_of,
)
from memberships.contracts.renewal_tables import OfferState, RenewalOffer
from memberships.contracts.renewal_terms import DAYS_AFTER, DAYS_BEFORE, LONGEST_WINDOW, early_until
from memberships.contracts.rules import NOT_RENEWED, ContractState, PlanKind
from memberships.contracts.terms import term_end

SETTING = "offer_rules"


def offer_rules(club_id: int) -> OfferRules:
    """Return what a club gives at each moment of the renewal."""
    return rules_from(club_setting(club_id, SETTING, {}))


def set_offer_rules(club_id: int, rules: OfferRules, window: tuple[int, int], *, by: str) -> None:
    """New offers of the club follow these rules; a renewal is open so many days before and after.

    Raises INVALID_INPUT with `range`, or `deeper` where a late benefit beats the early one.
    """
    before, after = window
    faults = rule_faults(rules)
    if not 1 <= before <= LONGEST_WINDOW:
        faults["days_before"] = "range"
    if not 0 <= after <= LONGEST_WINDOW:
        faults["days_after"] = "range"
    if faults:
        raise invalid(faults)
    was = asdict(offer_rules(club_id)) | {"window": list(club_window(club_id))}
    set_club_setting(club_id, SETTING, asdict(rules))
    set_club_setting(club_id, BEFORE_SETTING, before)
    set_club_setting(club_id, AFTER_SETTING, after)
    after_change = asdict(rules) | {"window": [before, after]}
    audit.note("renewal.rules", "club", club_id, before=was, after=after_change, by=by)


def club_window(club_id: int) -> tuple[int, int]:
    """Return how many days before and after the last day the club's renewals are open."""
    return (
        int(club_setting(club_id, BEFORE_SETTING, DAYS_BEFORE)),
        int(club_setting(club_id, AFTER_SETTING, DAYS_AFTER)),
    )


def offer_for(person_id: int, touch: str, *, by: str) -> RenewalOffer | None:
    """The member has the offer of this touchpoint; one he has that is as good stays the one.

    None where there is nothing to offer: his contract rolls on, goes on already, or its plan is
    not sold any more.
    """
    contract_id = contract_to_renew(person_id)
    if contract_id is None or lock_person(person_id) is None:
        return None
    try:
        return offer_of_touch(contract_id, touch, by=by)
    except DomainError:
        return None


def offer_of_touch(contract_id: int, touch: str, *, by: str) -> RenewalOffer:
    """The contract has the offer of this touchpoint; raises as making an offer does."""
    contract = contract_of(contract_id)
    # Two who ask at once, such as the night and a letter, get one and the same offer.
    lock_person(contract.person_id)
    one, moment = running(contract), MOMENT_OF.get(touch, Moment.LAST)
    window = window_of(one)
    if window is not None and moment in {Moment.EARLY, Moment.LAST} and one.today > window.last:
        moment = Moment.COMEBACK
    if moment is Moment.COMEBACK:
        refuse_comeback(one)
    plan = next_plan(one, None)
    deal = deal_at(moment, _facts(one, plan), offer_rules(one.contract.club_id), _first(one, plan))
    known = best_open(contract_id, plan.plan_id, one.today)
    if known is None or not _is_as_good(known, deal, plan, one.today):
        known = _make(one, plan, deal, by)
    else:
        deal = replace(deal, bonus_days=0, bonus_until=None)
    _promise(known, plan, deal, touch)
    return known


def contract_to_renew(person_id: int) -> int | None:
    """Return the contract whose next term a member may be offered: his last one with an end."""
    row = db.session.execute(
        select(Contract.id, Contract.ends_on)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id == person_id,
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Plan.kind.not_in(NOT_RENEWED),
        )
        .order_by(Contract.ends_on.is_(None).desc(), Contract.ends_on.desc(), Contract.id.desc())
        .limit(1)
    ).first()
    if row is None or row.ends_on is None or successor_of(row.id) is not None:
        return None
    return int(row.id)


def rolling_contract(person_id: int) -> Contract | None:
    """Return the contract of a member that goes on by itself, None when he has none."""
    return db.session.scalars(
        select(Contract)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id == person_id,
            Contract.state == ContractState.SIGNED,
            Contract.ends_on.is_(None),
            Plan.kind == PlanKind.RECURRING,
        )
        .order_by(Contract.id.desc())
    ).first()


def _make(one: Running, plan: PlanOnSale, deal: Deal, by: str) -> RenewalOffer:
    if deal.is_fresh:
        return _fresh(one, plan, deal, by)
    asked = OfferRequest(
        one.contract.id,
        plan.plan_id,
        deal.price_minor,
        deal.early_minor,
        deal.early_until,
        deal.expires_on,
    )
    return offer_renewal(asked, by=by)


def _promise(offer: RenewalOffer, plan: PlanOnSale, deal: Deal, touch: str) -> None:
    if deal_of(offer.id) is None:
        db.session.add(
            OfferDeal(
                offer_id=offer.id,
                touch=touch,
                list_minor=plan.terms.price_minor,
                bonus_days=deal.bonus_days,
                bonus_until=deal.bonus_until,
                is_fresh=deal.is_fresh,
            )
        )
        db.session.flush()


def _fresh(one: Running, plan: PlanOnSale, deal: Deal, by: str) -> RenewalOffer:
    offer = RenewalOffer(
        club_id=one.contract.club_id,
        person_id=one.contract.person_id,
        contract_id=one.contract.id,
        plan_version_id=plan.version_id,
        price_minor=deal.price_minor,
        currency=plan.terms.currency,
        expires_on=deal.expires_on,
        state=OfferState.OPEN,
        made_by=by,
    )
    db.session.add(offer)
    db.session.flush()
    after = {"contract_id": one.contract.id, "price_minor": deal.price_minor}
    audit.note("renewal.offered", "renewal_offer", offer.id, after=after, by=by)
    return offer


def _facts(one: Running, plan: PlanOnSale) -> TermFacts:
    ends_on, conditions = one.contract.ends_on or one.today, plan.terms.conditions
    window = window_of(one)
    old = one.plan.terms
    is_same = one.plan.plan_id == plan.plan_id and old.currency == plan.terms.currency
    return TermFacts(
        today=one.today,
        ends_on=ends_on,
        window_last=window.last if window else ends_on,
        list_minor=plan.terms.price_minor,
        term_days=_term_days(plan, ends_on),
        kept_minor=old.price_minor if is_same else None,
        plan_early_minor=conditions.early_price_minor,
        plan_early_until=early_until(ends_on, conditions),
    )


def _term_days(plan: PlanOnSale, ends_on: date) -> int:
    first = ends_on + timedelta(days=1)
    last = term_end(first, plan.terms.term)
    return (last - first).days + 1 if last else 30


def _first(one: Running, plan: PlanOnSale) -> Fraction | None:
    """Return what a day cost by the first offer made with a touchpoint of this renewal."""
    row = db.session.execute(
        select(RenewalOffer, OfferDeal)
        .join(OfferDeal, OfferDeal.offer_id == RenewalOffer.id)
        .join(PlanVersion, PlanVersion.id == RenewalOffer.plan_version_id)
        .where(RenewalOffer.contract_id == one.contract.id, PlanVersion.plan_id == plan.plan_id)
        .order_by(RenewalOffer.id)
        .limit(1)
    ).first()
    if row is None or one.contract.ends_on is None:
        return None
    offer, deal = row
    early = offer.early_price_minor
    cheapest = offer.price_minor if early is None else min(early, offer.price_minor)
    return per_day(cheapest, _term_days(plan, one.contract.ends_on), deal.bonus_days)


def _is_as_good(offer: RenewalOffer, deal: Deal, plan: PlanOnSale, today: date) -> bool:
    """Tell whether an offer gives today what the deal would, and for as long."""
    price, bonus = deal.on(today)
    promised = deal_of(offer.id)
    days = promised.bonus_days if promised and promised.bonus_until else 0
    if promised and promised.bonus_until and promised.bonus_until < today:
        days = 0
    if (promised is not None and promised.is_fresh) != deal.is_fresh:
        return False
    term = _term_days(plan, today)
    good = per_day(price_today(offer, today), term, days) <= per_day(price, term, bonus)
    return good and offer.expires_on >= min(deal.expires_on, today + timedelta(days=7))
