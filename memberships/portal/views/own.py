"""Views room: a member's own pages, reached by link: plan, ledger, freeze, cancel.

A look never changes anything; every act is a form of its own.
"""

from datetime import date
from typing import Any

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import member_link
from clubcrm.core.web import typed
from memberships.billing.gateways.queries import methods_of
from memberships.billing.gateways.registry import offered
from memberships.billing.queries import account_of
from memberships.contracts import cancelling, freezes, history, offers
from memberships.contracts.catalogue import terms_of
from memberships.contracts.freeze_catalogue import freeze_types_offered, kinds_for
from memberships.contracts.leaving import CancelReason
from memberships.contracts.links import OFFER_PURPOSE
from memberships.contracts.outlook import offer_of_id, open_offers
from memberships.contracts.rules import ContractState
from memberships.contracts.words import cancel_reason_words, cause_words, status_words
from memberships.packages.offers import filled_packages
from memberships.portal import queries, services
from memberships.portal.rules import ScanShown
from memberships.portal.views.frame import (
    OFFER,
    OWN,
    by_member,
    in_language_of,
    linked,
    member_by,
    page_of,
    portal,
    year_of_member,
)
from memberships.portal.words import use_words
from memberships.schedule.board import next_classes
from memberships.schedule.words import STATES
from memberships.trainers.roster import headlines_of, trainers_of_client
from memberships.trainers.services import code_today


@portal.get("/my/<token>")
@member_link(OWN)
def home(token: str) -> ResponseReturnValue:
    """Plan, last day, visits, what is open, and what may be done."""
    member = member_by(token)
    today = clock.today(member.zone)
    rows = history.contracts_of(member.person_id)
    running = [row for row in rows if _runs(row, today)]
    waiting = [offer for row in running for offer in open_offers(row.contract_id)]
    trainers = trainers_of_client(member.person_id, today)
    return page_of(
        member,
        "home",
        trainers=trainers,
        headlines=headlines_of([one[0] for one in trainers]),
        token=token,
        year=year_of_member(member, today),
        running=running,
        standing=history.standing_on(member.person_id, today),
        status_words=status_words,
        cause_words=cause_words,
        offer=waiting[0] if waiting else None,
        account=account_of(member.person_id, member.club_id),
        packages=[row for row in filled_packages([member.person_id]) if row.is_open(today)],
        code=code_today(member.public_id, member.zone),
        cards=methods_of(member.person_id),
        adds_cards=any(way.adds_methods for way in offered(member.club_id, member.currency)),
        booked=next_classes(member.person_id, clock.now()),
        places=_places(member, token),
        states=STATES,
    )


def _places(member: queries.Member, token: str) -> list[tuple[str, str, str, str]]:
    """Return where upper floors lead from here, in the member's language."""
    finders = current_app.extensions.get("club_own_places", ())
    with in_language_of(member):
        found = [find(member.person_id, member.club_id, token) for find in finders]
    return [place for place in found if place]


@portal.get("/my/<token>/ledger")
@member_link(OWN)
def ledger(token: str) -> ResponseReturnValue:
    """Every unit and every document, each debit with a button to ask about it."""
    member = member_by(token)
    uses = queries.uses_of(member.person_id)
    return page_of(
        member,
        "ledger",
        token=token,
        uses=uses,
        use_words=use_words,
        asked=queries.questions_about([use.entry_id for use in uses]),
        documents=queries.invoices_of(member.person_id),
        account=account_of(member.person_id, member.club_id),
    )


@portal.route("/my/<token>/ledger/<int:entry_id>", methods=["GET", "POST"])
@member_link(OWN)
def ask(token: str, entry_id: int) -> ResponseReturnValue:
    """One debit with its scan and rule, and the button that asks the desk."""
    member = member_by(token)
    if request.method == "POST":
        services.ask_about(member, entry_id, request.form.get("words", ""))
        return redirect(url_for("portal.ledger", token=token, _anchor=f"line-{entry_id}"), 303)
    use = queries.use_of(entry_id)
    if use is None or use.person_id != member.person_id:
        raise not_found(_("There is no such line."))
    asked = queries.questions_about([entry_id]).get(entry_id)
    return page_of(
        member, "ask", token=token, use=use, use_words=use_words, scan=scan_of(use), asked=asked
    )


