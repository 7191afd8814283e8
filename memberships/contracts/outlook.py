"""Queries room: what lies ahead of a contract: offers, the next contract, clashes of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope, club_setting
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.contracts.catalogue import PlanOnSale, plan_version
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.handover_tables import ChangeState, ContractTransfer, PlanChange
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.proration import TIMED
from memberships.contracts.renewal_tables import OfferState, RenewalOffer
from memberships.contracts.renewal_terms import (
    DAYS_AFTER,
    DAYS_BEFORE,
    Conditions,
    Span,
    price_on,
    renewal_window,
)
from memberships.contracts.rules import ContractState
from memberships.dunning.queries import language_of

BEFORE_SETTING, AFTER_SETTING = "renewal_days_before", "renewal_days_after"


@dataclass(frozen=True, slots=True)
class Running:
    """A contract with the terms it was sold on and today's date in its club."""

    contract: Contract
    plan: PlanOnSale
    today: date

    @property
    def conditions(self) -> Conditions:
        """Return the conditions the contract was sold on."""
        return self.plan.terms.conditions


@dataclass(frozen=True, slots=True)
class RenewalNews:
    """What a letter about a renewal says besides days and price, and in which language."""

    club_id: int
    language: str
    number: str
    plan_name: str
    currency: str


def renewal_news(contract_id: int) -> RenewalNews | None:
    """Return what to write about a renewed contract, None when it was declared void since."""
    row = db.session.execute(
        select(
            Contract.club_id,
            Person.language,
            Club.locale,
            Contract.number,
            PlanVersion.name,
            Contract.currency,
        )
        .join(Person, Person.id == Contract.person_id)
        .join(Club, Club.id == Contract.club_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(Contract.id == contract_id, Contract.state != ContractState.VOID)
    ).first()
    if row is None:
        return None
    language = language_of(row.language, row.locale)
    return RenewalNews(row.club_id, language, row.number, row.name, row.currency)


def running(contract: Contract) -> Running:
    """Return the contract with its own terms and the day of its club."""
    club = db.session.get_one(Club, contract.club_id)
    return Running(contract, plan_version(contract.plan_version_id), clock.today(club.zone))


def window_of(one: Running) -> Span | None:
    """Return the days on which the contract may be renewed, None while it rolls on."""
    ends_on = one.contract.ends_on
    if ends_on is None:
        return None
    before, after = window_days(one.contract.club_id, one.conditions)
    return renewal_window(ends_on, before, after)


def window_days(club_id: int, conditions: Conditions) -> tuple[int, int]:
    """Return how many days before and after the last day count: of the plan, else of the club."""
    before, after = conditions.days_before, conditions.days_after
    if before is None:
        before = int(club_setting(club_id, BEFORE_SETTING, DAYS_BEFORE))
    if after is None:
        after = int(club_setting(club_id, AFTER_SETTING, DAYS_AFTER))
    return before, after


def successor_of(contract_id: int) -> Contract | None:
    """Return the contract that follows this one, None while there is none."""
    return db.session.scalars(select(Contract).where(Contract.previous_id == contract_id)).first()


def open_offers(contract_id: int) -> Sequence[RenewalOffer]:
    """Return the offers of a contract that nobody has settled, oldest first."""
    return db.session.scalars(
        select(RenewalOffer)
        .where(RenewalOffer.contract_id == contract_id, RenewalOffer.state == OfferState.OPEN)
        .order_by(RenewalOffer.id)
    ).all()


def best_open(contract_id: int, plan_id: int, today: date) -> RenewalOffer | None:
    """Return the cheapest offer of a contract as a plan that may be accepted today."""
    rows = db.session.scalars(
        select(RenewalOffer)
        .join(PlanVersion, PlanVersion.id == RenewalOffer.plan_version_id)
        .where(
            RenewalOffer.contract_id == contract_id,
            RenewalOffer.state.in_((OfferState.OPEN, OfferState.DECLINED)),
            RenewalOffer.expires_on >= today,
            PlanVersion.plan_id == plan_id,
        )
        .order_by(RenewalOffer.id)
    ).all()
    return min(rows, key=lambda offer: price_today(offer, today), default=None)


def price_today(offer: RenewalOffer, today: date) -> int:
    """Return what an offer costs on a day, before tax."""
    return price_on(offer.price_minor, offer.early_price_minor, offer.early_until, today)


def deal_of(offer_id: int) -> OfferDeal | None:
    """Return what an offer promises beyond its price, None for a plain one."""
    return db.session.get(OfferDeal, offer_id)


def accepted_offers(contract_id: int) -> Sequence[RenewalOffer]:
    """Return the accepted offer of a contract, of which there is one at most."""
    return db.session.scalars(
        select(RenewalOffer).where(
            RenewalOffer.contract_id == contract_id, RenewalOffer.state == OfferState.ACCEPTED
        )
    ).all()


def offers_of(person_id: int) -> Sequence[RenewalOffer]:
    """Return every offer a person has had, newest first."""
    return db.session.scalars(
        select(RenewalOffer)
        .where(RenewalOffer.person_id == person_id)
        .order_by(RenewalOffer.id.desc())
    ).all()


def offer_of_id(public_id: str) -> RenewalOffer | None:
    """Return the offer of this id, None when there is none."""
    return db.session.scalars(
        select(RenewalOffer).where(RenewalOffer.public_id == public_id)
    ).first()


def offer_for(scope: Scope, public_id: str) -> RenewalOffer | None:
    """Return an offer made in one of these clubs, None when there is none."""
    return db.session.scalars(
        select(RenewalOffer).where(
            RenewalOffer.public_id == public_id, RenewalOffer.club_id.in_(scope.club_ids)
        )
    ).first()


def scheduled_change(contract_id: int) -> PlanChange | None:
    """Return the change of plan that waits for its day, None when there is none."""
    return db.session.scalars(
        select(PlanChange).where(
            PlanChange.contract_id == contract_id, PlanChange.state == ChangeState.SCHEDULED
        )
    ).first()


def moved_on(contract_id: int) -> bool:
    """Tell whether a contract goes on as another plan or for somebody else."""
    changed = select(PlanChange.id).where(
        PlanChange.contract_id == contract_id, PlanChange.state == ChangeState.DONE
    )
    given = select(ContractTransfer.id).where(ContractTransfer.contract_id == contract_id)
    return any(db.session.scalar(one.limit(1)) is not None for one in (changed, given))


def changes_due(club_id: int, day: date) -> Sequence[int]:
    """Return the club's changes of plan that take effect by this day."""
    return db.session.scalars(
        select(PlanChange.id)
        .where(
            PlanChange.club_id == club_id,
            PlanChange.state == ChangeState.SCHEDULED,
            PlanChange.effective_on <= day,
        )
        .order_by(PlanChange.id)
    ).all()


def plan_changes_of(person_id: int) -> Sequence[PlanChange]:
    """Return the changes of plan of a person, newest first."""
    return db.session.scalars(
        select(PlanChange).where(PlanChange.person_id == person_id).order_by(PlanChange.id.desc())
    ).all()


def change_for(scope: Scope, public_id: str) -> PlanChange | None:
    """Return a change of plan made in one of these clubs, None when there is none."""
    return db.session.scalars(
        select(PlanChange).where(
            PlanChange.public_id == public_id, PlanChange.club_id.in_(scope.club_ids)
        )
    ).first()


def clash_on(person_id: int, first: date, last: date | None, *, beside: int) -> str | None:
    """Return the number of another timed contract of the person that shares a day with a span.

    `beside` is the contract whose next term is asked about.
    """
    statement = (
        select(Contract.number)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id == person_id,
            Contract.id != beside,
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Plan.kind.in_(TIMED),
            PlanVersion.visits.is_(None),
            Contract.ends_on.is_(None) | (Contract.ends_on >= first),
        )
        .order_by(Contract.starts_on, Contract.id)
    )
    if last is not None:
        statement = statement.where(Contract.starts_on <= last)
    return db.session.scalars(statement).first()
