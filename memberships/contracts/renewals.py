"""Services room: the next term of a contract, accepted once from any door; units carried over.

Lock order: person, contract, lot. The guarded change of the offer's state and the unique
`previous_id` decide between two devices, or a link and the desk, on both databases alike.
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events, failpoints, formats
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.states import move
from clubcrm.people.queries.locks import held_person, lock_person
from memberships.contracts.catalogue import plan_version
from memberships.contracts.charges import charge, term_charge
from memberships.contracts.families import renew_family
from memberships.contracts.giving import GiftOrder, give_days
from memberships.contracts.history import overlapping
from memberships.contracts.included import keep_included, open_included
from memberships.contracts.lowering import count_use
from memberships.contracts.models import Contract
from memberships.contracts.next_terms import Terms, renewal_terms, starts_fresh
from memberships.contracts.offers import (
    OfferRequest,
    contract_of,
    offer_of,
    offer_renewal,
    refuse_comeback,
    refuse_outside_window,
    withdraw_rest,
)
from memberships.contracts.outlook import (
    Running,
    accepted_offers,
    best_open,
    deal_of,
    moved_on,
    running,
    successor_of,
)
from memberships.contracts.renewal_tables import OFFER_MOVES, OfferState, RenewalOffer
from memberships.contracts.renewal_terms import Carry, carried_units
from memberships.contracts.rules import ContractState
from memberships.contracts.services import Draft, complete, draw_up, make_valid, refuse_overlap
from memberships.events import ContractRenewed
from memberships.packages.moves import MoveOrder, has_moved, move_units
from memberships.packages.queries import lots_with_units

OFFER_DAYS = "offer_days"  # the source of the days that an accepted offer gives


@dataclass(frozen=True, slots=True)
class AcceptRequest:
    """Which offer is accepted, perhaps as another plan at today's list price.

    A clash with another plan's contract is refused unless somebody at the desk has seen it.
    `shown_minor` is the total before tax that the member was shown; None asks nobody.
    """

    offer_id: int
    plan_id: int | None = None
    clash_seen: bool = False
    shown_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """The contract of the next term; `is_new` is False when it had been accepted before."""

    contract: Contract
    is_new: bool


def accept_renewal(request: AcceptRequest, *, by: str) -> Renewal:
    """The member goes on for another term from the day after the old one; accepted once.

    A second acceptance, from whichever door, gives the same contract. Raises OFFER_EXPIRED after
    the last day, OFFER_WITHDRAWN, RENEWAL_REFUSED outside the window, CONTRACT_OVERLAPS.
    """
    offer = _held_offer(request.offer_id)
    known = _successor(offer.contract_id, by) or _accepted(offer)
    if known is not None:
        return Renewal(known, is_new=False)
    one, deal = running(contract_of(offer.contract_id)), deal_of(offer.id)
    _refuse_offer(offer, one.today)
    if starts_fresh(deal):
        refuse_comeback(one)
    else:
        refuse_outside_window(one)
    terms = renewal_terms(offer, request.plan_id, one)
    _refuse_other_price(terms, request.shown_minor)
    _refuse_clash(one, terms, seen=request.clash_seen)
    failpoints.hit("renewal.after_check")
    move(offer, OfferState.ACCEPTED, moves=OFFER_MOVES, by=by)
    contract = _next_contract(one, terms, by, is_fresh=starts_fresh(deal))
    count_use(contract, terms.promotion, by=by)
    offer.accepted_contract_id = contract.id
    offer.settled_at, offer.settled_by = clock.now(), by
    withdraw_rest(offer.contract_id, by=by)
    own = term_charge(contract, terms.plan.terms, terms.price_minor, terms.off_minor)
    others = [] if starts_fresh(deal) else renew_family(contract, terms.plan, by=by)
    note = terms.promotion.name if terms.promotion else ""
    charge(contract.payer_id, [own, *others], by=by, note=note)
    _add_days(contract, terms.bonus_days, offer, by)
    audit.note(
        "renewal.accepted",
        "renewal_offer",
        offer.id,
        after={"contract_id": contract.id, "price_minor": terms.price_minor},
        by=by,
    )
    if not starts_fresh(deal):
        _tell(contract, one.contract.id, offer.id)
    return Renewal(contract, is_new=True)


def _held_offer(offer_id: int) -> RenewalOffer:
    """Return the offer as it stands now that nobody else changes its member's contracts."""
    offer = offer_of(offer_id)
    if held_person(offer.person_id) is None:
        lock_person(offer.person_id)
        offer = offer_of(offer_id)
    return offer


def _tell(contract: Contract, old_id: int, offer_id: int) -> None:
    events.record(
        ContractRenewed(
            contract.club_id,
            clock.now(),
            contract.id,
            contract.person_id,
            old_id,
            offer_id,
            contract.price_minor,
            contract.starts_on,
            contract.ends_on,
        )
    )