@portal.route("/my/<token>/freeze/<contract>", methods=["GET", "POST"])
@member_link(OWN)
def freeze(token: str, contract: str) -> ResponseReturnValue:
    """Choose days, see the new last day and the price, freeze."""
    member, row = _own_contract(token, contract)
    return _rest(member, row, url_for("portal.home", token=token))


@portal.route("/renew/<token>/break", methods=["GET", "POST"])
@member_link(OFFER)
def rest_by_offer(token: str) -> ResponseReturnValue:
    """A break instead of an answer: the contract of the offer stands still for some days."""
    member, subject = linked(OFFER_PURPOSE, token)
    offer = offer_of_id(subject)
    rows = history.contracts_of(member.person_id)
    row = next((one for one in rows if offer and one.contract_id == offer.contract_id), None)
    if row is None or row.state is not ContractState.SIGNED:
        raise not_found(_("There is no such contract."))
    return _rest(member, row, url_for("portal.offer", token=token))


def _rest(member: queries.Member, row: history.ContractRow, back: str) -> ResponseReturnValue:
    kinds = kinds_for(_terms(row), freeze_types_offered(member.club_id))
    more: dict[str, Any] = {"back": back, "row": row, "kinds": kinds, "shown": None}
    more["refusal"], more["typed"] = "", typed()
    asked = _freeze_request(row, kinds)
    status = 200
    try:
        if request.method == "POST" and asked is not None:
            freezes.freeze_contract(asked, by=by_member(member))
            return redirect(back, 303)
        if asked is not None:
            more["shown"] = freezes.freeze_preview(asked)
    except DomainError as error:
        more["refusal"], status = error.text, error.status
    return page_of(member, "freeze", **more), status


@portal.route("/my/<token>/cancel/<contract>", methods=["GET", "POST"])
@member_link(OWN)
def cancel(token: str, contract: str) -> ResponseReturnValue:
    """Say why, see last day, last charge and fee, cancel."""
    member, row = _own_contract(token, contract)
    reason = next((one for one in CancelReason if one.value == typed().get("reason")), None)
    more: dict[str, Any] = {"token": token, "row": row, "chosen": reason}
    more |= {"reasons": CancelReason, "reason_words": cancel_reason_words}
    more |= {"refusal": "", "shown": None, "note": typed().get("note", "")}
    status = 200
    try:
        if reason is not None:
            asked = cancelling.CancelRequest(row.contract_id, reason, more["note"])
            if request.method == "POST":
                cancelling.cancel_contract(asked, by=by_member(member))
                return redirect(url_for("portal.home", token=token), 303)
            more["shown"] = cancelling.cancel_preview(asked)
    except DomainError as error:
        more["refusal"], status = error.text, error.status
    return page_of(member, "cancel", **more), status


def scan_of(use: queries.UnitUse) -> ScanShown | None:
    """Return the scan that used a unit, when it was a visit."""
    find = current_app.extensions["club_scan_of"]
    found: ScanShown | None = find(use.source_id) if use.source_kind == "visit" else None
    return found


def _own_contract(token: str, public_id: str) -> tuple[queries.Member, history.ContractRow]:
    member = member_by(token)
    rows = history.contracts_of(member.person_id)
    row = next((one for one in rows if one.public_id == public_id), None)
    if row is None or row.state is not ContractState.SIGNED:
        raise not_found(_("There is no such contract."))
    return member, row


def _terms(row: history.ContractRow) -> Any:
    return terms_of(offers.contract_of(row.contract_id).plan_version_id)


def _runs(row: history.ContractRow, today: date) -> bool:
    return row.state is ContractState.SIGNED and (row.ends_on is None or row.ends_on >= today)


def _freeze_request(row: history.ContractRow, kinds: list[Any]) -> freezes.FreezeRequest | None:
    try:
        first = date.fromisoformat(typed().get("from_on", ""))
        last = date.fromisoformat(typed().get("until_on", ""))
    except ValueError:
        return None
    wish = typed().get("kind", "")
    kind = next((one for one in kinds if one.public_id == wish), kinds[0] if kinds else None)
    reason = typed().get("reason", "") or _("Asked by the member")
    return freezes.FreezeRequest(
        row.contract_id, first, last, reason, kind.type_id if kind else None
    )
