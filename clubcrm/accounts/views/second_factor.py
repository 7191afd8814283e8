"""Views: show the second factor after the password, or set one up."""

import io

import segno
from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from clubcrm.accounts import second_factor as factor
from clubcrm.accounts import sessions, signing_in
from clubcrm.accounts.actors import current_session_id
from clubcrm.accounts.forms import CodeForm
from clubcrm.accounts.models import User
from clubcrm.accounts.rules.addresses import safe_next
from clubcrm.accounts.rules.braking import Brake
from clubcrm.accounts.views.blueprints import accounts, refused
from clubcrm.core.db import db, end_reading
from clubcrm.core.errors import DomainError
from clubcrm.core.idempotency import keep_no_answer
from clubcrm.core.policy import current_actor
from clubcrm.core.web import signed_in

CODE_PAGE = "clubcrm/accounts/second_factor.html"
SETUP_PAGE = "clubcrm/accounts/second_factor_setup.html"
FREE_CODES = 5


@accounts.route("/second-factor", methods=["GET", "POST"])
@signed_in("the password alone leads only here", before_second_factor=True, own_units=True)
def second_factor() -> ResponseReturnValue:
    onward = safe_next(request.values.get("next"))
    user = _user()
    if user.otp_secret is None:
        return redirect("/second-factor/new")
    form = CodeForm()
    if request.method == "GET":
        return render_template(CODE_PAGE, form=form, onward=onward, refusal="")
    if not form.validate():
        return refused(CODE_PAGE, form, onward=onward)
    held = (Brake(f"code:{user.id}", FREE_CODES),)
    user_id, session_id = user.id, current_session_id()
    end_reading()
    try:
        signing_in.prove_second_factor(user_id, session_id, form.code.data or "", held)
    except DomainError as error:
        return refused(CODE_PAGE, form, error, onward=onward)
    return redirect(onward or "/", 303)


@accounts.route("/second-factor/new", methods=["GET", "POST"])
@signed_in("who has to have a second factor sets it up here", before_second_factor=True)
def second_factor_new() -> ResponseReturnValue:
    user = _user()
    if user.otp_secret is not None:
        return redirect("/second-factor")
    form = CodeForm()
    if request.method == "GET":
        return render_template(SETUP_PAGE, form=form, secret=user.otp_pending, refusal="")
    if request.form.get("begin"):
        factor.begin_enrolment(user)
        return redirect("/second-factor/new", 303)
    try:
        codes = factor.finish_enrolment(user, form.code.data or "")
    except DomainError as error:
        return refused(SETUP_PAGE, form, error, secret=user.otp_pending)
    keep_no_answer()
    sessions.end_sessions(user.id, "second factor set", except_id=current_session_id())
    sessions.prove_second_factor(current_session_id())
    return render_template("clubcrm/accounts/recovery_codes.html", codes=codes)


@accounts.get("/second-factor/picture")
@signed_in("the picture holds the signed-in person's own new secret", before_second_factor=True)
def second_factor_picture() -> ResponseReturnValue:
    user = _user()
    if user.otp_pending is None:
        raise NotFound
    drawn = io.BytesIO()
    segno.make(factor.enrolment_link(user), error="m").save(drawn, kind="svg", scale=5, border=3)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _user() -> User:
    actor = current_actor()
    user = db.session.get(User, actor.id) if actor.kind == "user" else None
    if user is None:
        raise NotFound
    return user
