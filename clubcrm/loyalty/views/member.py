"""Views room: one member's code, the friends he brought, his points, at the desk."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import Actor
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from clubcrm.loyalty import words
from clubcrm.loyalty.forms import PointsForm
from clubcrm.loyalty.permissions import GIVE_LOYALTY, SEE_LOYALTY
from clubcrm.loyalty.point_queries import lines_of, points_of
from clubcrm.loyalty.point_services import give_points, spend
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_queries import brought_by, host_of_code, newest_code, referral_of
from clubcrm.loyalty.referral_services import Coming, code_of, note_friend
from clubcrm.loyalty.rules.programme import Reward
from clubcrm.loyalty.surroundings import Somebody, club_with, person_with
from clubcrm.people.api import person_in
from clubcrm.people.queries.hits import load_hits

member_loyalty = Blueprint("member_loyalty", __name__)
NEWEST = 50


@member_loyalty.get("/members/<person_id>/loyalty")
@require(SEE_LOYALTY)
def show(person_id: str) -> ResponseReturnValue:
    """Everything about one member's friends and points."""
    return _page(_person(person_id))


@member_loyalty.post("/members/<person_id>/loyalty/code")
@require(GIVE_LOYALTY)
def make_code(person_id: str) -> ResponseReturnValue:
    """The member has a code to tell his friends."""
    code_of(_person(person_id).id)
    return _back(person_id)


@member_loyalty.post("/members/<person_id>/loyalty/host")
@require(GIVE_LOYALTY)
def note_host(person_id: str) -> ResponseReturnValue:
    """The member was brought by whoever has the code."""
    friend, typed = _person(person_id), request.form.get("code", "")
    try:
        host = host_of_code(typed)
    except DomainError:
        host = None
    if host is None or not _in_scope(host, current_actor()):
        return _page(friend, code=typed, code_fault=_("Nobody has this code.")), 400
    refusal = note_friend(Coming(friend.club_id, friend, host, "desk"), by=current_actor().ref)
    if refusal is not None:
        return _page(friend, code=typed, code_fault=words.refusal_words(refusal)), 409
    flash(_("Noted: %(name)s has brought this member.", name=host.full_name), "success")
    return _back(person_id)


@member_loyalty.post("/members/<person_id>/loyalty/points")
@require(GIVE_LOYALTY)
def give(person_id: str) -> ResponseReturnValue:
    """Points are given by hand, with a reason."""
    person, form = _person(person_id), PointsForm(request.form)
    if not form.validate():
        return _page(person, form=form), 400
    try:
        give_points(
            person.club_id,
            person.id,
            form.points.data or 0,
            form.reason.data or "",
            by=current_actor().ref,
        )
    except DomainError as error:
        return _page(person, form=form, refusal=form.accept(error)), error.status
    flash(_("Given."), "success")
    return _back(person_id)


@member_loyalty.post("/members/<person_id>/loyalty/spend")
@require(GIVE_LOYALTY)
def turn_into_money(person_id: str) -> ResponseReturnValue:
    """Points become bonus money, which pays at the till and at the desk at once."""
    person = _person(person_id)
    typed = ascii_digits(request.form.get("spent", "")).strip()
    points = int(typed) if typed.isdigit() and len(typed) < 10 else 0
    try:
        voucher = spend(person.club_id, person.id, points, by=current_actor().ref)
    except DomainError as error:
        fault = error.fields[0].message if error.fields else error.text
        return _page(person, spent=typed, spent_fault=str(fault)), error.status
    flash(_("Bonus money is there: it pays at the till by itself. Code %(code)s.",
            code=voucher.code), "success")  # fmt: skip
    return _back(person_id)


def _page(person: Somebody, **more: Any) -> str:
    club = club_with(person.club_id)
    programme = programme_of(club.id)
    brought, by = brought_by(person.id), referral_of(person.id)
    named = {one.referral.friend_id for one in brought} | ({by.host_id} if by else set())
    return render_template(
        "clubcrm/loyalty/member.html",
        person=person,
        programme=programme,
        code=newest_code(person.id),
        brought=brought,
        by=by,
        hits={one.id: one for one in load_hits(list(named))},
        points=points_of(person.id, programme, clock.today(club.zone)),
        lines=list(reversed(lines_of(person.id)))[:NEWEST],
        words=words,
        reward=lambda one: words.reward_words(Reward(one.kind, one.amount), club.currency),
        currency=club.currency,
        zone=club.zone,
        more={"form": PointsForm(None), **more},
    )


def _in_scope(person: Somebody, actor: Actor) -> bool:
    return person.club_id in actor.scope.club_ids


def _person(public_id: str) -> Somebody:
    return person_with(person_in(current_actor().scope, public_id).id)


def _back(person_id: str) -> ResponseReturnValue:
    return redirect(url_for("member_loyalty.show", person_id=person_id), 303)
