"""Verbs of contracts: sign, complete, void, end. Freezes, blocks and plans have files of their own.

Lock order: person, contract, lot.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import move
from clubcrm.core.text import clean
from clubcrm.core.types import JsonObject
from clubcrm.people.queries.locks import lock_person
from memberships.approvals.models import Approval
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import ApprovalRequest, request_approval
from memberships.billing.sales import sale_approved
from memberships.billing.writing import Quote
from memberships.contracts.catalogue import PlanOnSale, plan_by_id, plans_on_sale
from memberships.contracts.fees import plan_fees, stop_fees
from memberships.contracts.history import overlapping, was_member
from memberships.contracts.included import open_included
from memberships.contracts.lowering import count_use, lowered_price, lowered_sale
from memberships.contracts.models import Contract, ContractChange, ContractSeries, PlanState
from memberships.contracts.rules import CONTRACT_MOVES, ContractState, PlanKind
from memberships.contracts.selling import (
    SaleTerms,
    bill,
    check_discount,
    check_price,
    needs_approval,
    one_time_discount,
    price_of,
    sale_terms_from,
    take_sale_back,
)
from memberships.contracts.terms import term_end
from memberships.dunning.services import stop_charges
from memberships.events import ContractEnded, ContractSigned
from memberships.packages.queries import lots_of_contract
from memberships.packages.services import LotOrder, expire_lot, open_lot
from memberships.promotions.rules import Applied
from memberships.waivers.services import refresh_waiver

FURTHEST_PAST = timedelta(days=5 * 366)
FURTHEST_AHEAD = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class SignRequest:
    """Who buys which plan from when; `payer_id` of None means the member pays.

    `is_complete` of False keeps the contract from opening the gate until `complete` is called.
    """

    person_id: int
    plan_id: int
    starts_on: date
    payer_id: int | None = None
    is_complete: bool = True
    sale: SaleTerms = field(default_factory=SaleTerms)


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract about to be drawn up on the terms of one plan version, with dates and price."""

    plan: PlanOnSale
    person_id: int
    payer_id: int
    starts_on: date
    ends_on: date | None
    price_minor: int
    previous_id: int | None = None
    with_units: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """What signing would give: shown before anything is saved."""

    plan: PlanOnSale
    starts_on: date
    ends_on: date | None
    overlaps: str | None
    price: Quote
    joins: bool
    promotion: Applied | None = None

    @property
    def total_minor(self) -> int:
        """Return what the buyer pays, taxes included."""
        return self.price.total_minor


def preview(
    person_id: int,
    plan_id: int,
    starts_on: date,
    discount_minor: int = 0,
    *,
    with_promotion: bool = True,
) -> Offer:
    """Return last day, price and clash that signing would bring; raises as `sign` would.

    A promotion of the day is taken off the list first, a seller's discount comes on top.
    """
    plan = _plan_on_sale(plan_id)
    _check_start(plan, starts_on)
    ends_on = term_end(starts_on, plan.terms.term)
    clash = overlapping(person_id, plan.plan_id, starts_on, ends_on)
    joins = not was_member(person_id, plan.club_id)
    lowered = lowered_price(plan, is_new=joins) if with_promotion else None
    off_minor = discount_minor + (lowered.off_minor if lowered else 0)
    price = price_of(plan, starts_on, ends_on, off_minor, joins=joins)
    number = clash.number if clash else None
    return Offer(plan, starts_on, ends_on, number, price, joins, lowered)


def sign(request: SignRequest, *, by: str) -> Contract:
    """The person has a contract on the plan's newest terms, its units and its invoice.

    Raises NOT_ON_SALE for a withdrawn plan, CONTRACT_OVERLAPS when one on the same plan shares a
    day, PRICE_CHANGED when the buyer was shown another total, FORBIDDEN for a discount above the
    limit, INVALID_INPUT for a start more than five years back or two years ahead.
    """
    if lock_person(request.person_id) is None:
        raise not_found(_("There is no such member."))
    sale = request.sale
    offer = preview(
        request.person_id,
        request.plan_id,
        request.starts_on,
        sale.discount_minor,
        with_promotion=sale.is_billed,
    )
    refuse_overlap(offer.overlaps)
    check_price(offer.price, sale)
    terms, lowered = offer.plan.terms, offer.promotion
    check_discount(terms, offer.plan.club_id, sale, by)
    sold = lowered_sale(sale, lowered)
    draft = Draft(
        offer.plan,
        person_id=request.person_id,
        payer_id=request.payer_id or request.person_id,
        starts_on=request.starts_on,
        ends_on=offer.ends_on,
        price_minor=terms.price_minor - one_time_discount(terms, sold),
    )
    contract = draw_up(draft, by=by)
    count_use(contract, lowered, by=by)
    if request.is_complete:
        complete(contract, by=by, kind=terms.kind)
        bill(contract, terms, sold, by=by, joins=offer.joins)
    return contract


