"""Views room: rooms, kinds of classes, the timetable and its rules in the settings."""

from datetime import timedelta
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from memberships.contracts.catalogue import plan_for, plans_on_sale
from memberships.permissions import EDIT_CLASSES
from memberships.schedule.board import teachers_of, timetable_of
from memberships.schedule.costs import price_words, prices_in
from memberships.schedule.forms import PlanRulesForm, RoomForm, RulesForm, SlotForm, TypeForm
from memberships.schedule.plan_rules import (
    PlanOrder,
    penalty_of_type,
    penalty_of_version,
    save_plan_rules,
    save_settings,
    save_type_penalty,
    save_type_price,
)
from memberships.schedule.reads import (
    plan_rule,
    room_for,
    rooms_of,
    rule_of_version,
    slot_for,
    type_for,
    types_of,
)
from memberships.schedule.settings import class_settings
from memberships.schedule.timetable import (
    add_slot,
    change_slot,
    end_slot,
    save_room,
    save_type,
)
from memberships.schedule.units import price_of

class_settings_pages = Blueprint("class_settings", __name__, url_prefix="/settings/classes")
PAGE = "memberships/schedule/setup_form.html"
NEW = "new"


@class_settings_pages.get("")
@require(EDIT_CLASSES)
def index() -> str:
    """The timetable of the week, rooms, kinds of classes, and where their rules are."""
    club = current_club()
    return render_template(
        "memberships/schedule/setup.html",
        club=club,
        slots=timetable_of(club.id, clock.today(club.zone)),
        rooms=rooms_of(club.id),
        kinds=types_of(club.id),
        prices=prices_in(club.id),
        price_words=price_words,
        plans=plans_on_sale(club.id),
        weekdays=_weekdays(),
        today=clock.today(club.zone),
    )


@class_settings_pages.route("/rooms/<room_id>", methods=["GET", "POST"])
@require(EDIT_CLASSES)
def room(room_id: str) -> ResponseReturnValue:
    """A room of the club; the id `new` makes one."""
    found = None if room_id == NEW else room_for(current_actor().scope, room_id)
    if found is None and room_id != NEW:
        raise not_found(_("There is no such room."))
    form = RoomForm()
    if request.method == "GET":
        if found is not None:
            form.show(found)
        return _page(form, found.name if found else _("New room"))
    club_id = found.club_id if found else current_club().id

    def save() -> None:
        save_room(club_id, form.order(), by=current_actor().ref, room=found)

    return _saved(form, save, found.name if found else _("New room"))


@class_settings_pages.route("/kinds/<kind_id>", methods=["GET", "POST"])
@require(EDIT_CLASSES)
def kind(kind_id: str) -> ResponseReturnValue:
    """A kind of class; the id `new` makes one."""
    found = None if kind_id == NEW else type_for(current_actor().scope, kind_id)
    if found is None and kind_id != NEW:
        raise not_found(_("There is no such kind of class."))
    form = TypeForm()
    form.offer(_hues())
    form.offer_price()
    form.fee.currency = current_club().currency
    if request.method == "GET":
        if found is not None:
            form.show(found, penalty_of_type(found.id))
            form.show_price(price_of(found.id))
        return _page(form, found.name if found else _("New kind of class"), has_penalty=True)
    club_id = found.club_id if found else current_club().id

    def save() -> None:
        made = save_type(club_id, form.order(), by=current_actor().ref, kind=found)
        rule = form.penalty() if form.own_rule.data else None
        save_type_penalty(made.id, rule, by=current_actor().ref)
        save_type_price(made.id, form.price(), by=current_actor().ref)

    title = found.name if found else _("New kind of class")
    return _saved(form, save, title, has_penalty=True)


