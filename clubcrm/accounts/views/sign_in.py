"""Views: sign in, sign out, choose a password by invite or reset."""

import secrets
from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.wrappers import Response

from clubcrm.accounts import sessions, staff, tokens
from clubcrm.accounts.actors import current_session_id, forget_browser, remember_browser
from clubcrm.accounts.forms import NewPasswordForm, SignInForm
from clubcrm.accounts.models import User
from clubcrm.accounts.rules.addresses import safe_next
from clubcrm.accounts.signing_in import Opened, Try, account_key
from clubcrm.accounts.signing_in import sign_in as open_for
from clubcrm.accounts.views.blueprints import accounts, browser, refused
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.formats import day
from clubcrm.core.policy import current_actor
from clubcrm.core.web import public, signed_in

PAGE = "clubcrm/accounts/sign_in.html"
KNOWN_FOR = timedelta(days=400)
MOST_ACCOUNTS = 20


@accounts.route("/sign-in", methods=["GET", "POST"])
@public("people have to sign in before anything else", own_units=True)
def sign_in() -> ResponseReturnValue:
    onward = safe_next(request.values.get("next"))
    form = SignInForm()
    if request.method == "GET":
        return _show(form, onward)
    if not form.validate():
        return refused(PAGE, form, onward=onward)
    email, password = form.email.data or "", form.password.data or ""
    device = _known_device(account_key(email))
    try:
        opened = open_for(Try(email, password, browser(), device))
    except DomainError as error:
        return refused(PAGE, form, error, onward=onward)
    return _let_in(opened, onward)


def _show(form: SignInForm, onward: str) -> ResponseReturnValue:
    if current_actor().is_known:
        return redirect(onward or "/")
    if db.session.execute(select(User.id).limit(1)).first() is None:
        return redirect(url_for("accounts.setup"))
    return render_template(PAGE, form=form, onward=onward, refusal="")


def _let_in(opened: Opened, onward: str) -> ResponseReturnValue:
    remember_browser(opened.secret)
    target = onward or "/"
    if opened.second_factor_due_at is not None:
        words = _("Your role needs a second step from %(day)s on. Set it up in your profile.")
        flash(words % {"day": day(opened.second_factor_due_at.date())}, "note")
    if opened.asks_second_factor:
        target = url_for("accounts.second_factor", next=onward or None)
    response = redirect(target, 303)
    _know_device(response, opened.account)
    return response


@accounts.post("/sign-out")
@signed_in("everybody may leave", before_second_factor=True)
def sign_out() -> ResponseReturnValue:
    sessions.end_session(current_session_id(), "signed out")
    forget_browser()
    return redirect(url_for("accounts.sign_in"), 303)


@accounts.route("/choose-password/<token>", methods=["GET", "POST"])
@public("the invited have no account to sign in with yet")
def choose_password(token: str) -> ResponseReturnValue:
    page = "clubcrm/accounts/choose_password.html"
    form = NewPasswordForm()
    user = tokens.owner_of_token(staff.PASSWORD_TOKENS, token)
    if user is None:
        return render_template("clubcrm/accounts/token_void.html"), 400
    who: dict[str, Any] = {"name": user.name, "email": user.email}
    if request.method == "GET":
        return render_template(page, form=form, refusal="", **who)
    if not form.validate():
        return refused(page, form, **who)
    try:
        staff.choose_password(token, form.password.data or "")
    except DomainError as error:
        return refused(page, form, error, **who)
    forget_browser()
    flash(_("Your password is set. Sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _signer() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="known-device")


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _kept_device() -> dict[str, Any]:
    signed = request.cookies.get(_cookie_name(), "")
    try:
        kept = _signer().loads(signed, max_age=int(KNOWN_FOR.total_seconds()))
    except BadSignature:
        return {"id": "", "accounts": []}
    return dict(kept)


def _known_device(account: str) -> str | None:
    kept = _kept_device()
    return str(kept["id"]) if account in kept["accounts"] else None


def _know_device(response: Response, account: str) -> None:
    kept = _kept_device()
    others = [one for one in kept["accounts"] if one != account]
    whole = {
        "id": kept["id"] or secrets.token_urlsafe(16),
        "accounts": [*others, account][-MOST_ACCOUNTS:],
    }
    response.set_cookie(
        _cookie_name(),
        str(_signer().dumps(whole)),
        max_age=KNOWN_FOR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
