"""Services room: a promotion of the day lowers what a contract costs, and counts the sale."""

from dataclasses import replace

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.contracts.catalogue import PlanOnSale
from memberships.contracts.models import Contract
from memberships.contracts.selling import SaleTerms
from memberships.promotions.queries import best_for_plan
from memberships.promotions.rules import Applied
from memberships.promotions.services import Sold, note_use


def lowered_price(plan: PlanOnSale, *, is_new: bool) -> Applied | None:
    """Return the promotion that counts for the plan today, None where none lowers its price."""
    club = db.session.get_one(Club, plan.club_id)
    today = clock.today(club.zone)
    return best_for_plan(club.id, plan.plan_id, plan.terms.price_minor, today, is_new=is_new)


def lowered_sale(sale: SaleTerms, lowered: Applied | None) -> SaleTerms:
    """Return the sale with what the promotion takes off; its name stands on the invoice."""
    if lowered is None:
        return sale
    words = ", ".join(part for part in (lowered.name, sale.discount_reason) if part.strip())
    return replace(
        sale,
        discount_minor=sale.discount_minor + lowered.off_minor,
        discount_reason=words,
    )


def count_use(contract: Contract, lowered: Applied | None, *, by: str) -> None:
    """The sale is counted for the promotion that lowered it."""
    if lowered is None:
        return
    today = clock.today(db.session.get_one(Club, contract.club_id).zone)
    note_use(lowered, Sold(contract.person_id, today, contract_id=contract.id), by=by)
