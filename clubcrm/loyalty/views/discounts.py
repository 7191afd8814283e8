"""Views room: personal discounts: rules, proposals with their effect on the margin, decisions."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.loyalty.discount_queries import (
    discounts_for,
    discounts_where,
    rule_for,
    rules_of,
    totals_by_state,
)
from clubcrm.loyalty.discounts import RuleDraft, approve, decline, make_rule, propose, put_aside
from clubcrm.loyalty.forms import RuleForm
from clubcrm.loyalty.permissions import APPROVE_DISCOUNTS, SEE_LOYALTY
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.rules.discounts import DiscountState
from clubcrm.loyalty.words import basis_words, discount_look, found_words
from clubcrm.people.queries.hits import load_hits

discounts = Blueprint("discounts", __name__)
PER_PAGE = 50
MOST_DECIDED = 200


@discounts.get("/loyalty/discounts")
@require(SEE_LOYALTY)
def index() -> ResponseReturnValue:
    """What the rules propose, each with the margin before and after."""
    return _page()


@discounts.post("/loyalty/discounts/rules")
@require(APPROVE_DISCOUNTS)
def add_rule() -> ResponseReturnValue:
    """One more rule; it proposes at once."""
    club = current_club()
    form = RuleForm(request.form)
    form.offer(club.currency)
    if not form.validate():
        return _page(form=form), 400
    try:
        draft = RuleDraft(form.name.data or "", form.terms())
        make_rule(club.id, draft, by=current_actor().ref)
    except DomainError as error:
        return _page(form=form, refusal=form.accept(error)), error.status
    return _told(propose(club.id, clock.today(club.zone)))


@discounts.post("/loyalty/discounts/rules/<rule_id>/aside")
@require(APPROVE_DISCOUNTS)
def aside(rule_id: str) -> ResponseReturnValue:
    """The rule proposes no more."""
    rule = rule_for(current_actor().scope, rule_id)
    if rule is None:
        raise not_found(_("There is no such rule in your clubs."))
    put_aside(rule, by=current_actor().ref)
    return redirect(url_for("discounts.index"), 303)


@discounts.post("/loyalty/discounts/propose")
@require(APPROVE_DISCOUNTS)
def look_now() -> ResponseReturnValue:
    """The rules are asked now and not only at night."""
    club = current_club()
    return _told(propose(club.id, clock.today(club.zone)))


@discounts.post("/loyalty/discounts/decide")
@require(APPROVE_DISCOUNTS)
def decide() -> ResponseReturnValue:
    """The chosen proposals are approved, or declined; what somebody else decided stays."""
    me, chosen = current_actor(), request.form.getlist("discount")[:MOST_DECIDED]
    found = [
        one
        for one in discounts_for(me.scope, chosen)
        if one.state is DiscountState.PROPOSED and one.club_id == current_club().id
    ]
    yes = request.form.get("decision") == "approve"
    for one in found:
        if yes:
            approve(one, by=me.ref)
        else:
            decline(one, by=me.ref)
    if not found:
        flash(_("Choose proposals first."), "error")
    elif yes:
        flash(
            ngettext("%(num)s discount given.", "%(num)s discounts given.", len(found)), "success"
        )
    else:
        flash(ngettext("%(num)s declined.", "%(num)s declined.", len(found)), "success")
    return redirect(url_for("discounts.index"), 303)


def _told(count: int) -> ResponseReturnValue:
    told = ngettext("%(num)s new proposal.", "%(num)s new proposals.", count)
    flash(told, "success")
    return redirect(url_for("discounts.index"), 303)


def _page(**more: Any) -> str:
    club = current_club()
    wish = request.args.get("state", "proposed")
    state = DiscountState(wish) if wish in set(DiscountState) else DiscountState.PROPOSED
    rows = discounts_where([club.id], state, asked_key(), PER_PAGE + 1)
    page = page_of(rows, PER_PAGE, lambda row: row.id)
    form = more.get("form")
    if form is None:
        form = RuleForm()
        form.offer(club.currency)
        form.valid_days.data = 60
    rules = rules_of(club.id)
    return render_template(
        "clubcrm/loyalty/discounts.html",
        page=page,
        state=state,
        states=list(DiscountState),
        totals=totals_by_state(club.id),
        rules=rules,
        names={one.id: one for one in rules},
        hits={one.id: one for one in load_hits([row.person_id for row in page.rows])},
        form=form,
        refusal=more.get("refusal", ""),
        look=discount_look,
        basis_words=basis_words(),
        found_words=lambda basis, found: found_words(basis, found, club.currency),
        programme=programme_of(club.id),
        currency=club.currency,
    )
