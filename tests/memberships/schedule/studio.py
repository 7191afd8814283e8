"""A studio for the stories: a room, yoga, people with a year's contract, and short ways to book."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from clubcrm.core.db import db
from memberships.contracts.catalogue import PlanOnSale
from memberships.contracts.services import SignRequest, sign
from memberships.schedule.bookings import BookRequest, book
from memberships.schedule.models import Booking, ClassSession, ClassSlot, ClassType, Room
from memberships.schedule.rules.booking import Way
from memberships.schedule.timetable import (
    RoomOrder,
    SlotOrder,
    TypeOrder,
    add_slot,
    save_room,
    save_type,
)
from tests.cast import Cast, make_member
from tests.memberships.conftest import SARA, YEAR, make_plan

MONDAY_NOON = "2026-11-23T06:00Z"  # Monday 12:00 in Dhaka
FRIDAY = date(2026, 11, 27)


@dataclass(slots=True)
class Studio:
    """What the stories use: the room, the kind of class, its slot, the plan, and the people."""

    cast: Cast
    room: Room
    yoga: ClassType
    plan: PlanOnSale
    slot: ClassSlot
    people: dict[str, int] = field(default_factory=dict)

    def session(self, day: date = FRIDAY) -> ClassSession:
        """Return the class of the slot on a day."""
        return db.session.scalars(
            select(ClassSession).where(
                ClassSession.slot_id == self.slot.id, ClassSession.day == day
            )
        ).one()

    def book(self, name: str, *, day: date = FRIDAY, way: Way = Way.ONLINE) -> Booking:
        """The person has a place in the class of the day, or waits for one."""
        session = self.session(day)
        return book(BookRequest(session.id, self.people[name], way), by=f"member:{name}")


def open_studio(
    cast: Cast,
    *,
    places: int = 2,
    names: tuple[str, ...] = ("Mia", "Amit", "Bela", "Chen"),
    starts: time = time(18),
) -> Studio:
    """Yoga takes place on Fridays at 18:00 in Dhaka, and everybody has a contract for the year."""
    room = save_room(cast.club, RoomOrder("Studio", 20), by=SARA)
    yoga = save_type(cast.club, TypeOrder("Yoga", 60, places), by=SARA)
    plan = make_plan(cast, YEAR)
    slot = add_slot(
        cast.club,
        SlotOrder(yoga.id, room.id, cast.users["Tara"], 4, starts, 60, places, date(2026, 11, 1)),
        by=SARA,
    )
    studio = Studio(cast, room, yoga, plan, slot)
    for name in names:
        known = cast.members.get(name)
        person = known or make_member(name, "Das", club=cast.club).id
        studio.people[name] = person
        sign(SignRequest(person, plan.plan_id, date(2026, 11, 1)), by=SARA)
    return studio


def in_dhaka(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant by the wall clock of Dhaka, six hours ahead of UTC."""
    wall = datetime.combine(day, time(hour, minute), UTC)
    return wall - timedelta(hours=6)
