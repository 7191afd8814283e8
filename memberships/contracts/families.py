"""Services room: families: one payer, one holder, further members who depend on the holder.

A further member has a contract of his own at the extra price and scans on his own right; it opens
the gate only while the holder has a contract that carries a family.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.states import move
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.catalogue import PlanOnSale, plan_version
from memberships.contracts.charges import Charge, charge, term_charge
from memberships.contracts.fees import change_fees, stop_fees
from memberships.contracts.handover_tables import Family, FamilyMember
from memberships.contracts.history import overlapping
from memberships.contracts.included import open_included
from memberships.contracts.kin import (
    Seat,
    carrying_contract,
    family_held_by,
    seat_of,
    seats_of,
)
from memberships.contracts.models import Contract
from memberships.contracts.proration import Rate, part_price, term_days
from memberships.contracts.rules import CONTRACT_MOVES, ContractState, PlanKind
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
from memberships.events import ContractEnded, ContractSigned, FamilyChanged

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Who joins the family of which holder; `payer_id` of None keeps the payer, else the holder."""

    holder_id: int
    person_id: int
    payer_id: int | None = None


@dataclass(frozen=True, slots=True)
class JoinOffer:
    """What joining brings: days and price, shown before it is confirmed."""

    plan: PlanOnSale
    starts_on: date
    ends_on: date | None
    full_minor: int
    price_minor: int
    overlaps: str | None


def join_preview(holder_id: int, person_id: int) -> JoinOffer:
    """Return dates and price of joining; raises NO_FAMILY_PLAN when the holder carries none."""
    today = _today(holder_id)
    carrier = carrying_contract(holder_id, today)
    if carrier is None:
        raise _no_family_plan()
    plan = plan_version(carrier.plan_version_id)
    full = plan.terms.conditions.extra_member_minor
    if full is None:
        raise _no_family_plan()
    if holder_id == person_id:
        raise DomainError("FAMILY", _("The holder has a contract of his own."))
    starts_on = max(today, carrier.starts_on)
    last = carrier.ends_on
    price = full
    if last is not None:
        rate = Rate(full, term_days(carrier.starts_on, plan.terms.term))
        price = min(full, part_price(rate, (last - starts_on).days + 1))
    clash = overlapping(person_id, plan.plan_id, starts_on, last)
    return JoinOffer(plan, starts_on, last, full, price, clash.number if clash else None)


def join_family(request: JoinRequest, *, by: str) -> Contract:
    """The person belongs to the family, on a contract at the extra price that the payer pays.

    Raises CONTRACT_OVERLAPS when he has the plan already, FAMILY when he holds a family himself.
    """
    for one in sorted({request.holder_id, request.person_id}):
        if lock_person(one) is None:
            raise not_found(_("There is no such member."))
    offer = join_preview(request.holder_id, request.person_id)
    refuse_overlap(offer.overlaps)
    if family_held_by(request.person_id) is not None:
        raise DomainError("FAMILY", _("He holds a family himself. Hand that one on first."))
    family = _family(request, by)
    contract = _sign_for(offer, request.person_id, family.payer_id, by)
    _seat(family, contract, offer.starts_on)
    charge(family.payer_id, [_charge(contract, offer)], by=by)
    events.record(
        ContractSigned(
            contract.club_id,
            clock.now(),
            contract.id,
            contract.person_id,
            offer.plan.terms.kind.value,
            contract.starts_on,
            contract.ends_on,
        )
    )
    _changed(family, "joined", by)
    return contract


def leave_family(contract_id: int, *, by: str) -> Contract:
    """The member leaves: his contract ends today, and nothing is paid back."""
    seat = seat_of(contract_id)
    contract = db.session.get(Contract, contract_id)
    if seat is None or contract is None:
        raise not_found(_("He does not belong to a family."))
    lock_person(contract.person_id)
    today = _today(contract.person_id)
    seat.left_on = today + _DAY
    _close(contract, max(today, contract.starts_on), _("Left the family."), by)
    family = db.session.get_one(Family, seat.family_id)
    _changed(family, "left", by)
    return contract


