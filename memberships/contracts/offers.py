"""Services room: offers of the next term: made once, taken back, declined with a reason."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from clubcrm.core import audit, clock, events, formats
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import move
from clubcrm.core.text import clean
from memberships.contracts.catalogue import PlanOnSale, plan_by_id
from memberships.contracts.kin import seat_of
from memberships.contracts.leaving import LeaveReason
from memberships.contracts.models import Contract, PlanState
from memberships.contracts.outlook import (
    Running,
    best_open,
    moved_on,
    open_offers,
    running,
    window_of,
)
from memberships.contracts.reason_tables import ReasonSource
from memberships.contracts.reasons import ReasonGiven, give_reason
from memberships.contracts.renewal_tables import (
    OFFER_MOVES,
    DeclineReason,
    OfferState,
    RenewalOffer,
)
from memberships.contracts.renewal_terms import early_until
from memberships.contracts.rules import NOT_RENEWED, ContractState
from memberships.events import RenewalDeclined

SAID = {
    DeclineReason.PRICE: LeaveReason.PRICE,
    DeclineReason.TIME: LeaveReason.TIME,
    DeclineReason.MOVING: LeaveReason.MOVED_AWAY,
    DeclineReason.HEALTH: LeaveReason.INJURY,
    DeclineReason.CLUB: LeaveReason.SERVICE,
    DeclineReason.OTHER_CLUB: LeaveReason.COMPETITOR,
    DeclineReason.LATER: LeaveReason.LATER,
    DeclineReason.OTHER: LeaveReason.OTHER,
}


@dataclass(frozen=True, slots=True)
class OfferRequest:
    """Which contract may go on, as which plan (its own by default), at which price, until when.

    What is left out follows the plan: its price, its early price, the last day of the window.
    """

    contract_id: int
    plan_id: int | None = None
    price_minor: int | None = None
    early_price_minor: int | None = None
    early_until: date | None = None
    expires_on: date | None = None


def offer_renewal(request: OfferRequest, *, by: str) -> RenewalOffer:
    """The member has an offer for the next term; the same offer asked again is the one he has.

    Raises RENEWAL_REFUSED with the rule in its way, NOT_ON_SALE for a plan nobody may buy.
    """
    one = running(contract_of(request.contract_id))
    window = window_of(one)
    refuse_renewal(one)
    plan = next_plan(one, request.plan_id)
    expires_on = request.expires_on or (window.last if window else one.today)
    if expires_on < one.today:
        raise invalid({"expires_on": _("The offer would be over before it begins.")})
    known = _known(one, plan, request)
    if known is not None:
        return known
    early, until = _early(one, plan, request)
    offer = RenewalOffer(
        club_id=one.contract.club_id,
        person_id=one.contract.person_id,
        contract_id=one.contract.id,
        plan_version_id=plan.version_id,
        price_minor=_price(plan, request),
        early_price_minor=early,
        early_until=until,
        currency=plan.terms.currency,
        expires_on=expires_on,
        state=OfferState.OPEN,
        made_by=by,
    )
    db.session.add(offer)
    db.session.flush()
    audit.note("renewal.offered", "renewal_offer", offer.id, after=_as_kept(offer), by=by)
    return offer


def decline_renewal(offer_id: int, reason: DeclineReason, *, by: str, words: str = "") -> None:
    """The member has said no, and why; he may still accept while the offer lasts.

    Declining twice keeps the first reason.
    """
    offer = offer_of(offer_id)
    if offer.state is OfferState.DECLINED:
        return
    said = clean(words, "words", longest=300)
    _settle(offer, OfferState.DECLINED, by)
    offer.reason, offer.words = reason, said
    db.session.flush()
    given = ReasonGiven(offer.contract_id, SAID[reason], ReasonSource.OFFER, said)
    give_reason(given, by=by)
    audit.note("renewal.declined", "renewal_offer", offer.id, after={"reason": reason.value}, by=by)
    events.record(
        RenewalDeclined(
            offer.club_id,
            clock.now(),
            offer.id,
            offer.contract_id,
            offer.person_id,
            reason.value,
        )
    )


def withdraw_offer(offer_id: int, *, by: str) -> None:
    """The offer may not be accepted any more."""
    offer = offer_of(offer_id)
    _settle(offer, OfferState.WITHDRAWN, by)
    audit.note("renewal.withdrawn", "renewal_offer", offer.id, by=by)


def withdraw_rest(contract_id: int, *, by: str) -> None:
    """No offer of the contract is open any more."""
    for offer in open_offers(contract_id):
        _settle(offer, OfferState.WITHDRAWN, by)


def offer_of(offer_id: int) -> RenewalOffer:
    """Return the offer as it stands now; raises NOT_FOUND."""
    offer = _session().get(RenewalOffer, offer_id, populate_existing=True)
    if offer is None:
        raise not_found(_("There is no such offer."))
    return offer


def contract_of(contract_id: int) -> Contract:
    """Return the contract as it stands now; raises NOT_FOUND."""
    contract = _session().get(Contract, contract_id, populate_existing=True)
    if contract is None:
        raise not_found(_("There is no such contract."))
    return contract


def next_plan(one: Running, plan_id: int | None) -> PlanOnSale:
    """Return the plan of the next term with its newest terms; raises NOT_ON_SALE."""
    plan = plan_by_id(plan_id or one.plan.plan_id)
    if plan is None or plan.club_id != one.contract.club_id:
        raise not_found(_("There is no such plan."))
    if plan.state is not PlanState.ON_SALE or plan.terms.kind in NOT_RENEWED:
        raise DomainError("NOT_ON_SALE", _("This plan is no longer on sale."))
    return plan


def refuse_renewal(one: Running) -> None:
    """Raise RENEWAL_REFUSED for a contract that has no next term to offer."""
    contract = one.contract
    if contract.state not in {ContractState.SIGNED, ContractState.ENDED}:
        raise _refused("not_signed", _("Only a signed contract can be renewed."))
    if contract.ends_on is None:
        raise _refused("rolls_on", _("This contract runs on by itself until it is cancelled."))
    if seat_of(contract.id) is not None:
        raise _refused("family", _("It is renewed with the contract of the family's holder."))
    if moved_on(contract.id):
        raise _refused("moved_on", _("It goes on as another contract. Renew that one."))
    window = window_of(one)
    if window is not None and one.today > window.last:
        last = formats.day(window.last)
        raise _refused(
            "too_late",
            _("It could be renewed until %(day)s. Sign a new contract instead.", day=last),
        )


def refuse_outside_window(one: Running) -> None:
    """Raise RENEWAL_REFUSED when the contract may not be renewed today."""
    refuse_renewal(one)
    window = window_of(one)
    if window is not None and one.today < window.first:
        first = formats.day(window.first)
        raise _refused("too_early", _("It can be renewed from %(day)s.", day=first))


def refuse_comeback(one: Running) -> None:
    """Raise RENEWAL_REFUSED for a contract after which nobody comes back: it runs, or goes on."""
    contract = one.contract
    if contract.state not in {ContractState.SIGNED, ContractState.ENDED}:
        raise _refused("not_signed", _("Only a signed contract can be renewed."))
    if contract.ends_on is None or contract.ends_on >= one.today:
        raise _refused("still_running", _("This contract is still running. Renew it instead."))
    if seat_of(contract.id) is not None:
        raise _refused("family", _("It is renewed with the contract of the family's holder."))
    if moved_on(contract.id):
        raise _refused("moved_on", _("It goes on as another contract. Renew that one."))


def _refused(rule: str, text: str) -> DomainError:
    return DomainError("RENEWAL_REFUSED", text, extra={"rule": rule})


def _known(one: Running, plan: PlanOnSale, request: OfferRequest) -> RenewalOffer | None:
    """Return the offer he has: the best one, or the one with just these prices if any are named."""
    if request.price_minor is None and request.early_price_minor is None:
        best = best_open(one.contract.id, plan.plan_id, one.today)
        return best if best is None or best.state is OfferState.OPEN else None
    wanted = _price(plan, request), request.early_price_minor
    return next(
        (
            offer
            for offer in open_offers(one.contract.id)
            if offer.plan_version_id == plan.version_id
            and offer.expires_on >= one.today
            and (offer.price_minor, offer.early_price_minor) == wanted
        ),
        None,
    )


def _price(plan: PlanOnSale, request: OfferRequest) -> int:
    return plan.terms.price_minor if request.price_minor is None else request.price_minor


def _early(one: Running, plan: PlanOnSale, request: OfferRequest) -> tuple[int | None, date | None]:
    if request.early_price_minor is not None and request.early_until is not None:
        return request.early_price_minor, request.early_until
    if one.contract.ends_on is None or request.price_minor is not None:
        return None, None
    until = early_until(one.contract.ends_on, plan.terms.conditions)
    return (plan.terms.conditions.early_price_minor, until) if until else (None, None)


def _settle(offer: RenewalOffer, state: OfferState, by: str) -> None:
    move(offer, state, moves=OFFER_MOVES, by=by)
    offer.settled_at, offer.settled_by = clock.now(), by
    db.session.flush()


def _as_kept(offer: RenewalOffer) -> dict[str, object]:
    return {
        "contract_id": offer.contract_id,
        "plan_version_id": offer.plan_version_id,
        "price_minor": offer.price_minor,
        "early_price_minor": offer.early_price_minor,
        "early_until": offer.early_until.isoformat() if offer.early_until else None,
        "expires_on": offer.expires_on.isoformat(),
    }


def _session() -> Session:
    return db.session()
