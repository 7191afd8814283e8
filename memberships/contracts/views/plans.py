"""Views room: the plans of a club in the settings."""

from dataclasses import replace
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.core.web import current_actor, require
from memberships.contracts.catalogue import PlanOnSale, contracts_running, plan_for, plans_of
from memberships.contracts.conditions import PlanFreezing
from memberships.contracts.forms import Grid, grid_of, typed_grid, windows_of
from memberships.contracts.freeze_catalogue import freeze_types_offered
from memberships.contracts.models import PlanState
from memberships.contracts.plans import create_plan, edit_plan, offer_plan, withdraw_plan
from memberships.contracts.stay_forms import PlanPageForm
from memberships.contracts.terms import Included, PlanTerms
from memberships.contracts.words import (
    hours_words,
    length_words,
    plan_fault_words,
    plan_kind_words,
)
from memberships.packages.models import ProductState
from memberships.packages.offers import ProductOnSale, products_of
from memberships.permissions import EDIT_PLANS, SEE_PLANS

plans = Blueprint("plans", __name__, url_prefix="/settings/plans")
PAGE = "memberships/contracts/plan.html"


@plans.get("")
@require(SEE_PLANS)
def index() -> ResponseReturnValue:
    found = plans_of(current_actor().scope)
    return render_template(
        "memberships/contracts/plans.html",
        plans=found,
        running=contracts_running([plan.plan_id for plan in found]),
        clubs={club.id: club for club in my_clubs()},
        kind_words=plan_kind_words,
        length_words=length_words,
        hours_words=hours_words,
        on_sale=PlanState.ON_SALE,
    )


@plans.route("/new", methods=["GET", "POST"])
@require(EDIT_PLANS)
def new() -> ResponseReturnValue:
    club = current_club()
    form = _form(club)
    if request.method == "GET":
        return _page(form, grid_of(()), club)
    grid = typed_grid(request.form)
    terms = _typed_terms(form, grid, club)
    if terms is None:
        return _page(form, grid, club, status=400)
    try:
        create_plan(club.id, terms, by=current_actor().ref)
    except DomainError as error:
        return _refused(form, grid, club, error)
    flash(_("%(plan)s is on sale.", plan=terms.name), "success")
    return redirect(url_for("plans.index"), 303)


@plans.route("/<plan_id>", methods=["GET", "POST"])
@require(EDIT_PLANS)
def edit(plan_id: str) -> ResponseReturnValue:
    plan = _plan(plan_id)
    club = next(one for one in my_clubs() if one.id == plan.club_id)
    form = _form(club)
    if request.method == "GET":
        form.show(plan.terms, plan.version, _club_ids())
        form.show_stays(plan.terms, _type_ids(club))
        return _page(form, grid_of(plan.terms.windows), club, plan)
    grid = typed_grid(request.form)
    terms = _typed_terms(form, grid, club)
    if terms is None:
        return _page(form, grid, club, plan, status=400)
    seen = form.seen_version.data or ""
    try:
        edit_plan(
            plan.plan_id,
            terms,
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
            by=current_actor().ref,
        )
    except DomainError as error:
        return _refused(form, grid, club, error, plan)
    flash(_("New sales of %(plan)s use these terms.", plan=terms.name), "success")
    return redirect(url_for("plans.index"), 303)


@plans.post("/<plan_id>/withdraw")
@require(EDIT_PLANS)
def withdraw(plan_id: str) -> ResponseReturnValue:
    plan = _plan(plan_id)
    withdraw_plan(plan.plan_id, by=current_actor().ref)
    text = _("%(plan)s is no longer on sale. What was sold runs on.", plan=plan.terms.name)
    flash(text, "success")
    return redirect(url_for("plans.index"), 303)


@plans.post("/<plan_id>/offer")
@require(EDIT_PLANS)
def offer(plan_id: str) -> ResponseReturnValue:
    plan = _plan(plan_id)
    offer_plan(plan.plan_id, by=current_actor().ref)
    flash(_("%(plan)s is on sale again.", plan=plan.terms.name), "success")
    return redirect(url_for("plans.index"), 303)


