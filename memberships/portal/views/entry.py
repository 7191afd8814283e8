"""Views room: the member's code for the door, which changes every minute, and his classes."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import member_link
from memberships.documents.codes import drawn_code
from memberships.portal import queries
from memberships.portal.views.frame import OWN, by_member, member_by, page_of, portal
from memberships.schedule import bookings
from memberships.schedule.board import class_row, classes_between, next_classes
from memberships.schedule.costs import costs_for, keeping_words, late_words, units_words
from memberships.schedule.models import Booking
from memberships.schedule.reads import own_booking
from memberships.schedule.rules.booking import Way
from memberships.schedule.rules.weeks import days_between
from memberships.schedule.units import cost_of
from memberships.schedule.words import STATES

DAYS_SHOWN = 7
MOST_BOOKED = 20
ACTS: Mapping[str, Callable[..., object]] = {
    "cancel": bookings.cancel_booking,
    "accept": bookings.accept_offer,
    "decline": bookings.decline_offer,
}


@portal.get("/my/<token>/code")
@member_link(OWN)
def entry_code(token: str) -> ResponseReturnValue:
    """The code of this minute, large and dark on white; the page asks for the next one itself."""
    member = member_by(token)
    text = current_app.extensions["club_entry_code"](member.public_id)
    return page_of(member, "code", token=token, code=drawn_code(text))


@portal.get("/my/<token>/classes")
@member_link(OWN)
def classes(token: str) -> ResponseReturnValue:
    """What the member has booked, and the classes of a day with one button each."""
    return _classes(token, member_by(token))


@portal.post("/my/<token>/classes/<class_id>")
@member_link(OWN)
def book_class(token: str, class_id: str) -> ResponseReturnValue:
    """The member has a place, or the next number of the waiting list."""
    member = member_by(token)
    row = class_row(Scope((member.club_id,)), class_id)
    if row is None:
        raise not_found(_("There is no such class."))
    try:
        asked = bookings.BookRequest(row.session_id, member.person_id, Way.ONLINE)
        bookings.book(asked, by=by_member(member))
    except DomainError as error:
        return _classes(token, member, error.text), error.status
    return redirect(url_for("portal.classes", token=token, day=row.day.isoformat()), 303)


@portal.get("/my/<token>/bookings/<booking_id>")
@member_link(OWN)
def booking(token: str, booking_id: str) -> ResponseReturnValue:
    """One booking, with what stepping back would bring."""
    member = member_by(token)
    found = _own_booking(member, booking_id)
    rule = bookings.would_be_late(found)
    mine = next_classes(member.person_id, clock.now(), MOST_BOOKED)
    one = next((one for one in mine if one.booking.id == found.id), None)
    if one is None:
        return redirect(url_for("portal.classes", token=token), 303)
    return page_of(
        member,
        "booking",
        token=token,
        one=one,
        states=STATES,
        late=late_words(found, rule) if rule else "",
        cost=cost_of(found),
        units_words=units_words,
    )


@portal.post("/my/<token>/bookings/<booking_id>")
@member_link(OWN)
def answer_booking(token: str, booking_id: str) -> ResponseReturnValue:
    """The member steps back, takes the offered place, or leaves it to the next one."""
    member = member_by(token)
    found = _own_booking(member, booking_id)
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise not_found(_("There is no such booking."))
    try:
        act(found, by=by_member(member))
    except DomainError as error:
        return _classes(token, member, error.text), error.status
    return redirect(url_for("portal.classes", token=token), 303)


def _classes(token: str, member: queries.Member, refusal: str = "") -> str:
    now, today = clock.now(), clock.today(member.zone)
    chosen = _day(request.args.get("day"), today)
    mine = next_classes(member.person_id, now, MOST_BOOKED)
    found = classes_between([member.club_id], chosen, chosen)
    rows = [row for row in found if row.starts_at > now and not row.is_off]
    return page_of(
        member,
        "classes",
        token=token,
        mine=mine,
        booked={one.row.session_id: one.booking for one in mine},
        rows=rows,
        costs=costs_for(member.person_id, [row.session_id for row in rows]),
        keeping_words=keeping_words,
        days=list(days_between(today, today + timedelta(days=DAYS_SHOWN - 1))),
        chosen=chosen,
        states=STATES,
        refusal=refusal,
    )


def _own_booking(member: queries.Member, public_id: str) -> Booking:
    found = own_booking(member.person_id, public_id)
    if found is None:
        raise not_found(_("There is no such booking."))
    return found


def _day(text: str | None, today: date) -> date:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return today
    return found if today <= found <= today + timedelta(days=60) else today
