"""Services room: what the next term of a contract would be: days, price, what moves on with it.

An offer and a promotion that renewals take part in are never added up: the lower of the two counts,
by what a day of the term costs. It is worked out on the day and stays once it was accepted.
"""

from dataclasses import dataclass, replace
from datetime import date

from memberships.contracts.catalogue import PlanOnSale, plan_version
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.deals import per_day
from memberships.contracts.families import NextTerm, family_terms
from memberships.contracts.offers import contract_of, next_plan
from memberships.contracts.outlook import Running, best_open, clash_on, deal_of, running
from memberships.contracts.renewal_tables import RenewalOffer
from memberships.contracts.renewal_terms import carried_units, early_until, price_on, renewal_start
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import moved_end, term_end
from memberships.packages.queries import lots_with_units
from memberships.promotions.queries import best_for_plan, best_for_renewal
from memberships.promotions.rules import Applied


@dataclass(frozen=True, slots=True)
class Terms:
    """What accepting would give: shown before anything is saved.

    `list_minor` is what the offer costs without its early price. A promotion stands here only where
    it is the better one; then the days on top of the offer do not count.
    """

    plan: PlanOnSale
    starts_on: date
    ends_on: date | None
    price_minor: int
    list_minor: int
    early_until: date | None
    clash: str | None
    carried: int
    members: tuple[tuple[str, int], ...] = ()
    bonus_days: int = 0
    promotion: Applied | None = None

    @property
    def last_day(self) -> date | None:
        """Return the last day with the days that the club gives on top."""
        return moved_end(self.ends_on, self.bonus_days)

    @property
    def total_minor(self) -> int:
        """Return what the next term costs with everybody who goes on with it, before tax."""
        return self.price_minor + sum(price for _name, price in self.members)

    @property
    def kept_minor(self) -> int:
        """Return the price that the contract keeps; a promotion lowers one that rolls only once."""
        rolls = self.plan.terms.kind is PlanKind.RECURRING
        return self.list_minor if self.promotion and rolls else self.price_minor

    @property
    def off_minor(self) -> int:
        """Return what a promotion takes off the list price."""
        return self.promotion.off_minor if self.promotion else 0


def renewal_terms(
    offer: RenewalOffer, plan_id: int | None = None, one: Running | None = None
) -> Terms:
    """Return dates, price, clash and carried units of the offer, as this plan or another.

    Days on top belong to the offered plan; another one costs its list price of today. Who has just
    read the running contract may give it.
    """
    one = one or running(contract_of(offer.contract_id))
    plan, deal = plan_version(offer.plan_version_id), deal_of(offer.id)
    price, early, until = offer.price_minor, offer.early_price_minor, offer.early_until
    bonus, is_fresh = _bonus(deal, one.today), starts_fresh(deal)
    if plan_id is not None and plan_id != plan.plan_id:
        plan, bonus = next_plan(one, plan_id), 0
        price = plan.terms.price_minor
        early = plan.terms.conditions.early_price_minor
        until = early_until(one.contract.ends_on or one.today, plan.terms.conditions)
    terms = _terms(one, plan, price, (early, until), is_fresh=is_fresh)
    return _lowered(replace(terms, bonus_days=bonus), one.today, is_fresh=is_fresh)


def starts_fresh(deal: OfferDeal | None) -> bool:
    """Tell whether the offered term begins on the day it is accepted, not after the old one."""
    return deal is not None and deal.is_fresh


def desk_terms(contract_id: int, plan_id: int) -> Terms:
    """Return what renewing at the desk as a plan would give today: by his offer, if he has one."""
    one = running(contract_of(contract_id))
    offer = best_open(contract_id, plan_id, one.today)
    if offer is not None:
        return renewal_terms(offer)
    plan = next_plan(one, plan_id)
    conditions, ends_on = plan.terms.conditions, one.contract.ends_on or one.today
    early = conditions.early_price_minor, early_until(ends_on, conditions)
    return _lowered(_terms(one, plan, plan.terms.price_minor, early), one.today, is_fresh=False)


def _bonus(deal: OfferDeal | None, today: date) -> int:
    if deal is None or deal.bonus_until is None or today > deal.bonus_until:
        return 0
    return deal.bonus_days


def _terms(
    one: Running,
    plan: PlanOnSale,
    price: int,
    early_price: tuple[int | None, date | None],
    *,
    is_fresh: bool = False,
) -> Terms:
    early, until = early_price
    starts_on = one.today if is_fresh else _start(one)
    ends_on = term_end(starts_on, plan.terms.term)
    term = NextTerm(one.contract.id, plan, starts_on, ends_on)
    family = [] if is_fresh else family_terms(one.contract.person_id, term)
    return Terms(
        plan,
        starts_on,
        ends_on,
        price_on(price, early, until, one.today),
        price,
        until if early is not None and until is not None and one.today <= until else None,
        clash_on(one.contract.person_id, starts_on, ends_on, beside=one.contract.id),
        0 if is_fresh else _carried(one, plan),
        tuple((other.seat.person.full_name, other.price_minor) for other in family),
    )


def _lowered(terms: Terms, today: date, *, is_fresh: bool) -> Terms:
    """Return the terms by the promotion of the day where it is better than the offer.

    Who comes back after a gap buys anew, so every promotion for members counts for him.
    """
    plan, listed = terms.plan, terms.plan.terms.price_minor
    if is_fresh:
        found = best_for_plan(plan.club_id, plan.plan_id, listed, today, is_new=False)
    else:
        found = best_for_renewal(plan.club_id, plan.plan_id, listed, today)
    if found is None:
        return terms
    days = (terms.ends_on - terms.starts_on).days + 1 if terms.ends_on else 1
    bonus = terms.bonus_days if terms.ends_on else 0
    if per_day(found.price_minor, days) >= per_day(terms.price_minor, days, bonus):
        return terms
    return replace(
        terms, price_minor=found.price_minor, early_until=None, bonus_days=0, promotion=found
    )


def _start(one: Running) -> date:
    following = renewal_start(one.contract.ends_on or one.today)
    if one.plan.terms.visits is None or lots_with_units(one.contract.id):
        return following
    # A pack that is used up is over today, whatever its last day.
    return min(following, max(one.today, one.contract.starts_on))


def _carried(one: Running, plan: PlanOnSale) -> int:
    if plan.terms.visits is None:
        return 0
    left = sum(units for _lot, units in lots_with_units(one.contract.id))
    return carried_units(left, one.conditions)