@class_settings_pages.route("/slots/<slot_id>", methods=["GET", "POST"])
@require(EDIT_CLASSES)
def slot(slot_id: str) -> ResponseReturnValue:
    """A line of the timetable; a change holds from the day that is given."""
    found = None if slot_id == NEW else slot_for(current_actor().scope, slot_id)
    if found is None and slot_id != NEW:
        raise not_found(_("There is no such line in the timetable."))
    club = current_club()
    kinds = {one.public_id: one for one in types_of(club.id) if one.is_offered}
    rooms = {one.public_id: one for one in rooms_of(club.id) if one.is_open}
    teachers = {public: user_id for user_id, public, _name in teachers_of(club.id)}
    if not kinds or not rooms:
        flash(_("Make a room and a kind of class first."), "danger")
        return redirect(url_for("class_settings.index"), 303)
    form = SlotForm()
    form.kind.choices = [(public, one.name) for public, one in kinds.items()]
    form.room.choices = [(public, one.name) for public, one in rooms.items()]
    form.teacher.choices = [
        ("", _("nobody yet")),
        *((public, name) for _id, public, name in teachers_of(club.id)),
    ]
    form.weekday.choices = list(enumerate(_weekdays()))
    today = clock.today(club.zone)
    title = _("New line in the timetable") if found is None else _("Change the timetable")
    if request.method == "GET":
        form.valid_from.data = today + timedelta(days=0 if found is None else 7)
        if found is not None:
            chosen = (
                next((key for key, one in kinds.items() if one.id == found.class_type_id), ""),
                next((key for key, one in rooms.items() if one.id == found.room_id), ""),
                next((key for key, one in teachers.items() if one == found.teacher_id), ""),
            )
            form.show(found, chosen)
        return _page(form, title, slot=found)

    def save() -> None:
        order = form.order(kinds, rooms, teachers, today)
        if found is None:
            add_slot(club.id, order, by=current_actor().ref)
        else:
            change_slot(found, order, by=current_actor().ref)

    return _saved(form, save, title, slot=found)


@class_settings_pages.post("/slots/<slot_id>/end")
@require(EDIT_CLASSES)
def end(slot_id: str) -> ResponseReturnValue:
    """The line ends today; classes already published after it are called off."""
    found = slot_for(current_actor().scope, slot_id)
    if found is None:
        raise not_found(_("There is no such line in the timetable."))
    count = end_slot(found, clock.today(current_club().zone), by=current_actor().ref)
    text = ngettext(
        "The line has ended. %(num)s published class is called off.",
        "The line has ended. %(num)s published classes are called off.",
        count,
    )
    flash(text, "success")
    return redirect(url_for("class_settings.index"), 303)


@class_settings_pages.route("/rules", methods=["GET", "POST"])
@require(EDIT_CLASSES)
def rules() -> ResponseReturnValue:
    """How the club runs its classes: weeks ahead, waiting list, penalties, guests."""
    club = current_club()
    form = RulesForm()
    form.offer_penalties()
    form.fee.currency = club.currency
    kept = class_settings(club.id)
    if request.method == "GET":
        form.show(kept)
        return _page(form, _("Rules of classes and guests"), is_rules=True)

    def save() -> None:
        save_settings(club.id, form.settings(kept.guest_plan), by=current_actor().ref)

    return _saved(form, save, _("Rules of classes and guests"), is_rules=True)


@class_settings_pages.route("/plans/<plan_id>", methods=["GET", "POST"])
@require(EDIT_CLASSES)
def plan(plan_id: str) -> ResponseReturnValue:
    """What a plan books, how early, and how many guests it brings."""
    found = plan_for(current_actor().scope, plan_id)
    if found is None:
        raise not_found(_("There is no such plan."))
    kinds = types_of(found.club_id)
    form = PlanRulesForm()
    form.offer(kinds)
    form.fee.currency = found.terms.currency
    if request.method == "GET":
        rule = plan_rule(rule_of_version(found.version_id))
        form.show(rule, penalty_of_version(found.version_id), kinds)
        return _page(form, found.terms.name, is_plan=True)

    def save() -> None:
        penalty = form.penalty() if form.own_rule.data else None
        order = PlanOrder(form.rule(kinds), penalty)
        save_plan_rules(found.plan_id, order, by=current_actor().ref)

    return _saved(form, save, found.terms.name, is_plan=True)


def _saved(form: Any, save: Any, title: str, **more: Any) -> ResponseReturnValue:
    """Save what was typed, or show the page again with what is wrong."""
    if not form.validate():
        return _page(form, title, status=400, **more)
    try:
        save()
    except DomainError as error:
        refusal = form.accept(error)
        return _page(form, title, refusal=refusal, status=error.status, **more)
    flash(_("Saved."), "success")
    return redirect(url_for("class_settings.index"), 303)


def _page(form: Any, title: str, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    shown = {"refusal": "", "slot": None, "has_penalty": False, "is_rules": False, "is_plan": False}
    page = render_template(PAGE, form=form, title=title, **(shown | more))
    return page, status


def _weekdays() -> list[str]:
    names = get_day_names("wide", locale=str(get_locale() or "en"))
    return [str(names[day]) for day in range(7)]


def _hues() -> list[tuple[str, str]]:
    words = (_("blue"), _("pink"), _("green"), _("amber"), _("violet"), _("teal"))
    return [(str(place + 1), word) for place, word in enumerate(words)]
