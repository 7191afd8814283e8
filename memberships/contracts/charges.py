"""Services room: what renewals, changes and transfers cost, on invoices of the contract's payer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from clubcrm.core.db import db
from memberships.billing.models import Instalment, Invoice, InvoiceKind, InvoiceLine
from memberships.billing.orders import CreditLine, CreditOrder, InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import credit, issue, lines_left
from memberships.contracts.models import Contract
from memberships.contracts.proration import rounded
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import PlanTerms, period_of

SOURCE = "contract"


@dataclass(frozen=True, slots=True)
class Charge:
    """One contract on an invoice: what is written there, for how much, over which days.

    `off_minor` is what was taken off its list price before.
    """

    contract: Contract
    text: str
    amount_minor: int
    first: date
    last: date | None
    kind: LineKind = LineKind.MEMBERSHIP
    off_minor: int = 0


def term_charge(
    contract: Contract, terms: PlanTerms, price_minor: int, off_minor: int = 0
) -> Charge:
    """Return the charge for a term, or for the first period of a rolling contract."""
    last = contract.ends_on
    if terms.kind is PlanKind.RECURRING:
        months = terms.term_months or 1
        last = period_of(contract.starts_on, contract.starts_on, months).until_on
    kind = LineKind.PACKAGE if terms.visits is not None else LineKind.MEMBERSHIP
    return Charge(contract, terms.name, price_minor, contract.starts_on, last, kind, off_minor)


def charge(
    payer_id: int,
    charges: Sequence[Charge],
    *,
    by: str,
    source: tuple[str, int] | None = None,
    note: str = "",
) -> Invoice | None:
    """The payer has one invoice with a line for each charge; none when nothing costs anything.

    Its cause is the first contract unless another one is named, so that it is issued once.
    """
    asked = [one for one in charges if one.amount_minor]
    if not asked:
        return None
    first = charges[0].contract
    kind, row = source or (SOURCE, first.id)
    order = InvoiceOrder(
        club_id=first.club_id,
        payer_id=payer_id,
        person_id=first.person_id,
        lines=[_line(one) for one in asked],
        source_kind=kind,
        source_id=str(row),
        note=note,
    )
    return issue(order, by=by)


def give_back(contract_id: int, price_minor: int, *, reason: str, cause: str, by: str) -> int:
    """Of what was invoiced for the contract a part of its price is credited, with its tax.

    The newest invoice gives first; returns how much of the price found an invoice to come from,
    which is less where the contract was sold elsewhere.
    """
    back = 0
    for line in _lines_of(contract_id):
        left = next(one for one in lines_left(line.invoice_id) if one.line_id == line.id)
        price = line.unit_price_minor * line.quantity - line.discount_minor
        part = min(price_minor - back, rounded(left.total_minor * price, line.total_minor or 1))
        if part <= 0:
            continue
        amount = min(rounded(part * line.total_minor, price), left.total_minor)
        order = CreditOrder(
            line.invoice_id, reason, f"{cause}:{line.id}", lines=(CreditLine(line.id, amount),)
        )
        credit(order, by=by)
        back += part
    return back


def next_due_on(contract_id: int, today: date) -> date | None:
    """Return the day of the next open part of what the contract costs, None when all is paid."""
    return db.session.scalar(
        select(Instalment.due_on)
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(
            Invoice.source_kind == SOURCE,
            Invoice.source_id == str(contract_id),
            Instalment.open_minor > 0,
            Instalment.due_on > today,
        )
        .order_by(Instalment.due_on)
        .limit(1)
    )


def _lines_of(contract_id: int) -> Sequence[InvoiceLine]:
    return db.session.scalars(
        select(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            InvoiceLine.contract_id == contract_id,
            InvoiceLine.kind.in_((LineKind.MEMBERSHIP, LineKind.PACKAGE)),
            InvoiceLine.total_minor > 0,
            Invoice.kind == InvoiceKind.INVOICE,
        )
        .order_by(InvoiceLine.id.desc())
    ).all()


def _line(one: Charge) -> LineOrder:
    order = LineOrder(
        one.text,
        one.kind,
        one.amount_minor + one.off_minor,
        discount_minor=one.off_minor,
        contract_id=one.contract.id,
    )
    if one.last is None or one.last < one.first:
        return order
    return replace(order, earned_from=one.first, earned_until=one.last)
