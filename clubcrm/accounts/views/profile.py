"""Views: a person's own profile: language, colours, address, password, second factor."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from clubcrm.accounts import second_factor, signing_in, staff
from clubcrm.accounts.actors import current_session_id
from clubcrm.accounts.forms import (
    AddressForm,
    ConfirmForm,
    PageForm,
    PasswordForm,
    TasteForm,
    role_words,
)
from clubcrm.accounts.models import User
from clubcrm.accounts.queries import recovery_codes_left
from clubcrm.accounts.views.blueprints import settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import chosen_club
from clubcrm.core.web import signed_in

MINE = "each person has a profile of his own"


@settings.get("/profile")
@signed_in(MINE)
def profile() -> ResponseReturnValue:
    return _page()


@settings.post("/profile")
@signed_in(MINE)
def profile_save() -> ResponseReturnValue:
    form = TasteForm()
    form.offer()
    if not form.validate():
        return _page(form, status=400)
    staff.set_taste(_me(), locale=form.locale.data, theme=form.theme.data or "auto")
    flash(_("Saved."), "success")
    return redirect(url_for("settings.profile"), 303)


@settings.post("/profile/theme")
@signed_in(MINE)
def theme_save() -> ResponseReturnValue:
    user = _me()
    staff.set_taste(user, locale=user.locale, theme=request.form.get("theme", ""))
    return "", 204


@settings.post("/profile/address")
@signed_in(MINE, own_units=True)
def address_save() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return _page(form, status=400)
    try:
        signing_in.confirm_password(current_actor().id, form.current_password.data or "")
        with unit_of_work():
            staff.change_address(_me(), form.email.data or "", session_id=current_session_id())
    except DomainError as error:
        return _page(form, form.accept(error), error.status)
    flash(_("Sign in with the new address from now on."), "success")
    return redirect(url_for("settings.profile"), 303)


@settings.post("/profile/password")
@signed_in(MINE, own_units=True)
def password_save() -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate():
        return _page(form, status=400)
    try:
        signing_in.confirm_password(current_actor().id, form.current_password.data or "")
        with unit_of_work():
            staff.change_password(
                _me(), form.new_password.data or "", session_id=current_session_id()
            )
    except DomainError as error:
        return _page(form, form.accept(error), error.status)
    flash(_("Your password is changed, and you are signed out everywhere else."), "success")
    return redirect(url_for("settings.profile"), 303)


@settings.post("/profile/second-factor/remove")
@signed_in(MINE, own_units=True)
def factor_remove() -> ResponseReturnValue:
    form = ConfirmForm(prefix="drop")
    try:
        signing_in.confirm_password(current_actor().id, form.current_password.data or "")
        with unit_of_work():
            staff.drop_own_second_factor(_me(), session_id=current_session_id())
    except DomainError as error:
        return _page(form, form.accept(error), error.status)
    flash(_("The second factor is removed."), "success")
    return redirect(url_for("settings.profile"), 303)


@settings.post("/profile/recovery-codes")
@signed_in(MINE, own_units=True)
def recovery_renew() -> ResponseReturnValue:
    form = ConfirmForm(prefix="codes")
    try:
        signing_in.confirm_password(current_actor().id, form.current_password.data or "")
        with unit_of_work():
            codes = second_factor.renew_recovery_codes(_me())
    except DomainError as error:
        return _page(form, form.accept(error), error.status)
    return render_template("clubcrm/accounts/recovery_codes.html", codes=codes)


def _page(
    tried: PageForm | None = None, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    user, club = _me(), chosen_club()
    taste = tried if isinstance(tried, TasteForm) else TasteForm(formdata=None, obj=user)
    taste.offer()
    address = tried if isinstance(tried, AddressForm) else AddressForm(formdata=None, obj=user)
    password = tried if isinstance(tried, PasswordForm) else PasswordForm(formdata=None)
    page = render_template(
        "clubcrm/settings/profile.html",
        user=user,
        role=role_words(user.role),
        taste=taste,
        address=address,
        password=password,
        refusal=refusal,
        codes_left=recovery_codes_left(user.id),
        zone=club.zone if club else "UTC",
    )
    return page, status


def _me() -> User:
    actor = current_actor()
    user = db.session.get(User, actor.id) if actor.kind == "user" else None
    if user is None:
        raise NotFound
    return user
