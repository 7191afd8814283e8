"""Views room: price promotions: what runs, what each makes of a price, what it sold."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people.queries.hits import load_hits
from memberships.contracts.catalogue import PlanOnSale, plans_of
from memberships.contracts.promotion_forms import PromotionForm
from memberships.packages.offers import ProductOnSale, products_of
from memberships.permissions import EDIT_PLANS, SEE_PLANS
from memberships.promotions.models import Promotion
from memberships.promotions.queries import (
    plans_in,
    products_in,
    promotion_for,
    promotions_of,
    results_of,
    uses_of,
)
from memberships.promotions.rules import Cut, CutKind, Phase
from memberships.promotions.services import change_promotion, make_promotion, stop_promotion

promotions = Blueprint("promotions", __name__, url_prefix="/settings/promotions")
FORM = "memberships/promotions/form.html"


@dataclass(frozen=True, slots=True)
class PricePair:
    """What something costs by the list and by the promotion."""

    name: str
    list_minor: int
    price_minor: int


@promotions.get("")
@require(SEE_PLANS)
def index() -> ResponseReturnValue:
    """All promotions of the club with what they sold."""
    club = current_club()
    found = promotions_of(club.id)
    return render_template(
        "memberships/promotions/index.html",
        promotions=found,
        results=results_of([one.id for one in found]),
        look=lambda one: phase_look(one, clock.today(club.zone)),
        cut=lambda one: cut_words(one.cut, club.currency),
        currency=club.currency,
    )


@promotions.route("/new", methods=["GET", "POST"])
@require(EDIT_PLANS)
def new() -> ResponseReturnValue:
    """A promotion is made; from its first day it counts by itself."""
    club = current_club()
    form = _form()
    if request.method == "GET":
        form.from_on.data = clock.today(club.zone)
        return _form_page(form)
    plans, products = _on_sale()
    if not form.validate():
        return _form_page(form), 400
    try:
        made = make_promotion(club.id, form.draft(plans, products), by=current_actor().ref)
    except DomainError as error:
        return _form_page(form, form.accept(error)), error.status
    flash(_("It lowers these prices by itself on its days."), "success")
    return redirect(url_for("promotions.show", promotion_id=made.public_id), 303)


@promotions.get("/<promotion_id>")
@require(SEE_PLANS)
def show(promotion_id: str) -> ResponseReturnValue:
    """Each price before and after, and every sale."""
    found, club = _promotion(promotion_id), current_club()
    uses = uses_of(found.id)
    today = clock.today(club.zone)
    return render_template(
        "memberships/promotions/show.html",
        promotion=found,
        pairs=price_pairs(found),
        result=results_of([found.id])[found.id],
        uses=uses,
        hits={one.id: one for one in load_hits(list({use.person_id for use in uses}))},
        phase=found.span.phase_on(today),
        look=phase_look(found, today),
        cut=cut_words(found.cut, club.currency),
        Phase=Phase,
        currency=club.currency,
    )


@promotions.route("/<promotion_id>/change", methods=["GET", "POST"])
@require(EDIT_PLANS)
def change(promotion_id: str) -> ResponseReturnValue:
    """A promotion that has not begun is changed."""
    found, club = _promotion(promotion_id), current_club()
    form = _form()
    plans, products = _on_sale()
    if request.method == "GET":
        form.show(found)
        chosen, wanted = plans_in(found.id), products_in(found.id)
        form.plans.data = [one.public_id for one in plans if one.plan_id in chosen]
        form.products.data = [one.public_id for one in products if one.product_id in wanted]
        return _form_page(form, promotion=found)
    if not form.validate():
        return _form_page(form, promotion=found), 400
    try:
        draft = form.draft(plans, products)
        change_promotion(found, draft, clock.today(club.zone), by=current_actor().ref)
    except DomainError as error:
        return _form_page(form, form.accept(error), promotion=found), error.status
    return redirect(url_for("promotions.show", promotion_id=promotion_id), 303)


@promotions.post("/<promotion_id>/stop")
@require(EDIT_PLANS)
def stop(promotion_id: str) -> ResponseReturnValue:
    """The list price counts again from now on."""
    found = _promotion(promotion_id)
    stop_promotion(found, clock.today(current_club().zone), by=current_actor().ref)
    flash(_("Stopped. What was sold keeps its price."), "success")
    return redirect(url_for("promotions.show", promotion_id=promotion_id), 303)


def price_pairs(promotion: Promotion) -> list[PricePair]:
    """Return what each plan and package costs before and after."""
    plans, products = plans_in(promotion.id), products_in(promotion.id)
    scope = Scope((promotion.club_id,))
    things: list[PlanOnSale | ProductOnSale] = [
        *(one for one in plans_of(scope) if one.plan_id in plans),
        *(one for one in products_of(scope) if one.product_id in products),
    ]
    return [
        PricePair(
            one.terms.name, one.terms.price_minor, promotion.cut.price_of(one.terms.price_minor)
        )
        for one in things
    ]


def cut_words(cut: Cut, currency: str) -> str:
    """Return what a promotion does to a price, in words."""
    if cut.kind is CutKind.PERCENT:
        return _("%(num)s%% off", num=cut.value)
    money = formats.money(cut.value, currency)
    return _("%(money)s off", money=money) if cut.kind is CutKind.AMOUNT else money


def phase_look(promotion: Promotion, today: date) -> tuple[str, str]:
    """Return tone and word of where a promotion stands."""
    return {
        Phase.COMING: ("know", _("comes")),
        Phase.RUNNING: ("go", _("runs")),
        Phase.OVER: ("", _("over")),
    }[promotion.span.phase_on(today)]


def _form() -> PromotionForm:
    form = PromotionForm(request.form if request.method == "POST" else None)
    form.offer(*_on_sale(), current_club().currency)
    return form


def _on_sale() -> tuple[list[PlanOnSale], list[ProductOnSale]]:
    scope = Scope((current_club().id,))
    plans = [one for one in plans_of(scope) if one.state.value == "on_sale"]
    return plans, list(products_of(scope, only_on_sale=True))


def _form_page(form: PromotionForm, refusal: str = "", **more: Any) -> str:
    return render_template(FORM, form=form, refusal=refusal, **more)


def _promotion(public_id: str) -> Promotion:
    found = promotion_for(current_actor().scope, public_id)
    if found is None or found.club_id != current_club().id:
        raise not_found(_("There is no such promotion in this club."))
    return found
