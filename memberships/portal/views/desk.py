"""Views room: what members ask about their ledger, for the desk: the scan, the rule, the answer."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.web import current_actor, require
from memberships.permissions import SEE_CONTRACTS, SIGN_CONTRACTS
from memberships.portal import queries, services
from memberships.portal.views.own import scan_of
from memberships.portal.words import use_words

questions = Blueprint("questions", __name__, url_prefix="/questions")


@questions.get("")
@require(SEE_CONTRACTS)
def index() -> ResponseReturnValue:
    """The questions nobody has answered, the oldest first."""
    return _page()


@questions.post("/<question_id>")
@require(SIGN_CONTRACTS)
def answer(question_id: str) -> ResponseReturnValue:
    """The unit goes back, or the member reads why it was used."""
    actor = current_actor()
    question = queries.question_for(actor.scope, question_id)
    if question is None:
        raise not_found(_("There is no such question."))
    reason = request.form.get("reason", "")
    try:
        if request.form.get("do") == "return":
            services.return_unit(question, reason, by=actor.ref)
            flash(_("The unit is back, and the member sees why."), "success")
        else:
            services.explain(question, reason, by=actor.ref)
            flash(_("Explained. The member reads it on his page."), "success")
    except DomainError as error:
        return _page(error.text), error.status
    return redirect(url_for("questions.index"), 303)


def _page(refusal: str = "") -> str:
    found = queries.open_questions(current_actor().scope)
    return render_template(
        "memberships/portal/questions.html",
        asked=[(one, scan_of(one.use)) for one in found],
        use_words=use_words,
        refusal=refusal,
    )