def sign_or_ask(request: SignRequest, *, by: str) -> Contract | Approval:
    """The contract is signed, or waits for a colleague when its discount is above the limit."""
    plan, sale = _plan_on_sale(request.plan_id), request.sale
    depth = needs_approval(plan.terms, plan.club_id, sale, by)
    if depth is None:
        return sign(request, by=by)
    offer = preview(request.person_id, request.plan_id, request.starts_on, sale.discount_minor)
    refuse_overlap(offer.overlaps)
    check_price(offer.price, sale)
    asked = ApprovalRequest(
        club_id=plan.club_id,
        kind=LimitKind.DISCOUNT.value,
        subject_kind="person",
        subject_id=str(request.person_id),
        amount_minor=sale.discount_minor,
        payload={
            "person_id": request.person_id,
            "plan_id": request.plan_id,
            "starts_on": request.starts_on.isoformat(),
            "payer_id": request.payer_id,
            "is_complete": request.is_complete,
            "sale": sale.as_kept(),
        },
        reason=sale.discount_reason,
        measure=depth,
    )
    return request_approval(asked, by=by)


def discount_approved(approval: Approval, by: str) -> JsonObject:
    """The contract or sale whose discount another person has agreed to is made, for who asked."""
    kept = approval.payload
    if "order" in kept:
        return sale_approved(approval, by)
    request = SignRequest(
        person_id=int(kept["person_id"]),
        plan_id=int(kept["plan_id"]),
        starts_on=date.fromisoformat(kept["starts_on"]),
        payer_id=kept["payer_id"],
        is_complete=kept.get("is_complete", True),
        sale=sale_terms_from(kept["sale"], approval.id),
    )
    return {"contract": sign(request, by=approval.requested_by).public_id, "by": by}


def refuse_overlap(number: str | None) -> None:
    """Raise CONTRACT_OVERLAPS when a contract of this number covers the days already."""
    if number:
        text = _("Contract %(number)s on this plan already covers these days.", number=number)
        raise DomainError("CONTRACT_OVERLAPS", text)


def draw_up(draft: Draft, *, by: str) -> Contract:
    """The paper lies there with its number and units; it opens nothing before it is signed."""
    club_id, terms = draft.plan.club_id, draft.plan.terms
    contract = Contract(
        number=next_numbers(club_id, draft.starts_on.year, 1)[0],
        club_id=club_id,
        person_id=draft.person_id,
        payer_id=draft.payer_id,
        plan_version_id=draft.plan.version_id,
        previous_id=draft.previous_id,
        state=ContractState.INCOMPLETE,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        term_ends_on=draft.ends_on,
        price_minor=draft.price_minor,
        currency=terms.currency,
    )
    db.session.add(contract)
    db.session.flush()
    if terms.visits is not None and draft.with_units:
        order = LotOrder(club_id, draft.person_id, contract.id, terms.visits, draft.ends_on)
        open_lot(order, source_id=str(contract.id), by=by)
    audit.note("contract.drawn_up", "contract", contract.id, after=as_kept(contract), by=by)
    return contract


def complete(contract: Contract, *, by: str, kind: PlanKind) -> None:
    """The contract is signed and opens the gate from its first day."""
    make_valid(contract, by=by)
    open_included(contract, by=by)
    refresh_waiver(contract.person_id, needed=True, by=by)
    events.record(
        ContractSigned(
            contract.club_id,
            contract.signed_at or clock.now(),
            contract.id,
            contract.person_id,
            kind.value,
            contract.starts_on,
            contract.ends_on,
        )
    )


def make_valid(
    contract: Contract, *, by: str, what: str = "signed", after: Contract | None = None
) -> None:
    """The contract counts from its first day; the caller tells the floors above what it means.

    `after` is the contract whose paid periods it goes on with.
    """
    move(contract, ContractState.SIGNED, moves=CONTRACT_MOVES, by=by)
    contract.signed_at = clock.now()
    contract.signed_by = by
    db.session.flush()
    before: JsonObject = {"state": ContractState.INCOMPLETE.value}
    note_change(contract, what, before=before, by=by)
    plan_fees(contract, by=by, after=after)