def _plan(plan_id: str) -> PlanOnSale:
    found = plan_for(current_actor().scope, plan_id)
    if found is None:
        raise not_found(_("There is no such plan."))
    return found


def _form(club: ClubChoice) -> PlanPageForm:
    form = PlanPageForm()
    others = [(one.public_id, one.name) for one in my_clubs() if one.id != club.id]
    form.offer(club.currency, others)
    form.offer_stays([(one.public_id, one.terms.name) for one in freeze_types_offered(club.id)])
    return form


def _type_ids(club: ClubChoice) -> dict[str, int]:
    return {one.public_id: one.type_id for one in freeze_types_offered(club.id)}


def _club_ids() -> dict[str, int]:
    return {club.public_id: club.id for club in my_clubs()}


def _typed_terms(form: PlanPageForm, grid: Grid, club: ClubChoice) -> PlanTerms | None:
    """Return the typed terms, or None when a field says what is wrong."""
    is_good = form.validate()
    try:
        windows = windows_of(grid)
        packages = _typed_packages(club)
    except ValueError as problem:
        form.form_errors.append(str(problem))
        return None
    if not is_good:
        return None
    return replace(
        form.terms(_club_ids() | {"": club.id}, windows),
        leaving=form.leaving(),
        freezing=PlanFreezing(form.freezing.data or PlanFreezing.ANY),
        freeze_type_ids=form.named_types(_type_ids(club)),
        packages=packages,
    )


def _products(club: ClubChoice) -> list[ProductOnSale]:
    return products_of(Scope((club.id,)))


def _field_of(product: ProductOnSale) -> str:
    return f"package-{product.public_id}"


def _each_of(product: ProductOnSale) -> str:
    return f"each-{product.public_id}"


def _typed_packages(club: ClubChoice) -> tuple[Included, ...]:
    """Return what comes with the plan; raises ValueError with the sentence to show."""
    found = []
    for product in _products(club):
        typed = request.form.get(_field_of(product), "").strip()
        if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
            raise ValueError(plan_fault_words("packages", "range"))
        if typed and int(typed):
            each_period = bool(request.form.get(_each_of(product)))
            found.append(Included(product.product_id, int(typed), each_period))
    return tuple(sorted(found))


def _package_rows(club: ClubChoice, plan: PlanOnSale | None) -> list[tuple[str, str, str, bool]]:
    """Return name of the field, of the package, what stands in it, and whether it comes anew."""
    kept = {one.product_id: one for one in plan.terms.packages} if plan else {}
    if request.method == "POST":
        typed = {
            one.product_id: (request.form.get(_field_of(one), ""), _each_of(one) in request.form)
            for one in _products(club)
        }
    else:
        typed = {key: (str(one.units), one.each_period) for key, one in kept.items()}
    return [
        (_field_of(one), one.terms.name, *typed.get(one.product_id, ("", False)))
        for one in _products(club)
        if one.state is ProductState.ON_SALE or one.product_id in kept
    ]


def _refused(
    form: PlanPageForm,
    grid: Grid,
    club: ClubChoice,
    error: DomainError,
    plan: PlanOnSale | None = None,
) -> ResponseReturnValue:
    text = form.accept(error)
    return _page(form, grid, club, plan, refusal=text, status=error.status)


def _page(
    form: PlanPageForm,
    grid: Grid,
    club: ClubChoice,
    plan: PlanOnSale | None = None,
    **more: Any,
) -> ResponseReturnValue:
    names = get_day_names("wide", locale=str(get_locale() or "en"))
    running = contracts_running([plan.plan_id]).get(plan.plan_id, 0) if plan else 0
    page = render_template(
        PAGE,
        form=form,
        week=[(names[day], cells) for day, cells in enumerate(grid)],
        club=club,
        plan=plan,
        running=running,
        packages=_package_rows(club, plan),
        kind_words=plan_kind_words,
        refusal=" ".join([*form.form_errors, str(more.get("refusal", ""))]).strip(),
    )
    return page, int(more.get("status", 200))