def hand_on(family_id: int, *, holder_id: int, payer_id: int, by: str) -> Family:
    """The family has this holder and this payer from now on.

    A new holder must have a contract that carries a family: one of its members, or somebody else.
    Raises NO_FAMILY_PLAN otherwise. Contracts that run are paid by the new payer from now on.
    """
    family = db.session.get(Family, family_id)
    if family is None:
        raise not_found(_("There is no such family."))
    lock_person(holder_id)
    today = _today(family.holder_id)
    if holder_id != family.holder_id:
        if carrying_contract(holder_id, today) is None:
            raise _no_family_plan()
        if family_held_by(holder_id) is not None:
            raise DomainError("FAMILY", _("He holds another family already."))
        for seat in seats_of(family.id):
            if seat.person.id == holder_id:
                seat.member.left_on = today
        family.holder_id = holder_id
    if payer_id != family.payer_id:
        family.payer_id = payer_id
        for seat in seats_of(family.id):
            _pays(seat.contract, payer_id, by)
        carrier = carrying_contract(family.holder_id, today)
        if carrier is not None:
            _pays(carrier, payer_id, by)
    db.session.flush()
    _changed(family, "handed_on", by)
    return family


def end_with_holder(contract_id: int, *, by: str) -> int:
    """Nobody stays on a family whose holder has nothing left to carry it; returns how many left."""
    contract = db.session.get_one(Contract, contract_id)
    family = family_held_by(contract.person_id)
    today = _today(contract.person_id)
    if family is None or carrying_contract(family.holder_id, today) is not None:
        return 0
    last_day = contract.ends_on or today - _DAY
    ended = 0
    for seat in seats_of(family.id):
        runs = seat.contract.ends_on is None or seat.contract.ends_on > last_day
        if seat.contract.state is ContractState.SIGNED and runs:
            _close(seat.contract, max(last_day, seat.contract.starts_on), _holder_gone(), by)
            ended += 1
    return ended


@dataclass(frozen=True, slots=True)
class NextTerm:
    """Which contract of the holder goes on, on which plan and on which days."""

    holds: int
    plan: PlanOnSale
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class NextSeat:
    """Who goes on with the holder, from which day and at which price."""

    seat: Seat
    starts_on: date
    price_minor: int


def family_terms(person_id: int, term: NextTerm) -> list[NextSeat]:
    """Return who needs a next contract beside the holder's.

    Who has no last day, or has the days on the plan already, goes on without one.
    """
    family = family_held_by(person_id)
    extra = term.plan.terms.conditions.extra_member_minor
    if family is None or extra is None:
        return []
    wanted = [
        NextSeat(seat, max(term.starts_on, seat.contract.ends_on + _DAY), extra)
        for seat in seats_of(family.id)
        if seat.contract.id != term.holds
        and seat.contract.state is not ContractState.INCOMPLETE
        and seat.contract.ends_on is not None
    ]
    return [one for one in wanted if _lacks(one, term)]


def _lacks(one: NextSeat, term: NextTerm) -> bool:
    """Tell whether days of the holder's next term are not his yet."""
    if term.ends_on is not None and one.starts_on > term.ends_on:
        return False
    person_id, plan_id = one.seat.person.id, term.plan.plan_id
    return overlapping(person_id, plan_id, one.starts_on, term.ends_on) is None


def renew_family(new: Contract, plan: PlanOnSale, *, by: str) -> list[Charge]:
    """Everybody who hangs on the renewed contract goes on with it; returns what each costs."""
    family = family_held_by(new.person_id)
    if family is None:
        return []
    charges = []
    for one in family_terms(new.person_id, NextTerm(new.id, plan, new.starts_on, new.ends_on)):
        draft = Draft(
            plan,
            person_id=one.seat.person.id,
            payer_id=family.payer_id,
            starts_on=one.starts_on,
            ends_on=term_end(one.starts_on, plan.terms.term),
            price_minor=one.price_minor,
            previous_id=one.seat.contract.id,
        )
        contract = draw_up(draft, by=by)
        _cut(contract, new.ends_on)
        make_valid(contract, by=by, what="renewed")
        open_included(contract, by=by)
        _seat(family, contract, one.starts_on)
        charges.append(term_charge(contract, plan.terms, one.price_minor))
    return charges


