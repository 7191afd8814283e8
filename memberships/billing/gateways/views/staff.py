"""Views room: which gateways the club offers, money that waits for a decision, links to pay by."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.people.api import link_address, person_in
from memberships.billing.gateways import intents, returns
from memberships.billing.gateways.links import LINK_LIVES, PAGE, pay_token
from memberships.billing.gateways.models import PaymentIntent
from memberships.billing.gateways.pictures import qr_svg
from memberships.billing.gateways.queries import (
    bill,
    intent_by_ref,
    invoice_id_in,
    method_for,
    methods_of,
    review_rows,
)
from memberships.billing.gateways.registry import SHELVES, choose, gateway_keys, gateways, offered
from memberships.billing.gateways.rules import IntentState, ReturnState
from memberships.billing.gateways.views.pay import site_address
from memberships.billing.gateways.words import gateway_hint, keeping_words, review_words
from memberships.permissions import CHANGE_GATEWAYS, MAKE_PAY_LINKS, REVIEW_PAYMENTS

gateway_pages = Blueprint("gateways", __name__)
PER_PAGE = 50


@gateway_pages.get("/settings/gateways")
@require(CHANGE_GATEWAYS)
def choice() -> ResponseReturnValue:
    """Which ways of paying are set up here, and which of them this club offers."""
    club = current_club()
    keys = gateway_keys()
    return render_template(
        "memberships/gateways/choice.html",
        club=club,
        shelves=[one for one in SHELVES if one.takes(club.currency)],
        others=[one for one in SHELVES if not one.takes(club.currency)],
        missing={one.name: one.missing(keys) for one in SHELVES},
        chosen=[one.name for one in offered(club.id, club.currency)],
        hint=gateway_hint,
        keeps={one.name: keeping_words(one.name, one.keeping) for one in SHELVES},
        hears={name: one.hears_notices for name, one in gateways().items()},
        hook=lambda name: site_address() + url_for("pay.hook", gateway=name),
    )


@gateway_pages.post("/settings/gateways")
@require(CHANGE_GATEWAYS)
def choice_save() -> ResponseReturnValue:
    """Members pay these ways from now on."""
    club = current_club()
    choose(club.id, club.currency, request.form.getlist("gateways"), by=current_actor().ref)
    flash(_("Saved. Kept cards stay where they are, and so do all schedules."), "success")
    return redirect(url_for("gateways.choice"), 303)


@gateway_pages.get("/money/review")
@require(REVIEW_PAYMENTS)
def review() -> ResponseReturnValue:
    """Money that came and fits nowhere by itself."""
    rows = review_rows(current_actor().scope, after_id=asked_key("after"), limit=PER_PAGE + 1)
    return render_template(
        "memberships/gateways/review.html",
        page=page_of(rows, PER_PAGE, lambda row: row.intent.id, "after"),
        words=review_words,
        club=current_club(),
        decidable=lambda one: one.state is IntentState.REVIEW,
        acceptable=lambda one: one.why in {"late", "twice"},
        failed=lambda one: one is not None and one.state is ReturnState.FAILED,
    )


@gateway_pages.post("/money/review/<ref>/<act>")
@require(REVIEW_PAYMENTS)
def decide(ref: str, act: str) -> ResponseReturnValue:
    """A person has decided what becomes of it."""
    intent, by = _intent(ref), current_actor().ref
    if act == "accept":
        intents.accept(intent.id, by=by)
        flash(_("Taken as a payment."), "success")
    elif act == "return":
        intents.send_back(intent.id, by=by)
        flash(_("It goes back within a minute; look here whether it worked."), "success")
    elif act in {"again", "by-hand"}:
        _decide_return(intent, act, by=by)
    else:
        raise not_found(_("There is no such page."))
    return redirect(url_for("gateways.review"), 303)


def _decide_return(intent: PaymentIntent, act: str, *, by: str) -> None:
    failed = [
        row.returning
        for row in review_rows(current_actor().scope, after_id=intent.id - 1, limit=1)
        if row.intent.id == intent.id and row.returning is not None
    ]
    if not failed:
        raise not_found(_("Nothing of this goes back."))
    if act == "again":
        returns.try_again(failed[0], by=by)
        flash(_("It is tried again within a minute."), "success")
    else:
        returns.sent_by_hand(failed[0], by=by)
        flash(_("Written down: it went back by hand."), "success")


def _intent(ref: str) -> PaymentIntent:
    found = intent_by_ref(ref[:40])
    if found is None or not current_actor().scope.covers(found.club_id):
        raise not_found(_("There is no such payment."))
    return found


@gateway_pages.post("/invoices/<invoice_id>/pay-link")
@require(MAKE_PAY_LINKS)
def pay_link(invoice_id: str) -> ResponseReturnValue:
    """A link and a code by which the payer pays this invoice on a phone."""
    found = invoice_id_in(current_actor().scope, invoice_id)
    wanted = bill(found) if found else None
    if wanted is None:
        raise not_found(_("There is no such invoice."))
    if wanted.open_minor <= 0:
        raise invalid({"invoice": _("This invoice is paid already.")})
    token = pay_token(wanted.invoice_id, wanted.payer_id, by=current_actor().ref)
    address = link_address(PAGE, token)
    return render_template(
        "memberships/gateways/link.html",
        bill=wanted,
        address=address,
        code=qr_svg(address),
        until=clock.local_day(clock.now() + LINK_LIVES, wanted.zone),
        ways=offered(wanted.club_id, wanted.currency),
    )


@gateway_pages.get("/members/<person_id>/pay-methods")
@require(REVIEW_PAYMENTS)
def methods(person_id: str) -> ResponseReturnValue:
    """The cards a member lets the club charge, by the names their gateways give them."""
    person = person_in(current_actor().scope, person_id)
    return render_template(
        "memberships/gateways/methods.html",
        person=person,
        club=current_club(),
        methods=methods_of(person.id),
        titles={one.name: one.title for one in SHELVES},
        ready=frozenset(gateways()),
    )


@gateway_pages.post("/members/<person_id>/pay-methods/<method_id>/remove")
@require(REVIEW_PAYMENTS)
def method_remove(person_id: str, method_id: str) -> ResponseReturnValue:
    """The member takes his card back."""
    person = person_in(current_actor().scope, person_id)
    found = method_for(current_actor().scope, method_id)
    if found is None or found.person_id != person.id:
        raise not_found(_("There is no such card."))
    intents.remove_method(found, by=current_actor().ref)
    db.session.flush()
    flash(_("It is not charged any more."), "success")
    return redirect(url_for("gateways.methods", person_id=person_id), 303)
