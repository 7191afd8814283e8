"""Views room: what waits for another person, and his decision."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.queries import approval_for, approvals_page, names_of, subjects_of
from memberships.approvals.services import decide
from memberships.approvals.words import kind_icon, kind_words
from memberships.permissions import DECIDE_APPROVALS

approvals = Blueprint("approvals", __name__)
PER_PAGE = 50
MOST_WAITING = 500


@approvals.get("/approvals")
@require(DECIDE_APPROVALS)
def index() -> ResponseReturnValue:
    """What waits stands first, with who asked, for what and why."""
    return _page()


@approvals.post("/approvals/<approval_id>/decide")
@require(DECIDE_APPROVALS)
def decide_now(approval_id: str) -> ResponseReturnValue:
    """The wish is granted and done at once, or refused with a reason."""
    actor = current_actor()
    found = approval_for(actor.scope, approval_id)
    if found is None:
        raise not_found(_("There is no such request in your clubs."))
    granted = request.form.get("answer") == "grant"
    try:
        decide(found.id, granted, request.form.get("reason", ""), by=actor.ref)
    except DomainError as error:
        return _page(refusal=error.text, about=found, status=error.status)
    flash(_("Granted, and done.") if granted else _("Refused."), "success")
    return redirect(url_for("approvals.index"), 303)


def _page(
    *, refusal: str = "", about: Approval | None = None, status: int = 200
) -> ResponseReturnValue:
    actor = current_actor()
    waiting = approvals_page(actor.scope, limit=MOST_WAITING, waiting=True)
    decided = page_of(
        approvals_page(actor.scope, limit=PER_PAGE + 1, before_id=asked_key(), waiting=False),
        PER_PAGE,
        lambda row: row.id,
    )
    rows = [*waiting, *decided.rows]
    page = render_template(
        "memberships/approvals/index.html",
        waiting=waiting,
        decided=decided,
        names=names_of({row.requested_by for row in rows} | {row.decided_by for row in rows}),
        subjects=subjects_of(rows),
        clubs={club.id: club for club in my_clubs()},
        me=actor.ref,
        granted=ApprovalState.APPROVED,
        kind_words=kind_words,
        kind_icon=kind_icon,
        refusal=refusal,
        about=about,
    )
    return page, status
