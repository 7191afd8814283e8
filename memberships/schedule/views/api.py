"""Views room: classes, bookings and guests under /api/v1."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, page_key
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import PersonDraft, person_in
from memberships.permissions import (
    BOOK_CLASSES,
    EDIT_CLASSES,
    EXCUSE_STRIKES,
    INVITE_GUESTS,
    SEE_CLASSES,
)
from memberships.schedule import attendance, bookings, guests, strikes
from memberships.schedule.board import (
    ClassRow,
    bookings_page,
    class_row,
    classes_between,
    strikes_of,
)
from memberships.schedule.costs import prices_of
from memberships.schedule.models import Booking, BookingState, Strike
from memberships.schedule.passes import pass_for
from memberships.schedule.reads import booking_for, public_ids_of, session_for, strike_for
from memberships.schedule.rules.booking import Way
from memberships.schedule.rules.units import UnitPrice
from memberships.schedule.timetable import cancel_class
from memberships.schedule.units import cost_of
from memberships.schedule.views import schemas

api = ApiBlueprint(
    "classes_api", __name__, url_prefix="/api/v1", description="Classes, bookings, guests"
)
LONGEST = timedelta(days=93)


@api.get("/classes")
@api.doc(summary="Classes of your clubs between two days, by default the coming week")
@require(SEE_CLASSES)
@api.arguments(schemas.ClassQuery, location="query")
@api.response(200, schemas.ClassList)
def list_classes(asked: dict[str, Any]) -> dict[str, Any]:
    clubs = my_clubs()
    today = clock.today(clubs[0].zone) if clubs else clock.now().date()
    first = asked["from_"] or today
    last = asked["to"] or first + timedelta(days=6)
    if not first <= last <= first + LONGEST:
        raise invalid({"to": _("Expected a day at most three months later.")})
    rows = classes_between([club.id for club in clubs], first, last, kind=asked["kind"])
    prices = prices_of([row.session_id for row in rows])
    return {"items": [_class(row, prices) for row in rows]}


@api.get("/classes/<string:class_id>")
@api.doc(summary="One class with its free places")
@require(SEE_CLASSES)
@api.response(200, schemas.ClassShown)
def get_class(class_id: str) -> dict[str, Any]:
    return _one_class(class_id)


@api.get("/classes/<string:class_id>/preview")
@api.doc(summary="What booking would give a member now, and what it costs in units")
@require(BOOK_CLASSES)
@api.arguments(schemas.BookingPreviewQuery, location="query")
@api.response(200, schemas.BookingPreviewShown)
def get_preview(asked: dict[str, Any], class_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, asked["member"])
    way = Way.ONLINE if asked["as_member"] else Way.DESK
    request = bookings.BookRequest(_row(class_id).session_id, person.id, way)
    shown = bookings.preview_booking(request)
    return {
        "places_left": max(0, shown.places_left),
        "waiting_number": shown.waiting_number,
        "price": _price(shown.price),
        "units_left": shown.units_left,
    }


@api.post("/classes/<string:class_id>/cancel")
@api.doc(summary="Call off a class; everybody on its list is told")
@require(EDIT_CLASSES)
@api.arguments(schemas.CallOffBody)
@api.response(200, schemas.ClassShown)
def post_class_cancel(body: dict[str, Any], class_id: str) -> dict[str, Any]:
    session = session_for(current_actor().scope, class_id)
    if session is None:
        raise not_found(_("There is no such class."))
    cancel_class(session, body["reason"], by=current_actor().ref)
    return _one_class(class_id)


@api.get("/bookings")
@api.doc(summary="Bookings of classes of your clubs, newest first")
@require(BOOK_CLASSES)
@api.arguments(schemas.BookingQuery, location="query")
@api.response(200, schemas.BookingList)
def list_bookings(asked: dict[str, Any]) -> dict[str, Any]:
    scope = current_actor().scope
    limit = asked["limit"]
    rows = bookings_page(
        scope,
        limit + 1,
        member_id=person_in(scope, asked["member"]).id if asked["member"] else None,
        session_id=_row(asked["class_"]).session_id if asked["class_"] else None,
        before_id=page_key(asked["after"]),
    )
    shown = rows[:limit]
    more = str(shown[-1].id) if len(rows) > limit else None
    return {"items": [booking_shown(row) for row in shown], "next": more}


@api.post("/bookings")
@api.doc(summary="Book a place for a member, or the next number of the waiting list")
@require(BOOK_CLASSES)
@api.arguments(schemas.BookingBody)
@api.response(201, schemas.BookingShown)
def post_booking(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, body["member_id"])
    request = bookings.BookRequest(
        _row(body["class_id"]).session_id,
        person.id,
        Way.ONLINE if body["as_member"] else Way.DESK,
        body["may_wait"],
    )
    return booking_shown(bookings.book(request, by=actor.ref))


@api.get("/bookings/<string:booking_id>")
@api.doc(summary="One booking")
@require(BOOK_CLASSES)
@api.response(200, schemas.BookingShown)
def get_booking(booking_id: str) -> dict[str, Any]:
    return booking_shown(_found(booking_id))


@api.post("/bookings/<string:booking_id>/cancel")
@api.doc(summary="Cancel a booking; `late` says whether it came too late")
@require(BOOK_CLASSES)
@api.arguments(schemas.BookingCancelBody)
@api.response(200, schemas.BookingShown)
def post_cancel(body: dict[str, Any], booking_id: str) -> dict[str, Any]:
    booking = _found(booking_id)
    bookings.cancel_booking(booking, by=current_actor().ref, why=body["reason"])
    return booking_shown(booking)


@api.post("/bookings/<string:booking_id>/accept")
@api.doc(summary="Take an offered place")
@require(BOOK_CLASSES)
@api.response(200, schemas.BookingShown)
def post_accept(booking_id: str) -> dict[str, Any]:
    booking = _found(booking_id)
    bookings.accept_offer(booking, by=current_actor().ref)
    return booking_shown(booking)


@api.post("/bookings/<string:booking_id>/presence")
@api.doc(summary="Mark by hand whether somebody was in the class")
@require(EDIT_CLASSES)
@api.arguments(schemas.PresenceBody)
@api.response(200, schemas.BookingShown)
def post_presence(body: dict[str, Any], booking_id: str) -> dict[str, Any]:
    booking = _found(booking_id)
    mark = attendance.mark_present if body["present"] else attendance.mark_absent
    mark(booking, by=current_actor().ref)
    return booking_shown(booking)


@api.get("/members/<string:public_id>/strikes")
@api.doc(summary="What stands against a member, and what was excused")
@require(BOOK_CLASSES)
@api.response(200, schemas.StrikeList)
def list_strikes(public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    return {"items": [strike_shown(one) for one, _row in strikes_of(person.id)]}


@api.post("/strikes/<string:strike_id>/decide")
@api.doc(summary="Excuse a strike, with its unit or fee, or let it stand with an answer")
@require(EXCUSE_STRIKES)
@api.arguments(schemas.StrikeBody)
@api.response(200, schemas.StrikeShown)
def post_strike(body: dict[str, Any], strike_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = strike_for(actor.scope, strike_id)
    if found is None:
        raise not_found(_("There is no such strike."))
    decide = strikes.excuse if body["excuse"] else strikes.uphold
    decide(found, body["answer"], by=actor.ref)
    return strike_shown(found)


@api.post("/guests")
@api.doc(summary="Give a guest of a member a pass for today")
@require(INVITE_GUESTS)
@api.arguments(schemas.GuestBody)
@api.response(201, schemas.GuestShown)
def post_guest(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    host = person_in(actor.scope, body["host_id"])
    draft = PersonDraft(
        body["given_name"], body["family_name"], phone=body["phone"], email=body["email"]
    )
    club = _club(body["club"], host.club_id)
    made = guests.invite_guest(guests.GuestRequest(host.id, club.id, draft), by=actor.ref)
    row = pass_for(actor.scope, made.public_id)
    assert row is not None  # noqa: S101 - just made in a club of this actor
    return {
        "id": made.public_id,
        "host_id": row.host_public_id,
        "member_id": row.guest_public_id,
        "day": made.day,
        "state": made.state.value,
        "expires_at": made.expires_at,
    }


def strike_shown(one: Strike) -> dict[str, Any]:
    """Return a strike as programs read it."""
    return {
        "id": one.public_id,
        "day": one.day,
        "miss": one.miss.value,
        "penalty": one.penalty.value,
        "state": one.state.value,
    }


def _club(wish: str | None, own: int) -> ClubChoice:
    for club in my_clubs():
        if (wish is None and club.id == own) or wish in {club.public_id, club.name}:
            return club
    raise invalid({"club": _("There is no such club.")})


def _row(class_id: str) -> ClassRow:
    row = class_row(current_actor().scope, class_id)
    if row is None:
        raise not_found(_("There is no such class."))
    return row


def _found(booking_id: str) -> Booking:
    booking = booking_for(current_actor().scope, booking_id)
    if booking is None:
        raise not_found(_("There is no such booking."))
    return booking


def _class(row: ClassRow, prices: Mapping[int, UnitPrice]) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": row.type_public_id,
        "room": row.room,
        "teacher": row.teacher,
        "instead_of": row.instead_of,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "capacity": row.capacity,
        "taken": row.taken,
        "free": row.free,
        "waiting": row.waiting,
        "state": row.state.value,
        "reason": row.reason,
        "price": _price(prices.get(row.session_id)),
    }


def _one_class(class_id: str) -> dict[str, Any]:
    row = _row(class_id)
    return _class(row, prices_of([row.session_id]))


def _price(price: UnitPrice | None) -> dict[str, Any] | None:
    return None if price is None else asdict(price)


def booking_shown(booking: Booking) -> dict[str, Any]:
    """Return a booking as programs read it."""
    class_id, member_id = public_ids_of(booking)
    is_offered = booking.state is BookingState.OFFERED
    cost = cost_of(booking)
    return {
        "id": booking.public_id,
        "class_id": class_id,
        "member_id": member_id,
        "state": booking.state.value,
        "waiting_number": booking.waiting_number,
        "offered_until": booking.expires_at if is_offered else None,
        "booked_at": booking.booked_at,
        "late": booking.state is BookingState.LATE,
        "units": cost.held if cost else 0,
    }
