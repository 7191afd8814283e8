"""Views room: the classes of one member: book in two clicks, cancel, strikes, calendar."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import not_found
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import link_address, person_in
from clubcrm.people.models import Person
from memberships.permissions import BOOK_CLASSES, EXCUSE_STRIKES
from memberships.schedule import strikes
from memberships.schedule.board import classes_between, open_appeals, own_bookings, strikes_of
from memberships.schedule.costs import costs_for, costs_of, keeping_words, lateness, units_words
from memberships.schedule.feeds import new_member_feed
from memberships.schedule.models import Strike
from memberships.schedule.reads import OPEN, strike_days, strike_for
from memberships.schedule.rules.strikes import stopped_until
from memberships.schedule.rules.weeks import days_between
from memberships.schedule.settings import class_settings
from memberships.schedule.words import MISSES, PENALTIES, STATES, STRIKE_STATES

own_classes = Blueprint("own_classes", __name__)
PAGE = "memberships/schedule/member.html"
DAYS_SHOWN = 7


@own_classes.get("/members/<person_id>/classes")
@require(BOOK_CLASSES)
def show(person_id: str) -> str:
    """What the member has booked, what he can book on a day, and what stands against him."""
    return _page(_person(person_id))


@own_classes.post("/members/<person_id>/classes/calendar")
@require(BOOK_CLASSES)
def calendar(person_id: str) -> str:
    """A new secret address of the member's calendar is shown once; the old one is over."""
    person = _person(person_id)
    token = new_member_feed(person.id, by=current_actor().ref)
    return _page(person, feed=link_address("class_feeds.member", token))


@own_classes.get("/schedule/strikes")
@require(EXCUSE_STRIKES)
def appeals() -> str:
    """Objections of members that wait for an answer."""
    club = current_club()
    return render_template(
        "memberships/schedule/appeals.html",
        club=club,
        rows=open_appeals(club.id),
        misses=MISSES,
        penalties=PENALTIES,
    )


@own_classes.post("/schedule/strikes/<strike_id>/appeal")
@require(BOOK_CLASSES)
def appeal(strike_id: str) -> ResponseReturnValue:
    """The member's objection is written down for a manager."""
    strike = _strike(strike_id)
    strikes.appeal(strike, request.form.get("appeal", ""), by=current_actor().ref)
    flash(_("Written down. A manager will look at it."), "success")
    return _home()


@own_classes.post("/schedule/strikes/<strike_id>/decide")
@require(EXCUSE_STRIKES)
def decide(strike_id: str) -> ResponseReturnValue:
    """The strike is excused, or stands with an answer."""
    strike = _strike(strike_id)
    answer = request.form.get("answer", "")
    if request.form.get("outcome") == "uphold":
        strikes.uphold(strike, answer, by=current_actor().ref)
        flash(_("It stands. The member reads your answer."), "success")
    else:
        strikes.excuse(strike, answer, by=current_actor().ref)
        flash(_("Excused. It no longer counts."), "success")
    return _home()


def _page(person: Person, **more: Any) -> str:
    club = next(club for club in my_clubs() if club.id == person.club_id)
    now, today = clock.now(), clock.today(club.zone)
    chosen = _day(request.args.get("day"), today)
    mine = own_bookings(person.id, now - timedelta(days=30))
    booked = {one.row.session_id: one.booking for one in mine if one.booking.state in OPEN}
    penalty = class_settings(club.id).penalty
    days = strike_days(person.id, club.id, today - timedelta(days=penalty.within_days))
    coming = [one for one in mine if one.row.starts_at > now and one.booking.state in OPEN]
    rows = [
        row
        for row in classes_between([club.id], chosen, chosen)
        if row.starts_at > now and not row.is_off
    ]
    return render_template(
        PAGE,
        person=person,
        club=club,
        days=list(days_between(today, today + timedelta(days=DAYS_SHOWN - 1))),
        chosen=chosen,
        today=today,
        rows=rows,
        costs=costs_for(person.id, [row.session_id for row in rows]),
        keeping_words=keeping_words,
        units_words=units_words,
        booked=booked,
        coming=coming,
        lateness=lateness(one.booking for one in coming),
        paid=costs_of([one.booking.id for one in coming]),
        past=[one for one in reversed(mine) if one not in coming],
        strikes=strikes_of(person.id),
        stopped_until=stopped_until(days, penalty, today),
        counting=len(days),
        penalty=penalty,
        states=STATES,
        strike_states=STRIKE_STATES,
        misses=MISSES,
        penalties=PENALTIES,
        feed=more.get("feed", ""),
    )


def _person(public_id: str) -> Person:
    return person_in(current_actor().scope, public_id)


def _strike(public_id: str) -> Strike:
    found = strike_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such strike."))
    return found


def _home() -> ResponseReturnValue:
    person = request.form.get("person", "")
    if not person:
        back = "own_classes.appeals" if current_actor().may(EXCUSE_STRIKES) else "schedule.week"
        return redirect(url_for(back), 303)
    return redirect(url_for("own_classes.show", person_id=person, _anchor="strikes"), 303)


def _day(text: str | None, today: date) -> date:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return today
    return found if today <= found <= today + timedelta(days=60) else today
