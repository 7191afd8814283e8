"""Services room: what a contract costs on the day it is signed, and the invoice for it.

The price of that day stays: a later price or tax never reaches what was sold before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.errors import DomainError, forbidden, invalid
from clubcrm.core.types import JsonObject
from memberships.approvals.queries import may_alone
from memberships.approvals.rules import LimitKind
from memberships.billing.models import Invoice
from memberships.billing.orders import CreditOrder, Due, InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import credit, issue, lines_left, quote
from memberships.billing.totals import discount_bp
from memberships.billing.writing import Quote
from memberships.billing.writing import document_of_source as invoice_of
from memberships.contracts.catalogue import PlanOnSale
from memberships.contracts.models import Contract
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import PlanTerms, period_of
from memberships.packages.queries import visit_lots_of

SOURCE = "contract"


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """How a contract is sold: the total the buyer was shown, a discount, dated parts.

    `shown_minor` of None asks nobody; `is_billed` of False is for contracts sold elsewhere before.
    """

    shown_minor: int | None = None
    discount_minor: int = 0
    discount_reason: str = ""
    due: tuple[Due, ...] = ()
    approval_id: int | None = None
    is_billed: bool = True

    def as_kept(self) -> JsonObject:
        """Return the terms as an approval keeps them."""
        return {
            "shown_minor": self.shown_minor,
            "discount_minor": self.discount_minor,
            "discount_reason": self.discount_reason,
            "due": [[part.on.isoformat(), part.amount_minor] for part in self.due],
        }


def sale_terms_from(kept: JsonObject, approval_id: int) -> SaleTerms:
    """Return the terms that an approval has kept."""
    return SaleTerms(
        shown_minor=kept["shown_minor"],
        discount_minor=int(kept["discount_minor"]),
        discount_reason=str(kept["discount_reason"]),
        due=tuple(Due(date.fromisoformat(on), int(amount)) for on, amount in kept["due"]),
        approval_id=approval_id,
    )


def one_time_discount(terms: PlanTerms, sale: SaleTerms) -> int:
    """Return what a discount takes off the contract's price; off the first period if it rolls."""
    return 0 if terms.kind is PlanKind.RECURRING else sale.discount_minor


def sale_line(
    terms: PlanTerms, starts_on: date, ends_on: date | None, discount_minor: int = 0
) -> LineOrder:
    """Return the line of a contract's first invoice: its term, or its first paid period."""
    last = ends_on
    if terms.kind is PlanKind.RECURRING:
        last = period_of(starts_on, starts_on, terms.term_months or 1).until_on
    return LineOrder(
        text=terms.name,
        kind=LineKind.PACKAGE if terms.visits is not None else LineKind.MEMBERSHIP,
        unit_price_minor=terms.price_minor,
        discount_minor=discount_minor,
        earned_from=starts_on if last else None,
        earned_until=last,
    )


def joining_lines(terms: PlanTerms, *, joins: bool) -> list[LineOrder]:
    """Return the line of the joining fee for somebody who was never a member of the club."""
    fee = terms.conditions.joining_minor
    return [LineOrder(_("Joining fee"), LineKind.FEE, fee)] if joins and fee else []


def price_of(
    plan: PlanOnSale, starts_on: date, ends_on: date | None, discount_minor: int, *, joins: bool
) -> Quote:
    """Return what signing would cost now; raises INVALID_INPUT for a discount beyond the price."""
    if not 0 <= discount_minor <= plan.terms.price_minor:
        raise invalid({"discount": _("The discount is more than the price.")})
    line = sale_line(plan.terms, starts_on, ends_on, discount_minor)
    return quote(plan.club_id, [line, *joining_lines(plan.terms, joins=joins)])


def with_tax(plan: PlanOnSale, prices: Sequence[int]) -> list[int]:
    """Return what these prices of a plan come to on an invoice of today."""
    kind = LineKind.PACKAGE if plan.terms.visits is not None else LineKind.MEMBERSHIP
    lines = [LineOrder(plan.terms.name, kind, price) for price in prices]
    return [line.total_minor for line in quote(plan.club_id, lines).lines]


def check_price(quoted: Quote, sale: SaleTerms) -> None:
    """Raise PRICE_CHANGED, with the new total, when the buyer was shown another one."""
    if sale.shown_minor is None or sale.shown_minor == quoted.total_minor:
        return
    price = {"amount_minor": quoted.total_minor, "currency": quoted.currency}
    text = _(
        "The price has changed: it is %(price)s now. Ask the member again.",
        price=formats.money(quoted.total_minor, quoted.currency),
    )
    raise DomainError("PRICE_CHANGED", text, extra={"price": price})


def needs_approval(terms: PlanTerms, club_id: int, sale: SaleTerms, by: str) -> int | None:
    """Return the discount in basis points when this person may not give it alone, else None."""
    if not sale.discount_minor:
        return None
    depth = discount_bp([sale_line(terms, date.min, None, sale.discount_minor)])
    alone = sale.approval_id is not None or may_alone(by, club_id, LimitKind.DISCOUNT, depth)
    return None if alone else depth


def check_discount(terms: PlanTerms, club_id: int, sale: SaleTerms, by: str) -> None:
    """Raise INVALID_INPUT for a discount without reason, FORBIDDEN for one above the limit."""
    if sale.discount_minor and not sale.discount_reason.strip():
        raise invalid({"discount_reason": _("Say why.")})
    if needs_approval(terms, club_id, sale, by) is not None:
        raise forbidden(_("This discount is above your limit. Ask a colleague to approve it."))


def bill(
    contract: Contract, terms: PlanTerms, sale: SaleTerms, *, by: str, joins: bool = False
) -> Invoice | None:
    """The payer has the invoice of the contract; none for a free one or one sold elsewhere."""
    fee = joining_lines(terms, joins=joins)
    if not sale.is_billed or not (terms.price_minor or fee):
        return None
    line = sale_line(terms, contract.starts_on, contract.ends_on, sale.discount_minor)
    lots = visit_lots_of(contract.id)
    order = InvoiceOrder(
        club_id=contract.club_id,
        payer_id=contract.payer_id,
        person_id=contract.person_id,
        lines=[
            replace(line, contract_id=contract.id, lot_id=lots[0] if lots else None),
            *(replace(one, contract_id=contract.id) for one in fee),
        ],
        source_kind=SOURCE,
        source_id=str(contract.id),
        due=sale.due,
        note=sale.discount_reason,
    )
    return issue(order, by=by)


def take_sale_back(contract_id: int, why: str, *, by: str) -> Invoice | None:
    """What is left of the contract's first invoice is credited."""
    invoice = invoice_of(SOURCE, str(contract_id))
    if invoice is None or not any(line.total_minor for line in lines_left(invoice.id)):
        return None
    return credit(CreditOrder(invoice.id, why, f"void:{contract_id}"), by=by)
