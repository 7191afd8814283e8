"""Views room: the offer of the next term on a phone: the member's year, the terms, one button.

Reached by a link of its own or from the member's page; a look never changes anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.idempotency import new_key
from clubcrm.core.policy import member_link
from memberships.billing.gateways.links import pay_token
from memberships.billing.gateways.one_tap import Tap, cards_of, pay_by_tap
from memberships.billing.gateways.queries import Bill, bill
from memberships.billing.gateways.registry import offered
from memberships.billing.gateways.rules import IntentState
from memberships.billing.gateways.views.pay import go, open_to
from memberships.billing.writing import document_of_source
from memberships.contracts import next_terms, offers, outlook, renewals, selling
from memberships.contracts.catalogue import plan_for_id, plans_on_sale
from memberships.contracts.charges import SOURCE
from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.links import OFFER_PURPOSE
from memberships.contracts.models import Contract
from memberships.contracts.renewal_tables import DeclineReason, OfferState, RenewalOffer
from memberships.contracts.rules import NOT_RENEWED
from memberships.contracts.words import length_words
from memberships.portal import queries, services
from memberships.portal.views.frame import (
    OFFER,
    OWN,
    by_member,
    linked,
    member_by,
    page_of,
    portal,
    year_of_member,
)
from memberships.portal.words import decline_words, offer_title


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody came to an offer: whose it is, and the addresses of its page."""

    member: queries.Member
    offer: RenewalOffer
    page: str
    pay: str
    ask: str
    rest: str


@portal.get("/renew/<token>")
@member_link(OFFER)
def offer(token: str) -> ResponseReturnValue:
    """The member's year, the next term, and one button."""
    return _page(_linked(token))


@portal.post("/renew/<token>")
@member_link(OFFER)
def answer(token: str) -> ResponseReturnValue:
    """The member goes on, or has said why not."""
    return _answer(_linked(token))


@portal.post("/renew/<token>/pay")
@member_link(OFFER, own_units=True)
def accept_and_pay(token: str) -> ResponseReturnValue:
    """The member goes on, and his browser at the gateway he chose."""
    return _pay(lambda: _linked(token))


@portal.post("/renew/<token>/ask")
@member_link(OFFER)
def ask_club(token: str) -> ResponseReturnValue:
    """The desk knows the member's question."""
    return _ask(_linked(token))


@portal.get("/my/<token>/renew/<offer_id>")
@member_link(OWN)
def own_offer(token: str, offer_id: str) -> ResponseReturnValue:
    """The offer of the next term, from the member's own page."""
    return _page(_own(token, offer_id))


@portal.post("/my/<token>/renew/<offer_id>")
@member_link(OWN)
def answer_own(token: str, offer_id: str) -> ResponseReturnValue:
    """The member goes on, or has said why not."""
    return _answer(_own(token, offer_id))


@portal.post("/my/<token>/renew/<offer_id>/pay")
@member_link(OWN, own_units=True)
def pay_own(token: str, offer_id: str) -> ResponseReturnValue:
    """The member goes on, and his browser at the gateway he chose."""
    return _pay(lambda: _own(token, offer_id))


@portal.post("/my/<token>/renew/<offer_id>/ask")
@member_link(OWN)
def ask_own(token: str, offer_id: str) -> ResponseReturnValue:
    """The desk knows the member's question."""
    return _ask(_own(token, offer_id))


def _linked(token: str) -> Door:
    member, subject = linked(OFFER_PURPOSE, token)
    page, pay, ask, rest = (url_for(f"portal.{one}", token=token) for one in LINKED)
    return Door(member, _offer_of(member, subject), page, pay, ask, rest)


def _own(token: str, offer_id: str) -> Door:
    member = member_by(token)
    found = _offer_of(member, offer_id)
    page, pay, ask = (url_for(f"portal.{one}", token=token, offer_id=offer_id) for one in OWNED)
    old = offers.contract_of(found.contract_id).public_id
    rest = url_for("portal.freeze", token=token, contract=old)
    return Door(member, found, page, pay, ask, rest)


LINKED = ("offer", "accept_and_pay", "ask_club", "rest_by_offer")
OWNED = ("own_offer", "pay_own", "ask_own")


def _offer_of(member: queries.Member, public_id: str) -> RenewalOffer:
    found = outlook.offer_of_id(public_id)
    if found is None or found.person_id != member.person_id:
        raise not_found(_("There is no such offer."))
    return found


def _answer(door: Door) -> ResponseReturnValue:
    try:
        if request.form.get("answer") == "no":
            _decline(door)
        else:
            _accept(door)
    except ValueError:
        return _page(door, _("Choose a reason.")), 400
    except DomainError as error:
        return _page(door, error.text), error.status
    return redirect(door.page, 303)


def _decline(door: Door) -> None:
    reason = DeclineReason(request.form.get("reason", ""))
    words = request.form.get("words", "")
    offers.decline_renewal(door.offer.id, reason, by=by_member(door.member), words=words)


def _accept(door: Door) -> renewals.Renewal:
    plan = plan_for_id(door.member.club_id, request.form.get("plan", ""))
    shown = request.form.get("shown", "")
    asked = renewals.AcceptRequest(
        door.offer.id,
        plan.plan_id if plan else None,
        shown_minor=int(shown) if shown.isdecimal() and shown.isascii() else None,
    )
    return renewals.accept_renewal(asked, by=by_member(door.member))


