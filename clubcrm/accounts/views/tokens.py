"""Views: bearer tokens, by which programs act here."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts import staff
from clubcrm.accounts import tokens as bearer
from clubcrm.accounts.forms import TokenForm, role_words
from clubcrm.accounts.models import Role
from clubcrm.accounts.permissions import CHANGE_TOKENS
from clubcrm.accounts.queries import api_tokens
from clubcrm.accounts.views.blueprints import club_choices, refused, settings
from clubcrm.core.errors import DomainError
from clubcrm.core.idempotency import keep_no_answer
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import chosen_club, my_clubs
from clubcrm.core.web import require

PAGE = "clubcrm/settings/token.html"


@settings.get("/tokens")
@require(CHANGE_TOKENS)
def tokens() -> ResponseReturnValue:
    club = chosen_club()
    shown = [(token, role_words(token.role), clubs) for token, clubs in api_tokens()]
    zone = club.zone if club else "UTC"
    return render_template("clubcrm/settings/tokens.html", tokens=shown, zone=zone)


@settings.route("/tokens/new", methods=["GET", "POST"])
@require(CHANGE_TOKENS)
def token_new() -> ResponseReturnValue:
    form = TokenForm()
    form.offer(club_choices())
    if request.method == "GET":
        form.role.data = Role.DESK.value
        return render_template(PAGE, form=form, refusal="")
    if not form.validate():
        return refused(PAGE, form)
    chosen = tuple(club.id for club in my_clubs() if club.public_id in (form.clubs.data or []))
    try:
        role = Role(form.role.data)
        staff.require_may_give(current_actor(), role)
        token, secret = bearer.add_api_token(form.name.data or "", role, chosen)
    except DomainError as error:
        return refused(PAGE, form, error)
    keep_no_answer()
    return render_template("clubcrm/settings/token_secret.html", token=token, secret=secret)


@settings.post("/tokens/<public_id>/revoke")
@require(CHANGE_TOKENS)
def token_revoke(public_id: str) -> ResponseReturnValue:
    bearer.revoke_api_token(public_id)
    flash(_("The token is refused from now on."), "success")
    return redirect(url_for("settings.tokens"), 303)
