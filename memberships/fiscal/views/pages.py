"""Views room: which tax office a club tells of its bills, and what the office has said to each."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from memberships.fiscal.queries import (
    PAGE,
    attempts_of,
    counts_by_state,
    document_for,
    documents_of,
)
from memberships.fiscal.registry import OFFICES, choose, chosen, fiscal_keys
from memberships.fiscal.rules import FiscalState
from memberships.fiscal.services import try_again
from memberships.fiscal.words import office_hint, state_words
from memberships.permissions import EDIT_MONEY, SEE_MONEY

fiscal_pages = Blueprint("fiscal", __name__)


@fiscal_pages.get("/settings/fiscal")
@require(EDIT_MONEY)
def choice() -> ResponseReturnValue:
    """Which offices are set up here, and which one this club tells."""
    return _choice(chosen(current_club().id).driver, {})


@fiscal_pages.post("/settings/fiscal")
@require(EDIT_MONEY)
def choice_save() -> ResponseReturnValue:
    """Bills from now on are told to this office."""
    club, wanted = current_club(), request.form.get("driver", "")
    try:
        choose(club.id, club.currency, wanted, by=current_actor().ref)
    except DomainError as error:
        return _choice(wanted, {one.field: one.message for one in error.fields}, error.status)
    flash(_("Saved. It holds from the next bill on."), "success")
    return redirect(url_for("fiscal.choice"), 303)


@fiscal_pages.get("/money/fiscal")
@require(SEE_MONEY)
def index() -> ResponseReturnValue:
    """Every document and where it stands, the newest first."""
    club = current_club()
    states = {one.value: one for one in FiscalState}
    state = states.get(request.args.get("state", ""))
    typed = ascii_digits(request.args.get("before", ""))
    before = int(typed) if typed.isdigit() and len(typed) < 10 else None
    rows = documents_of(club.id, state, before)
    return render_template(
        "memberships/fiscal/index.html",
        club=club,
        rows=rows[:PAGE],
        following=rows[PAGE - 1].id if len(rows) > PAGE else None,
        before=before,
        state=state,
        states=list(FiscalState),
        counts=counts_by_state(club.id),
        words=state_words,
        is_told=bool(chosen(club.id).driver),
    )


@fiscal_pages.get("/money/fiscal/<document_id>")
@require(SEE_MONEY)
def show(document_id: str) -> ResponseReturnValue:
    """One document: what was told, and every answer."""
    document = document_for(current_actor().scope, document_id)
    if document is None:
        raise not_found(_("There is no such bill to tell."))
    return render_template(
        "memberships/fiscal/show.html",
        club=current_club(),
        document=document,
        attempts=attempts_of(document.id),
        words=state_words,
        accepted=FiscalState.ACCEPTED,
    )


@fiscal_pages.post("/money/fiscal/<document_id>/again")
@require(EDIT_MONEY)
def again(document_id: str) -> ResponseReturnValue:
    """The document is told once more at the next turn."""
    document = document_for(current_actor().scope, document_id)
    if document is None:
        raise not_found(_("There is no such bill to tell."))
    try_again(document, by=current_actor().ref)
    flash(_("It is told again within a minute."), "success")
    return redirect(url_for("fiscal.show", document_id=document_id), 303)


def _choice(picked: str, wrong: dict[str, str], status: int = 200) -> ResponseReturnValue:
    club, keys = current_club(), fiscal_keys()
    page = render_template(
        "memberships/fiscal/choice.html",
        club=club,
        offices=OFFICES,
        missing={one.name: one.missing(keys) for one in OFFICES},
        picked=picked,
        wrong=wrong,
        hint=office_hint,
    )
    return page, status