def _pay(come_in: Callable[[], Door]) -> ResponseReturnValue:
    """Accept, unless that is done, and begin the payment; each step in a transaction of its own."""
    card = request.form.get("card", "")
    try:
        with unit_of_work():
            door = come_in()
            wanted = _own_bill(door, _accept(door).contract)
            by, page = by_member(door.member), door.page
            token = pay_token(wanted.invoice_id, wanted.payer_id, by=by) if wanted else ""
        if wanted is None:
            return redirect(page, 303)
        if not card:
            return go(token)
        tap = Tap(wanted.invoice_id, wanted.payer_id, card, _key(), _text(wanted))
        state = pay_by_tap(tap, by=by)
    except DomainError as error:
        return _again(come_in, error.text, error.status)
    if state is IntentState.FAILED:
        sorry = _("The card was not charged. Try another way, or pay at the desk.")
        return _again(come_in, sorry, 402)
    if state is IntentState.OPEN:
        waiting = _("We are waiting for word of your payment. Look at this page again in a while.")
        return _again(come_in, waiting, 202)
    return redirect(page, 303)


def _again(come_in: Callable[[], Door], refusal: str, status: int) -> ResponseReturnValue:
    with unit_of_work(write=False):
        return _page(come_in(), refusal), status


def _own_bill(door: Door, contract: Contract) -> Bill | None:
    """Return what the member himself has to pay for the new term, None when that is nothing."""
    invoice = document_of_source(SOURCE, str(contract.id))
    wanted = bill(invoice.id) if invoice else None
    if wanted is None or wanted.open_minor <= 0 or wanted.payer_id != door.member.person_id:
        return None
    return wanted


def _key() -> str:
    return (request.form.get("_key") or new_key())[:60]


def _text(wanted: Bill) -> str:
    return _("%(club)s: invoice %(number)s", club=wanted.club_name, number=wanted.number)


def _ask(door: Door) -> ResponseReturnValue:
    services.ask_club(door.member, "renewal", request.form.get("words", ""))
    return redirect(f"{door.page}?asked=1", 303)


def _page(door: Door, refusal: str = "") -> Response:
    member, found = door.member, door.offer
    today = clock.today(member.zone)
    old = offers.contract_of(found.contract_id)
    made = _made(found)
    pays = old.payer_id == member.person_id
    ways = offered(member.club_id, member.currency) if pays else []
    more = _settled(made) if made else _open(door)
    page = page_of(
        member,
        "offer",
        door=door,
        offer=found,
        today=today,
        year=year_of_member(member, today),
        ways=ways,
        cards=cards_of(member.person_id) if pays else [],
        made=made,
        is_over=found.expires_on < today or found.state is OfferState.WITHDRAWN,
        declined=found.state is OfferState.DECLINED,
        asked=request.args.get("asked") == "1",
        break_address=door.rest if _runs(old, today) else "",
        refusal=refusal,
        **more,
    )
    return open_to(page, ways)


def _runs(old: Contract, today: date) -> bool:
    return old.ends_on is not None and today <= old.ends_on


def _made(found: RenewalOffer) -> Contract | None:
    """Return the contract by which the member goes on already, whichever door it came through."""
    following = outlook.successor_of(found.contract_id)
    if following is None and found.accepted_contract_id is not None:
        following = offers.contract_of(found.accepted_contract_id)
    return following


def _before(terms: next_terms.Terms, deal: OfferDeal | None, *, is_offered: bool) -> int:
    """Return the price that is struck through: the list price, or what the offer rises to."""
    if terms.promotion is not None:
        return terms.promotion.list_minor
    return deal.list_minor if deal and is_offered else terms.list_minor


def _settled(made: Contract) -> dict[str, Any]:
    invoice = document_of_source(SOURCE, str(made.id))
    return {"bill": bill(invoice.id) if invoice else None}


def _open(door: Door) -> dict[str, Any]:
    member, found = door.member, door.offer
    chosen = plan_for_id(member.club_id, request.values.get("plan", ""))
    terms = next_terms.renewal_terms(found, chosen.plan_id if chosen else None)
    deal = outlook.deal_of(found.id)
    list_minor = _before(terms, deal, is_offered=chosen is None)
    prices = [terms.price_minor, terms.list_minor, list_minor, *(p for _n, p in terms.members)]
    gross = selling.with_tax(terms.plan, prices)
    plans = [plan for plan in plans_on_sale(member.club_id) if plan.terms.kind not in NOT_RENEWED]
    return {
        "terms": terms,
        "deal": deal,
        "price_minor": gross[0],
        "later_minor": gross[1],
        "list_minor": gross[2],
        "total_minor": gross[0] + sum(gross[3:]),
        "family": [(name, gross[3 + place]) for place, (name, _p) in enumerate(terms.members)],
        "plans": [(plan, selling.with_tax(plan, [plan.terms.price_minor])[0]) for plan in plans],
        "length_words": length_words,
        # Said by the page, which speaks the member's language.
        "title": partial(
            offer_title, deal, offers.contract_of(found.contract_id), clock.today(member.zone)
        ),
        "reasons": DeclineReason,
        "reason_words": decline_words,
    }
