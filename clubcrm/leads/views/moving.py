"""Views room: move a lead, by dragging, by keys or by a form; take it; give it away."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import current_actor
from clubcrm.core.web import require
from clubcrm.leads import words
from clubcrm.leads.models import Lead
from clubcrm.leads.moving import Move, give_to, move_lead, take
from clubcrm.leads.permissions import RUN_LEADS, WORK_LEADS
from clubcrm.leads.queries.board import card_of
from clubcrm.leads.queries.surroundings import zone_of
from clubcrm.leads.rules.stages import LEAD_MOVES, LeadStage, LostReason, PathWarning
from clubcrm.leads.sellers import seller_in
from clubcrm.leads.views.blueprint import (
    chosen,
    faults_of,
    lead_or_404,
    leads,
    typed_day,
    typed_moment,
)
from clubcrm.leads.views.board import board_words


@leads.get("/<public_id>/move")
@require(WORK_LEADS)
def move_form(public_id: str) -> ResponseReturnValue:
    """Where the lead may go, and what each stage asks for."""
    lead = lead_or_404(public_id)
    wanted = request.args.get("stage", "")
    return _form(lead, {"stage": wanted}, {})


@leads.post("/<public_id>/move")
@require(WORK_LEADS)
def move(public_id: str) -> ResponseReturnValue:
    """The lead stands in the stage; the board answers in place when it asked from there."""
    lead = lead_or_404(public_id)
    stage = chosen(LeadStage, "stage") or lead.state
    wish = Move(
        stage,
        reason=chosen(LostReason, "reason"),
        note=request.form.get("note", ""),
        later_on=typed_day("later_on"),
        trial_at=typed_moment("trial_at", zone_of(lead.club_id)),
    )
    was = lead.state
    try:
        odd = move_lead(lead, wish, by=current_actor().ref)
    except DomainError as error:
        if request.headers.get("HX-Request"):
            raise
        return _form(lead, request.form.to_dict(), faults_of(error)), error.status
    said = [_said(lead), *_warnings(odd)]
    if request.headers.get("HX-Request"):
        undo = was if was in LEAD_MOVES[lead.state] and was not in _ASKING else None
        return render_template(
            "clubcrm/leads/_board.html", moved=lead, said=said, undo=undo, **board_words()
        )
    # A warning stays until it is read.
    flash(" ".join(said), "error" if odd else "success")
    return redirect(_back(lead), 303)


@leads.post("/<public_id>/take")
@require(WORK_LEADS)
def take_lead(public_id: str) -> ResponseReturnValue:
    """The lead that was nobody's is mine."""
    lead, actor = lead_or_404(public_id), current_actor()
    try:
        take(lead, actor.id, by=actor.ref)
    except DomainError as error:
        flash(error.text, "error")
    else:
        flash(_("The lead is yours."), "success")
    return redirect(url_for("leads.show", public_id=public_id), 303)


@leads.post("/<public_id>/owner")
@require(RUN_LEADS)
def give(public_id: str) -> ResponseReturnValue:
    """The lead and its steps are a colleague's."""
    lead = lead_or_404(public_id)
    seller = seller_in(lead.club_id, request.form.get("owner", ""))
    give_to(lead, seller.id, by=current_actor().ref)
    flash(_("The lead is %(name)s's now, with its next steps.", name=seller.name), "success")
    return redirect(url_for("leads.show", public_id=public_id), 303)


_ASKING = frozenset({LeadStage.LOST, LeadStage.LATER, LeadStage.WON})


def _back(lead: Lead) -> str:
    if request.form.get("back") == "lead":
        return url_for("leads.show", public_id=lead.public_id)
    return url_for("leads.board")


def _said(lead: Lead) -> str:
    card = card_of(current_actor().scope, lead.public_id)
    name = card.name if card else ""
    return _("%(name)s: %(stage)s.", name=name, stage=str(words.STAGES[lead.state]))


def _warnings(odd: PathWarning) -> list[str]:
    said = []
    if odd.repeated:
        stages = ", ".join(str(words.STAGES[one]) for one in odd.repeated)
        said.append(_("This lead was in a stage more than once: %(stages)s.", stages=stages))
    if odd.too_many:
        said.append(
            _("Moved %(count)s times: more than seven moves sell nothing.", count=odd.moves)
        )
    return said


def _form(lead: Lead, typed: dict[str, Any], faults: dict[str, str]) -> str:
    part = request.args.get("part") == "1"
    allowed = [one for one in LeadStage if one in LEAD_MOVES[lead.state]]
    return render_template(
        "clubcrm/leads/_move_form.html" if part else "clubcrm/leads/move.html",
        lead=lead,
        card=card_of(current_actor().scope, lead.public_id),
        allowed=allowed,
        typed=typed,
        faults=faults,
        words=words,
        today=clock.today(zone_of(lead.club_id)),
        back=request.args.get("back", request.form.get("back", "")),
        Stage=LeadStage,
    )
