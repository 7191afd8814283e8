"""Services room: the rest of a contract, days and units, goes to somebody else for a fee.

The old holder trains today for the last time; the new one begins tomorrow. What was paid stays in
the books of who paid it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.people.queries.locks import lock_person
from memberships.billing.orders import LineKind
from memberships.contracts.charges import Charge, charge
from memberships.contracts.fees import stop_fees
from memberships.contracts.handover_tables import ContractTransfer
from memberships.contracts.history import overlapping
from memberships.contracts.included import hand_included_over
from memberships.contracts.kin import club_of
from memberships.contracts.models import Contract
from memberships.contracts.moves import ChangeFault, change_refused, moving_fault
from memberships.contracts.offers import contract_of, withdraw_rest
from memberships.contracts.outlook import Running, running, scheduled_change
from memberships.contracts.services import (
    Draft,
    as_kept,
    draw_up,
    make_valid,
    note_change,
    refuse_overlap,
)
from memberships.contracts.stays import extra_days
from memberships.contracts.terms import term_end
from memberships.events import ContractTransferred
from memberships.packages.moves import MoveOrder, move_units
from memberships.packages.queries import lots_with_units

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Which contract goes to whom and why; the new holder pays the fee unless the old one does."""

    contract_id: int
    to_person_id: int
    reason: str
    old_pays: bool = False


@dataclass(frozen=True, slots=True)
class TransferOffer:
    """What the transfer moves and costs, shown before it is confirmed."""

    effective_on: date
    ends_on: date | None
    days: int | None
    units: int
    fee_minor: int
    currency: str
    overlaps: str | None


def transfer_preview(contract_id: int, to_person_id: int) -> TransferOffer:
    """Return days, units and fee; raises CHANGE_REFUSED with the rule in its way."""
    one = running(contract_of(contract_id))
    contract = one.contract
    fault = _fault(one)
    if fault is not None:
        raise change_refused(fault)
    if club_of(to_person_id) != contract.club_id:
        raise not_found(_("There is no such member."))
    if to_person_id == contract.person_id:
        raise invalid({"to": _("It is this person's contract already.")})
    starts_on = one.today + _DAY
    clash = overlapping(to_person_id, one.plan.plan_id, starts_on, contract.ends_on)
    days = (contract.ends_on - one.today).days if contract.ends_on else None
    return TransferOffer(
        starts_on,
        contract.ends_on,
        days,
        sum(units for _lot, units in lots_with_units(contract.id)),
        one.conditions.transfer_minor or 0,
        contract.currency,
        clash.number if clash else None,
    )


def transfer_contract(request: TransferRequest, *, by: str) -> ContractTransfer:
    """From tomorrow the rest of the contract is the other person's; its units follow at night.

    Told twice, it is done once. Raises CONTRACT_OVERLAPS when the other one has the plan already.
    """
    reason = clean(request.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    old = contract_of(request.contract_id)
    for person_id in sorted({old.person_id, request.to_person_id}):
        lock_person(person_id)
    known = transfer_of(old.id)
    if known is not None:
        if known.to_person_id == request.to_person_id:
            return known
        raise DomainError("TRANSFERRED", _("It is somebody else's already."))
    offer = transfer_preview(old.id, request.to_person_id)
    refuse_overlap(offer.overlaps)
    new = _taken_over(contract_of(old.id), request, offer, by)
    _leave(old, offer, reason, by)
    made = ContractTransfer(
        club_id=old.club_id,
        contract_id=old.id,
        new_contract_id=new.id,
        from_person_id=old.person_id,
        to_person_id=new.person_id,
        effective_on=offer.effective_on,
        units_moved=0,
        fee_minor=offer.fee_minor,
        currency=old.currency,
        reason=reason,
        made_by=by,
    )
    db.session.add(made)
    db.session.flush()
    _pay_fee(made, new, request, by)
    after = {"to": new.person_id, "new_contract_id": new.id, "fee_minor": made.fee_minor}
    audit.note("contract.transferred", "contract", old.id, after=after, by=by)
    events.record(
        ContractTransferred(
            old.club_id,
            clock.now(),
            old.id,
            new.id,
            old.person_id,
            new.person_id,
            offer.effective_on,
        )
    )
    return made


def hand_units_over(contract_id: int, *, by: str) -> int:
    """The units a transferred contract had left belong to its new holder; returns how many."""
    made = transfer_of(contract_id)
    if made is None:
        return 0
    new = contract_of(made.new_contract_id)
    moved = 0
    for lot_id, left in lots_with_units(contract_id):
        order = MoveOrder(
            lot_id, left, new.person_id, new.id, new.ends_on, f"transfer:{made.id}", made.reason
        )
        moved += move_units(order, by=by)
    moved += hand_included_over(contract_id, new.person_id, by=by, why=made.reason)
    made.units_moved += moved
    return moved


def transfer_of(contract_id: int) -> ContractTransfer | None:
    """Return by what the contract went to somebody else, None when it did not."""
    return db.session.scalars(
        select(ContractTransfer).where(ContractTransfer.contract_id == contract_id)
    ).first()


def _fault(one: Running) -> ChangeFault | None:
    if one.conditions.transfer_minor is None:
        return ChangeFault.NOT_TRANSFERABLE
    if scheduled_change(one.contract.id) is not None:
        return ChangeFault.SCHEDULED
    if one.contract.starts_on > one.today:
        return ChangeFault.NOT_BEGUN
    if one.contract.ends_on is not None and one.contract.ends_on <= one.today:
        return ChangeFault.OVER
    return moving_fault(one)


def _taken_over(old: Contract, request: TransferRequest, offer: TransferOffer, by: str) -> Contract:
    plan = running(old).plan
    draft = Draft(
        plan,
        person_id=request.to_person_id,
        payer_id=request.to_person_id,
        starts_on=offer.effective_on,
        ends_on=term_end(offer.effective_on, plan.terms.term),
        price_minor=old.price_minor,
        with_units=False,
    )
    new = draw_up(draft, by=by)
    if offer.ends_on is not None and offer.ends_on != new.ends_on:
        new.ends_on = new.cut_ends_on = offer.ends_on
        db.session.flush()
    make_valid(new, by=by, what="taken_over", after=old)
    return new


def _leave(old: Contract, offer: TransferOffer, reason: str, by: str) -> None:
    before, last_day = as_kept(old), offer.effective_on - _DAY
    withdraw_rest(old.id, by=by)
    old.ends_on, old.cut_ends_on = last_day, last_day - timedelta(days=extra_days(old.id))
    old.end_reason = reason[:200]
    old.version += 1
    note_change(old, "transferred", before=before, by=by, why=reason)
    stop_fees(old, by=by)


def _pay_fee(made: ContractTransfer, new: Contract, request: TransferRequest, by: str) -> None:
    payer_id = made.from_person_id if request.old_pays else made.to_person_id
    fee = Charge(
        new, _("Fee for the transfer"), made.fee_minor, made.effective_on, None, LineKind.FEE
    )
    charge(payer_id, [fee], by=by, source=("transfer", made.id))
