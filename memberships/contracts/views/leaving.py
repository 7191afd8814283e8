"""Views room: cancel a contract, and give one days; what it brings is shown before it is saved."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core import formats
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.types import new_public_id
from clubcrm.core.web import current_actor, require, typed
from memberships.contracts import history
from memberships.contracts.asking import ask_free_days
from memberships.contracts.cancelling import (
    CancelRequest,
    cancel_contract,
    cancel_preview,
    withdraw_cancellation,
)
from memberships.contracts.giving import GiftOrder, gift_preview, give_days, take_days_back
from memberships.contracts.leaving import CancelReason
from memberships.contracts.partings import cancellations_of, gift_for, gifts_of
from memberships.contracts.rules import ContractState
from memberships.contracts.stay_forms import CancelForm, GiftForm
from memberships.contracts.views.contracts import Whom, whom_of
from memberships.contracts.words import cancel_reason_words
from memberships.permissions import CANCEL_CONTRACTS, FREEZE_CONTRACTS, GIVE_DAYS

leaving = Blueprint("leaving", __name__)


@leaving.get("/members/<person_id>/leave")
@require(CANCEL_CONTRACTS)
def show(person_id: str) -> ResponseReturnValue:
    """Choose a contract and a reason, and see last day, last charge and amount due."""
    whom = whom_of(person_id)
    form = _cancel_form(whom)
    if "reason" not in request.args:
        return _cancel_page(whom, form)
    asked = _cancel_request(form) if form.validate() else None
    if asked is None:
        return _cancel_page(whom, form, status=400)
    try:
        offer = cancel_preview(asked)
    except DomainError as error:
        return _cancel_page(whom, form, refusal=form.accept(error), status=error.status)
    return _cancel_page(whom, form, offer=offer)


@leaving.post("/members/<person_id>/leave")
@require(CANCEL_CONTRACTS)
def leave(person_id: str) -> ResponseReturnValue:
    whom = whom_of(person_id)
    form = _cancel_form(whom)
    asked = _cancel_request(form) if form.validate() else None
    if asked is None:
        return _cancel_page(whom, form, status=400)
    try:
        kept = cancel_contract(asked, by=current_actor().ref)
    except DomainError as error:
        return _cancel_page(whom, form, refusal=form.accept(error), status=error.status)
    if kept.last_day is None:
        flash(_("The contract is called off. It never counted."), "success")
    else:
        flash(_("Cancelled. The last day is %(day)s.", day=formats.day(kept.last_day)), "success")
    return redirect(whom.address, 303)


@leaving.post("/members/<person_id>/leave/<public_id>/withdraw")
@require(CANCEL_CONTRACTS)
def stay(person_id: str, public_id: str) -> ResponseReturnValue:
    whom = whom_of(person_id)
    row = history.contract_for(current_actor().scope, public_id)
    if row is None or row.person_id != whom.person.id:
        raise not_found(_("There is no such contract."))
    withdraw_cancellation(row.contract_id, by=current_actor().ref)
    flash(_("The cancellation is taken back. The contract goes on."), "success")
    return redirect(whom.address, 303)


@leaving.get("/members/<person_id>/days")
@require(FREEZE_CONTRACTS)
def days(person_id: str) -> ResponseReturnValue:
    """Choose a contract and a number of days, and see the new last day."""
    whom = whom_of(person_id)
    form = _gift_form(whom)
    if "days" not in request.args:
        return _gift_page(whom, form)
    row = _chosen(form.contract.data) if form.validate() else None
    if row is None:
        return _gift_page(whom, form, status=400)
    try:
        shown = gift_preview(row.contract_id, form.days.data or 0)
    except DomainError as error:
        return _gift_page(whom, form, refusal=form.accept(error), status=error.status)
    return _gift_page(whom, form, preview=shown)


@leaving.post("/members/<person_id>/days")
@require(FREEZE_CONTRACTS)
def give(person_id: str) -> ResponseReturnValue:
    whom = whom_of(person_id)
    form = _gift_form(whom)
    row = _chosen(form.contract.data) if form.validate() else None
    if row is None:
        return _gift_page(whom, form, status=400)
    wanted = form.days.data or 0
    actor, reason = current_actor(), form.reason.data or ""
    try:
        if actor.may(GIVE_DAYS):
            give_days(GiftOrder(row.contract_id, wanted, reason, new_public_id()), by=actor.ref)
            told = ngettext("%(num)s day is given.", "%(num)s days are given.", wanted)
        else:
            ask_free_days(row.contract_id, wanted, reason, by=actor.ref)
            told = _("Asked. Another person has to agree to given days.")
    except DomainError as error:
        return _gift_page(whom, form, refusal=form.accept(error), status=error.status)
    flash(told, "success")
    return redirect(url_for("leaving.days", person_id=person_id), 303)


@leaving.post("/members/<person_id>/days/<int:line_id>/take-back")
@require(GIVE_DAYS)
def take_back(person_id: str, line_id: int) -> ResponseReturnValue:
    whom = whom_of(person_id)
    line = gift_for(whom.person.id, line_id)
    if line is None:
        raise not_found(_("There is no such gift."))
    take_days_back(line, by=current_actor().ref, why=request.form.get("why", "")[:300])
    flash(_("The days are taken back."), "success")
    return redirect(url_for("leaving.days", person_id=person_id), 303)


def _choices(whom: Whom) -> list[tuple[str, str]]:
    return [
        (row.public_id, f"{row.plan_name} ({row.number})")
        for row in history.contracts_of(whom.person.id)
        if row.state is ContractState.SIGNED
    ]


def _chosen(public_id: str | None) -> history.ContractRow | None:
    return history.contract_for(current_actor().scope, public_id or "")


def _cancel_form(whom: Whom) -> CancelForm:
    form = CancelForm(typed())
    form.offer()
    form.contract.choices = _choices(whom)
    return form


def _cancel_request(form: CancelForm) -> CancelRequest | None:
    row = _chosen(form.contract.data)
    if row is None:
        return None
    reason = CancelReason(form.reason.data)
    return CancelRequest(row.contract_id, reason, form.note.data or "", form.wished_on.data)


def _gift_form(whom: Whom) -> GiftForm:
    form = GiftForm(typed())
    form.contract.choices = _choices(whom)
    return form


def _cancel_page(whom: Whom, form: CancelForm, **more: Any) -> ResponseReturnValue:
    page = render_template(
        "memberships/contracts/leave.html",
        whom=whom,
        form=form,
        offer=more.get("offer"),
        refusal=more.get("refusal", ""),
        partings=cancellations_of(whom.person.id),
        reason_words=cancel_reason_words,
    )
    return page, int(more.get("status", 200))


def _gift_page(whom: Whom, form: GiftForm, **more: Any) -> ResponseReturnValue:
    page = render_template(
        "memberships/contracts/days.html",
        whom=whom,
        form=form,
        preview=more.get("preview"),
        refusal=more.get("refusal", ""),
        gifts=gifts_of(whom.person.id),
    )
    return page, int(more.get("status", 200))