def _add_days(contract: Contract, days: int, offer: RenewalOffer, by: str) -> None:
    if days and contract.ends_on is not None:
        why = _("Promised with the offer")
        give_days(GiftOrder(contract.id, days, why, str(offer.id), OFFER_DAYS), by=by)


def renew(contract_id: int, *, by: str, plan_id: int | None = None, clash_seen: bool) -> Renewal:
    """The contract is renewed at the desk or by a program, by an offer accepted at once."""
    contract = contract_of(contract_id)
    if lock_person(contract.person_id) is None:
        raise not_found(_("There is no such member."))
    known = _successor(contract_id, by)
    if known is not None:
        return Renewal(known, is_new=False)
    one = running(contract)
    offer = best_open(contract_id, plan_id or one.plan.plan_id, one.today)
    if offer is None:
        offer = offer_renewal(OfferRequest(contract_id, plan_id), by=by)
    return accept_renewal(AcceptRequest(offer.id, clash_seen=clash_seen), by=by)


def carry_over(contract_id: int, *, by: str) -> int:
    """Unused units of a contract that is over stand in the next one; returns how many moved."""
    following = successor_of(contract_id)
    if following is None:
        return 0
    one = running(contract_of(contract_id))
    if one.conditions.carry is Carry.ALL:
        keep_included(contract_id, following.ends_on, by=by)
    plan = plan_version(following.plan_version_id)
    cause = f"renewal:{following.id}"
    if plan.terms.visits is None or has_moved(cause):
        return 0
    moved = 0
    for lot_id, left in lots_with_units(contract_id):
        allowed = carried_units(moved + left, one.conditions) - moved
        order = MoveOrder(
            lot_id,
            min(left, allowed),
            following.person_id,
            following.id,
            following.ends_on,
            cause,
        )
        moved += move_units(order, by=by) if order.units > 0 else 0
    return moved


def _successor(contract_id: int, by: str) -> Contract | None:
    """Return the next contract; one declared void gives its place free, so that one may renew."""
    known = successor_of(contract_id)
    if known is None or moved_on(contract_id):
        return None
    if known.state is not ContractState.VOID:
        return known
    known.previous_id = None
    db.session.flush()
    for offer in accepted_offers(contract_id):
        offer.accepted_contract_id = None
        move(offer, OfferState.WITHDRAWN, moves=OFFER_MOVES, by=by, why=known.number)
    audit.note("renewal.void", "contract", known.id, before={"previous_id": contract_id}, by=by)
    return None


def _accepted(offer: RenewalOffer) -> Contract | None:
    """Return the contract that came of an accepted offer; one declared void stands for none."""
    if offer.state is not OfferState.ACCEPTED or offer.accepted_contract_id is None:
        return None
    made = contract_of(offer.accepted_contract_id)
    return None if made.state is ContractState.VOID else made


def _refuse_offer(offer: RenewalOffer, today: date) -> None:
    if offer.state is OfferState.WITHDRAWN:
        raise DomainError("OFFER_WITHDRAWN", _("The club has taken this offer back. Ask the desk."))
    if offer.expires_on < today:
        raise DomainError(
            "OFFER_EXPIRED",
            _(
                "This offer was good until %(day)s. The desk will gladly make you a new one.",
                day=formats.day(offer.expires_on),
            ),
        )


def _refuse_other_price(terms: Terms, shown_minor: int | None) -> None:
    if shown_minor is not None and shown_minor != terms.total_minor:
        text = _("The price has changed since you opened this page. Please look again.")
        raise DomainError("PRICE_CHANGED", text)


def _refuse_clash(one: Running, terms: Terms, *, seen: bool) -> None:
    contract = one.contract
    same = overlapping(contract.person_id, terms.plan.plan_id, terms.starts_on, terms.ends_on)
    if same is not None and same.contract_id != contract.id:
        refuse_overlap(same.number)
    if terms.clash and not seen:
        text = _("Contract %(number)s already covers some of these days.", number=terms.clash)
        raise DomainError("CONTRACT_OVERLAPS", text, extra={"contract": terms.clash})


def _next_contract(one: Running, terms: Terms, by: str, *, is_fresh: bool) -> Contract:
    draft = Draft(
        terms.plan,
        person_id=one.contract.person_id,
        payer_id=one.contract.payer_id,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        price_minor=terms.kept_minor,
        previous_id=None if is_fresh else one.contract.id,
    )
    contract = draw_up(draft, by=by)
    if is_fresh:
        complete(contract, by=by, kind=terms.plan.terms.kind)
        return contract
    make_valid(contract, by=by, what="renewed")
    open_included(contract, by=by)
    if one.contract.ends_on is not None and one.contract.ends_on < one.today:
        carry_over(one.contract.id, by=by)
    return contract
