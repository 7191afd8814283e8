"""Quotes of leads with their choices, and what stands on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.leads.models import Lead
from clubcrm.leads.quotes.models import PriceQuote, QuoteChoice
from clubcrm.leads.quotes.rules.terms import QuoteState, is_good
from clubcrm.people.models import Person
from memberships.contracts.catalogue import PlanOnSale, plan_version
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A choice of a quote with the plan as it was promised."""

    choice: QuoteChoice
    plan: PlanOnSale

    @property
    def was_minor(self) -> int:
        """Return what it would cost by the list: without promotion and discount."""
        if self.choice.list_minor is not None:
            return self.choice.list_minor
        return self.choice.total_minor + self.choice.discount_minor

    @property
    def is_lowered(self) -> bool:
        """Tell whether less is promised than the list says."""
        return self.was_minor > self.choice.total_minor


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote as staff and the lead see it."""

    quote: PriceQuote
    person: Person
    club: Club
    seller: str
    choices: tuple[ShownChoice, ...]
    contract: Contract | None

    @property
    def today(self) -> date:
        """Return the club's day."""
        return clock.today(self.club.zone)

    @property
    def is_good(self) -> bool:
        """Tell whether it may still be accepted."""
        return is_good(self.quote.state, self.quote.valid_until, self.today)

    @property
    def is_over(self) -> bool:
        """Tell whether its last day has passed without an answer."""
        return self.quote.state is QuoteState.OPEN and self.today > self.quote.valid_until

    @property
    def waits_for_name(self) -> bool:
        """Tell whether the contract lies there and is to be signed."""
        return self.contract is not None and self.contract.state is ContractState.INCOMPLETE

    @property
    def taken(self) -> ShownChoice | None:
        """Return what was chosen."""
        return next((one for one in self.choices if one.choice.place == self.quote.chosen), None)


def lead_in(scope: Scope, public_id: str) -> Lead:
    """Return a lead of these clubs; raises NOT_FOUND for any other."""
    found = db.session.scalars(
        select(Lead).where(Lead.public_id == public_id, Lead.club_id.in_(scope.club_ids))
    ).first()
    if found is None:
        raise not_found(_("There is no such lead."))
    return found


def lead_by_id(lead_id: int) -> Lead:
    """Return the lead of a key."""
    return db.session.get_one(Lead, lead_id)


def quote_in(scope: Scope, public_id: str) -> PriceQuote:
    """Return a quote of these clubs; raises NOT_FOUND for any other."""
    found = quote_by_public_id(public_id)
    if found is None or not scope.covers(found.club_id):
        raise not_found(_("There is no such quote."))
    return found


def quote_by_public_id(public_id: str) -> PriceQuote | None:
    """Return the quote of a public id."""
    return db.session.scalars(select(PriceQuote).where(PriceQuote.public_id == public_id)).first()


def shown(quote: PriceQuote) -> ShownQuote:
    """Return a quote with all that stands on it."""
    choices = db.session.scalars(
        select(QuoteChoice).where(QuoteChoice.quote_id == quote.id).order_by(QuoteChoice.place)
    )
    seller = db.session.get(User, quote.seller_id) if quote.seller_id else None
    contract = db.session.get(Contract, quote.contract_id) if quote.contract_id else None
    return ShownQuote(
        quote,
        db.session.get_one(Person, quote.person_id),
        db.session.get_one(Club, quote.club_id),
        seller.name if seller else "",
        tuple(ShownChoice(one, plan_version(one.version_id)) for one in choices),
        contract,
    )


def quotes_of(lead_id: int) -> Sequence[ShownQuote]:
    """Return the quotes of a lead, the newest first."""
    rows = db.session.scalars(
        select(PriceQuote).where(PriceQuote.lead_id == lead_id).order_by(PriceQuote.id.desc())
    ).all()
    return [shown(one) for one in rows]


def person_of(lead: Lead) -> Person:
    """Return who a lead is."""
    return db.session.get_one(Person, lead.person_id)


def club_of(lead: Lead) -> Club:
    """Return the club a lead asked."""
    return db.session.get_one(Club, lead.club_id)