def void_contract(contract_id: int, *, by: str, why: str) -> None:
    """The contract never counted: signed by mistake, it opens nothing and ends nothing."""
    reason = clean(why, "why", longest=300)
    if not reason:
        raise invalid({"why": _("Say why.")})
    contract = _get(contract_id)
    before = as_kept(contract)
    move(contract, ContractState.VOID, moves=CONTRACT_MOVES, by=by, why=reason)
    note_change(contract, "void", before=before, by=by, why=reason)
    stop_charges(contract.id, contract.starts_on - timedelta(days=1), by=by)
    for lot_id in lots_of_contract(contract_id):
        expire_lot(lot_id, by=by, why=reason)
    take_sale_back(contract_id, reason, by=by)


def end_contract(contract_id: int, *, by: str) -> None:
    """The contract whose last day has passed is ended, and the floors above are told."""
    contract = _get(contract_id)
    if contract.ends_on is None or contract.state is not ContractState.SIGNED:
        return
    before = as_kept(contract)
    move(contract, ContractState.ENDED, moves=CONTRACT_MOVES, by=by)
    note_change(contract, "ended", before=before, by=by)
    stop_fees(contract, by=by)
    events.record(
        ContractEnded(
            contract.club_id, clock.now(), contract.id, contract.person_id, contract.ends_on
        )
    )


def sell_day_pass(person_id: int, club_id: int, *, by: str) -> Contract:
    """The person has today's pass of the club; the cheapest day plan on sale is taken.

    Raises NO_DAY_PASS when the club sells none, CONTRACT_OVERLAPS when it is bought already.
    """
    club = db.session.get(Club, club_id)
    passes = [plan for plan in plans_on_sale(club_id) if plan.terms.kind is PlanKind.DAY]
    if club is None or not passes:
        raise DomainError("NO_DAY_PASS", _("This club has no day pass on sale."))
    cheapest = min(passes, key=lambda plan: (plan.terms.price_minor, plan.plan_id))
    return sign(SignRequest(person_id, cheapest.plan_id, clock.today(club.zone)), by=by)


def note_change(
    contract: Contract, what: str, *, before: JsonObject, by: str, why: str = ""
) -> None:
    """The contract's own history and the audit chain hold the change."""
    after = as_kept(contract)
    db.session.add(
        ContractChange(
            contract_id=contract.id, what=what, before=before, after=after, why=why, by=by
        )
    )
    db.session.flush()
    audit.note(f"contract.{what}", "contract", contract.id, before=before, after=after, by=by)


def as_kept(contract: Contract) -> JsonObject:
    """Return the dates and state of a contract as its history keeps them."""
    return {
        "state": contract.state.value,
        "starts_on": contract.starts_on.isoformat(),
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else None,
        "plan_version_id": contract.plan_version_id,
        "person_id": contract.person_id,
        "price_minor": contract.price_minor,
    }


def _get(contract_id: int) -> Contract:
    contract = db.session.get(Contract, contract_id)
    if contract is None:
        raise not_found(_("There is no such contract."))
    return contract


def _plan_on_sale(plan_id: int) -> PlanOnSale:
    plan = plan_by_id(plan_id)
    if plan is None:
        raise not_found(_("There is no such plan."))
    if plan.state is not PlanState.ON_SALE:
        raise DomainError("NOT_ON_SALE", _("This plan is no longer on sale."))
    return plan


def _check_start(plan: PlanOnSale, starts_on: date) -> None:
    club = db.session.get(Club, plan.club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    today = clock.today(club.zone)
    first, last = today - FURTHEST_PAST, today + FURTHEST_AHEAD
    if not first <= starts_on <= last:
        text = _(
            "Expected a day from %(first)s to %(last)s.",
            first=formats.day(first),
            last=formats.day(last),
        )
        raise invalid({"starts_on": text})


def next_numbers(club_id: int, year: int, count: int) -> list[str]:
    """Return so many numbers of the club's series of a year, which nobody else gets."""
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fresh = make(ContractSeries).values(club_id=club_id, year=year, last_number=count)
    given = db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["club_id", "year"],
            set_={"last_number": ContractSeries.last_number + count},
        ).returning(ContractSeries.last_number)
    ).scalar_one()
    return [f"{club_id}-{year}-{given - count + one:05d}" for one in range(1, count + 1)]