def _family(request: JoinRequest, by: str) -> Family:
    family = family_held_by(request.holder_id)
    if family is not None:
        return family
    club_id = _club_of(request.holder_id).id
    family = Family(
        club_id=club_id,
        holder_id=request.holder_id,
        payer_id=request.payer_id or request.holder_id,
        made_by=by,
    )
    db.session.add(family)
    db.session.flush()
    return family


def _sign_for(offer: JoinOffer, person_id: int, payer_id: int, by: str) -> Contract:
    draft = Draft(
        offer.plan,
        person_id=person_id,
        payer_id=payer_id,
        starts_on=offer.starts_on,
        ends_on=term_end(offer.starts_on, offer.plan.terms.term),
        price_minor=offer.full_minor,
    )
    contract = draw_up(draft, by=by)
    _cut(contract, offer.ends_on)
    make_valid(contract, by=by)
    open_included(contract, by=by)
    return contract


def _cut(contract: Contract, ends_on: date | None) -> None:
    if ends_on is not None and contract.ends_on != ends_on:
        contract.ends_on = contract.cut_ends_on = ends_on
        db.session.flush()


def _charge(contract: Contract, offer: JoinOffer) -> Charge:
    if offer.plan.terms.kind is PlanKind.RECURRING:
        return term_charge(contract, offer.plan.terms, offer.price_minor)
    return Charge(
        contract,
        offer.plan.terms.name,
        offer.price_minor,
        contract.starts_on,
        contract.ends_on,
    )


def _seat(family: Family, contract: Contract, joined_on: date) -> None:
    db.session.add(
        FamilyMember(
            family_id=family.id,
            contract_id=contract.id,
            person_id=contract.person_id,
            joined_on=joined_on,
        )
    )
    db.session.flush()


def _close(contract: Contract, last_day: date, why: str, by: str) -> None:
    before = as_kept(contract)
    contract.cut_ends_on = last_day - timedelta(days=extra_days(contract.id))
    contract.ends_on = last_day
    contract.end_reason = why[:200]
    contract.version += 1
    db.session.flush()
    note_change(contract, "left_family", before=before, by=by, why=why)
    stop_fees(contract, by=by)
    if last_day < _today(contract.person_id):
        move(contract, ContractState.ENDED, moves=CONTRACT_MOVES, by=by, why=why)
        events.record(
            ContractEnded(contract.club_id, clock.now(), contract.id, contract.person_id, last_day)
        )


def _pays(contract: Contract, payer_id: int, by: str) -> None:
    before = {"payer_id": contract.payer_id}
    contract.payer_id = payer_id
    change_fees(contract, by=by)
    audit.note(
        "contract.payer_changed",
        "contract",
        contract.id,
        before=before,
        after={"payer_id": payer_id},
        by=by,
    )


def _changed(family: Family, what: str, by: str) -> None:
    after = {"holder_id": family.holder_id, "payer_id": family.payer_id}
    audit.note(f"family.{what}", "family", family.id, after=after, by=by)
    events.record(
        FamilyChanged(
            family.club_id, clock.now(), family.id, family.holder_id, family.payer_id, what
        )
    )


def _no_family_plan() -> DomainError:
    return DomainError(
        "NO_FAMILY_PLAN", _("The holder has no contract on a plan that takes further members.")
    )


def _holder_gone() -> str:
    return _("The contract of the family's holder has ended.")


def _club_of(person_id: int) -> Club:
    person = lock_person(person_id)
    if person is None:
        raise not_found(_("There is no such member."))
    return db.session.get_one(Club, person.club_id)


def _today(person_id: int) -> date:
    return clock.today(_club_of(person_id).zone)
