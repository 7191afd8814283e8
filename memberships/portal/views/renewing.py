"""Views room: whose contracts end soon, offers by their code, letters, and the club's rules."""

from dataclasses import fields

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.contracts import due, history, touch_offers
from memberships.contracts.deals import LIMITS, Benefit, OfferRules, rules_from
from memberships.contracts.kin import public_id_of
from memberships.contracts.offers import contract_of
from memberships.permissions import EDIT_PLANS, SEE_CONTRACTS, SIGN_CONTRACTS
from memberships.portal.letter import renewal_letter
from memberships.portal.words import benefit_words, decline_words, fault_words, span_names

renewing = Blueprint("renewing", __name__)
FOLDER = "memberships/portal"
PER_PAGE = 50


@renewing.get("/renewals")
@require(SEE_CONTRACTS)
def index() -> ResponseReturnValue:
    """Whose contract ends soon or has ended without a next one, the soonest first."""
    club = current_club()
    today = clock.today(club.zone)
    spans, names = due.last_days(today), span_names()
    chosen = request.args.get("show", "month")
    chosen = chosen if chosen in spans else "month"
    counts = due.count_due(club.id, list(spans.values()))
    chips = [
        (names[name], url_for("renewing.index", show=name), name == chosen, count)
        for name, count in zip(spans, counts, strict=True)
    ]
    rows = due.due_rows(club.id, *spans[chosen], after_id=asked_key("after"), limit=PER_PAGE + 1)
    return render_template(
        f"{FOLDER}/due.html",
        page=page_of(rows, PER_PAGE, lambda row: row.contract_id, "after"),
        chosen=chosen,
        chips=chips,
        today=today,
        reason_words=decline_words,
        code=request.args.get("code", ""),
        unknown=bool(request.args.get("unknown")),
    )


@renewing.get("/renewals/code")
@require(SEE_CONTRACTS)
def by_code() -> ResponseReturnValue:
    """The contract whose offer has the code that a member says."""
    typed = request.args.get("code", "")[:20]
    offer = due.offer_by_code(current_actor().scope, typed)
    if offer is None:
        return redirect(url_for("renewing.index", code=typed, unknown=1), 303)
    contract = contract_of(offer.contract_id)
    return redirect(
        url_for(
            "going_on.show",
            person_id=public_id_of(offer.person_id),
            contract=contract.public_id,
        ),
        303,
    )


@renewing.post("/members/<person_id>/contracts/<contract>/renewal-letter")
@require(SIGN_CONTRACTS)
def letter(person_id: str, contract: str) -> ResponseReturnValue:
    """The offer on paper, with the member's year and a code that opens it on a phone."""
    person = person_in(current_actor().scope, person_id)
    row = history.contract_for(current_actor().scope, contract)
    if row is None or row.person_id != person.id:
        raise not_found(_("There is no such contract."))
    pdf = renewal_letter(row.contract_id, by=current_actor().ref)
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="renewal.pdf"'
    return answer


@renewing.get("/settings/renewals")
@require(EDIT_PLANS)
def rules() -> ResponseReturnValue:
    """When a renewal is open, and what the club gives to whom."""
    return _rules_page({})


@renewing.post("/settings/renewals")
@require(EDIT_PLANS)
def save_rules() -> ResponseReturnValue:
    """New offers follow these rules; those already made keep their terms."""
    club_id = current_club().id
    try:
        window = _number("days_before"), _number("days_after")
        touch_offers.set_offer_rules(club_id, _typed(), window, by=current_actor().ref)
    except DomainError as error:
        return _rules_page({one.field: fault_words(one.message) for one in error.fields}), 400
    flash(_("Saved. Offers made from now on follow these rules."), "success")
    return redirect(url_for("renewing.rules"), 303)


def _typed() -> OfferRules:
    known = {benefit.value for benefit in Benefit}
    benefits = {
        one.name: request.form[one.name]
        for one in fields(OfferRules)
        if request.form.get(one.name) in known
    }
    return rules_from({name: _number(name) for name in LIMITS} | benefits)


def _number(name: str) -> int:
    text = ascii_digits(request.form.get(name, "").strip())
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def _rules_page(faults: dict[str, str]) -> str:
    club = current_club()
    before, after = touch_offers.club_window(club.id)
    return render_template(
        f"{FOLDER}/rules.html",
        club=club,
        rules=touch_offers.offer_rules(club.id),
        before=before,
        after=after,
        benefits=[(one.value, benefit_words(one)) for one in Benefit],
        faults=faults,
        typed=request.form,
    )
