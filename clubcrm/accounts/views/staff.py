"""Views: who works here: invite, change, dismiss, reset."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from clubcrm.accounts import sessions, signing_in
from clubcrm.accounts import staff as people
from clubcrm.accounts.forms import ConfirmForm, PostForm, role_words
from clubcrm.accounts.models import Role, User, UserState
from clubcrm.accounts.permissions import CHANGE_STAFF, END_SESSIONS, SEE_STAFF
from clubcrm.accounts.queries import (
    clubs_of_users,
    open_sessions,
    user_by_public_id,
)
from clubcrm.accounts.queries import (
    staff as everybody,
)
from clubcrm.accounts.views.blueprints import club_choices, full_address, refused, settings
from clubcrm.core.db import end_reading, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.idempotency import keep_no_answer
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import chosen_club, my_clubs
from clubcrm.core.web import require

PAGE = "clubcrm/settings/user.html"


@settings.get("/staff")
@require(SEE_STAFF)
def staff() -> ResponseReturnValue:
    scope, clubs = set(current_actor().club_ids), clubs_of_users()
    names = {club.id: club.name for club in my_clubs()}
    shown = [
        (user, role_words(user.role), [names[c] for c in clubs.get(user.id, []) if c in names], at)
        for user, at in everybody()
        if _is_seen(user, scope, clubs)
    ]
    return render_template("clubcrm/settings/staff.html", staff=shown, zone=_zone())


@settings.route("/staff/new", methods=["GET", "POST"])
@require(CHANGE_STAFF)
def user_new() -> ResponseReturnValue:
    form = PostForm()
    form.offer(club_choices())
    if request.method == "GET":
        form.role.data = Role.DESK.value
        form.clubs.data = [value for value, _name in club_choices()][:1]
        return render_template(PAGE, form=form, user=None, refusal="")
    if not form.validate():
        return refused(PAGE, form, user=None)
    try:
        people.require_may_give(current_actor(), Role(form.role.data))
        user = people.add_user(_post(form))
    except DomainError as error:
        return refused(PAGE, form, error, user=None)
    return _show_link(user)


@settings.route("/staff/<public_id>", methods=["GET", "POST"])
@require(CHANGE_STAFF, own_units=True)
def user(public_id: str) -> ResponseReturnValue:
    found = _user(public_id)
    form = PostForm(obj=found, clubs=_public_clubs(found.id))
    form.offer(club_choices())
    if request.method == "GET":
        form.role.data = found.role.value
        return _user_page(found, form)
    if not form.validate():
        return _user_page(found, form, status=400)
    post, moved = _post(form, keep=_unseen_clubs(found.id)), form.email.data != found.email
    user_id = found.id
    end_reading()
    try:
        if moved:
            signing_in.confirm_password(current_actor().id, form.current_password.data or "")
        with unit_of_work() as session:
            people.change_user(session.get_one(User, user_id), post, by=current_actor())
    except DomainError as error:
        text = form.accept(error)
        return _user_page(_user(public_id), form, refusal=text, status=error.status)
    flash(_("Saved."), "success")
    return redirect(url_for("settings.staff"), 303)


@settings.post("/staff/<public_id>/link")
@require(CHANGE_STAFF)
def user_link(public_id: str) -> ResponseReturnValue:
    found = _user(public_id)
    people.require_may_give(current_actor(), found.role)
    return _show_link(found)


@settings.post("/staff/<public_id>/dismiss")
@require(CHANGE_STAFF)
def user_dismiss(public_id: str) -> ResponseReturnValue:
    found = _user(public_id)
    people.dismiss(found, by=current_actor())
    flash(_("%(name)s is signed out and cannot sign in any more.", name=found.name), "success")
    return redirect(url_for("settings.staff"), 303)


@settings.post("/staff/<public_id>/take-back")
@require(CHANGE_STAFF)
def user_take_back(public_id: str) -> ResponseReturnValue:
    found = _user(public_id)
    people.take_back(found, by=current_actor())
    flash(_("%(name)s may sign in again.", name=found.name), "success")
    return redirect(url_for("settings.staff"), 303)


@settings.post("/staff/<public_id>/sign-out")
@require(END_SESSIONS)
def user_sign_out(public_id: str) -> ResponseReturnValue:
    found = _user(public_id)
    sessions.end_sessions(found.id, "ended by the owner")
    flash(_("%(name)s is signed out everywhere.", name=found.name), "success")
    return redirect(url_for("settings.sessions"), 303)


@settings.post("/staff/<public_id>/second-factor/remove")
@require(CHANGE_STAFF, own_units=True)
def user_factor_remove(public_id: str) -> ResponseReturnValue:
    form, user_id = ConfirmForm(prefix="factor"), _user(public_id).id
    end_reading()
    signing_in.confirm_password(current_actor().id, form.current_password.data or "")
    with unit_of_work() as session:
        people.remove_second_factor(session.get_one(User, user_id), by=current_actor())
    flash(_("The second factor is removed."), "success")
    return redirect(url_for("settings.user", public_id=public_id), 303)


def _user_page(
    found: User, form: PostForm, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        PAGE,
        form=form,
        user=found,
        refusal=refusal,
        dismissed=found.state is UserState.DISMISSED,
        sessions=[one for one, _id, _name in open_sessions(found.id)],
        zone=_zone(),
    )
    return page, status


def _show_link(user: User) -> ResponseReturnValue:
    keep_no_answer()
    address = full_address("accounts.choose_password", token=people.invite(user))
    return render_template("clubcrm/settings/link.html", user=user, address=address)


def _user(public_id: str) -> User:
    found = user_by_public_id(public_id)
    if found is None or not _is_seen(found, set(current_actor().club_ids), clubs_of_users()):
        raise NotFound
    return found


def _is_seen(user: User, scope: set[int], clubs: dict[int, list[int]]) -> bool:
    if current_actor().role == Role.OWNER.value:
        return True
    return bool(scope & set(clubs.get(user.id, [])))


def _post(form: PostForm, keep: tuple[int, ...] = ()) -> people.Post:
    chosen = tuple(club.id for club in my_clubs() if club.public_id in (form.clubs.data or []))
    return people.Post(
        form.name.data or "", form.email.data or "", Role(form.role.data), (*chosen, *keep)
    )


def _public_clubs(user_id: int) -> list[str]:
    mine = set(clubs_of_users().get(user_id, []))
    return [club.public_id for club in my_clubs() if club.id in mine]


def _unseen_clubs(user_id: int) -> tuple[int, ...]:
    seen = {club.id for club in my_clubs()}
    return tuple(club for club in clubs_of_users().get(user_id, []) if club not in seen)


def _zone() -> str:
    club = chosen_club()
    return club.zone if club else "UTC"
