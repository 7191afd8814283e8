"""Views room: the timetable: a week on a laptop, a day on a phone; one class with its list."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core import clock, formats
from clubcrm.core.errors import DomainError, forbidden, not_found
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from clubcrm.people.queries.search import search as search_people
from memberships.permissions import BOOK_CLASSES, EDIT_CLASSES, SEE_CLASSES, TEACH_CLASSES
from memberships.schedule import attendance, bookings
from memberships.schedule.board import ClassRow, class_by_id, class_row, classes_between
from memberships.schedule.costs import (
    costs_in,
    costs_of,
    keeping_words,
    lateness,
    price_of_class,
    price_words,
    units_words,
)
from memberships.schedule.models import Booking, BookingState, ClassSession
from memberships.schedule.reads import booking_for, list_of, session_for, types_of
from memberships.schedule.rules.strikes import Miss
from memberships.schedule.rules.weeks import days_between, monday_of
from memberships.schedule.timetable import cancel_class
from memberships.schedule.words import STATES

schedule = Blueprint("schedule", __name__, url_prefix="/schedule")
SHORTEST_SEARCH, MOST_HITS = 2, 8


@schedule.get("")
@require(SEE_CLASSES)
def week() -> str:
    """A week of the club; the chosen day is the one a phone shows."""
    club = current_club()
    today = clock.today(club.zone)
    chosen = _day(request.args.get("day")) or today
    monday = monday_of(chosen)
    sunday = monday + timedelta(days=6)
    kind = request.args.get("kind", "")
    rows = classes_between([club.id], monday, sunday, kind=kind)
    return render_template(
        "memberships/schedule/week.html",
        club=club,
        today=today,
        chosen=chosen,
        days=[
            (day, [row for row in rows if row.day == day]) for day in days_between(monday, sunday)
        ],
        has_any=bool(rows),
        chips=_chips(club.id, chosen, kind),
        kind=kind,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        now=clock.now(),
    )


@schedule.get("/classes/<class_id>")
@require(SEE_CLASSES)
def show(class_id: str) -> str:
    """One class: when, where, how full, and for those who may see it the list."""
    row = _row(class_id)
    typed = request.args.get("q", "").strip()[:80]
    sees = _sees_list(row)
    listed = list_of(row.session_id) if sees else []
    scope = current_actor().scope
    may_search = current_actor().may(BOOK_CLASSES) and len(typed) >= SHORTEST_SEARCH
    taken = {one.person.id for one in listed}
    hits = search_people(scope, typed, MOST_HITS) if may_search else []
    now = clock.now()
    return render_template(
        "memberships/schedule/class.html",
        row=row,
        club=next(club for club in my_clubs() if club.id == row.club_id),
        sees=sees,
        listed=[one for one in listed if one.booking.state is not BookingState.WAITING],
        waiting=[one for one in listed if one.booking.state is BookingState.WAITING],
        typed=typed,
        hits=[hit for hit in hits if hit.id not in taken],
        states=STATES,
        lateness=lateness(one.booking for one in listed),
        price=price_of_class(row.session_id),
        price_words=price_words,
        keeping_words=keeping_words,
        units_words=units_words,
        costs=costs_in(row.session_id, [hit.id for hit in hits]),
        paid=costs_of([one.booking.id for one in listed]),
        can_list=now >= row.starts_at - timedelta(minutes=30) and not row.is_off,
        is_over=now >= row.ends_at,
        has_begun=now >= row.starts_at,
    )


@schedule.post("/classes/<class_id>/book/<person_id>")
@require(BOOK_CLASSES)
def book(class_id: str, person_id: str) -> ResponseReturnValue:
    """The member has a place, or the next number of the waiting list."""
    session = _session(class_id)
    person = person_in(current_actor().scope, person_id)
    try:
        booking = bookings.book(bookings.BookRequest(session.id, person.id), by=current_actor().ref)
    except DomainError as error:
        flash(f"{person.full_name}: {error.text}", "danger")
        return _back(class_id, person_id)
    flash(said(booking, person.full_name), "success")
    return _back(class_id, person_id)


@schedule.post("/classes/<class_id>/walk-in/<person_id>")
@require(BOOK_CLASSES)
def walk_in(class_id: str, person_id: str) -> ResponseReturnValue:
    """Somebody at the door of the room takes part, if a place is free."""
    session = _session(class_id)
    person = person_in(current_actor().scope, person_id)
    try:
        bookings.walk_in(session, person.id, by=current_actor().ref)
    except DomainError as error:
        flash(f"{person.full_name}: {error.text}", "danger")
        return _back(class_id, "")
    flash(_("%(name)s takes part.", name=person.full_name), "success")
    return _back(class_id, "")


@schedule.post("/bookings/<booking_id>/cancel")
@require(BOOK_CLASSES)
def cancel(booking_id: str) -> ResponseReturnValue:
    """The booking has ended; the page says what that brought."""
    booking = _booking(booking_id)
    late = bookings.cancel_booking(booking, by=current_actor().ref)
    if late is Miss.LATE_CANCEL:
        text = _("Cancelled, and it counts as late. Who has a good reason can be excused.")
        flash(text, "success")
    else:
        flash(_("Cancelled. The place is free for the next."), "success")
    return _home(booking)


@schedule.post("/bookings/<booking_id>/accept")
@require(BOOK_CLASSES)
def accept(booking_id: str) -> ResponseReturnValue:
    """The offered place is taken."""
    booking = _booking(booking_id)
    bookings.accept_offer(booking, by=current_actor().ref)
    flash(_("The place is taken."), "success")
    return _home(booking)


@schedule.post("/bookings/<booking_id>/present")
@require(TEACH_CLASSES)
def present(booking_id: str) -> ResponseReturnValue:
    """The person is here."""
    booking = _listed(booking_id)
    attendance.mark_present(booking, by=current_actor().ref)
    return _home(booking)


@schedule.post("/bookings/<booking_id>/absent")
@require(TEACH_CLASSES)
def absent(booking_id: str) -> ResponseReturnValue:
    """The person is not here after all."""
    booking = _listed(booking_id)
    attendance.mark_absent(booking, by=current_actor().ref)
    return _home(booking)


@schedule.post("/classes/<class_id>/cancel")
@require(EDIT_CLASSES)
def call_off(class_id: str) -> ResponseReturnValue:
    """The class does not take place, and everybody on its list is told."""
    session = _session(class_id)
    count = cancel_class(session, request.form.get("why", ""), by=current_actor().ref)
    text = ngettext(
        "The class is called off. %(num)s person is told.",
        "The class is called off. %(num)s people are told.",
        count,
    )
    flash(text, "success")
    return redirect(url_for("schedule.show", class_id=class_id), 303)


def said(booking: Booking, name: str) -> str:
    """Return what became of a wish, in one sentence."""
    row = class_by_id(booking.session_id)
    assert row is not None  # noqa: S101 - the booking's own class
    zone = next(club.zone for club in my_clubs() if club.id == row.club_id)
    when = formats.moment(row.starts_at, zone)
    if booking.state is BookingState.WAITING:
        return _(
            "%(name)s waits for %(what)s, %(when)s, with number %(number)s.",
            name=name,
            what=row.name,
            when=when,
            number=booking.waiting_number,
        )
    return _("%(name)s has a place in %(what)s, %(when)s.", name=name, what=row.name, when=when)


def _chips(club_id: int, chosen: date, kind: str) -> list[tuple[str, str, bool, None]]:
    """Return the filter by kind of class; none where there is one kind only."""
    offered = [(one.public_id, one.name) for one in types_of(club_id) if one.is_offered]
    if len(offered) < 2:
        return []
    day = chosen.isoformat()
    return [
        (name, url_for("schedule.week", day=day, kind=public or None), public == kind, None)
        for public, name in [("", _("All")), *offered]
    ]


def _sees_list(row: ClassRow) -> bool:
    actor = current_actor()
    is_teacher = actor.kind == "user" and row.teacher_id == actor.id
    return actor.may(BOOK_CLASSES) or (actor.may(TEACH_CLASSES) and is_teacher)


def _row(class_id: str) -> ClassRow:
    row = class_row(current_actor().scope, class_id)
    if row is None:
        raise not_found(_("There is no such class."))
    return row


def _session(class_id: str) -> ClassSession:
    session = session_for(current_actor().scope, class_id)
    if session is None:
        raise not_found(_("There is no such class."))
    return session


def _booking(booking_id: str) -> Booking:
    booking = booking_for(current_actor().scope, booking_id)
    if booking is None:
        raise not_found(_("There is no such booking."))
    return booking


def _listed(booking_id: str) -> Booking:
    booking = _booking(booking_id)
    row = class_by_id(booking.session_id)
    if row is None or not _sees_list(row):
        raise forbidden(_("This list belongs to another teacher."))
    return booking


def _home(booking: Booking) -> ResponseReturnValue:
    row = class_by_id(booking.session_id)
    assert row is not None  # noqa: S101 - the booking's own class
    return _back(row.public_id, request.form.get("person", ""))


def _back(class_id: str, person_id: str) -> ResponseReturnValue:
    if request.form.get("from") == "person" and person_id:
        return redirect(url_for("own_classes.show", person_id=person_id), 303)
    return redirect(url_for("schedule.show", class_id=class_id), 303)


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 < found.year < 2100 else None
