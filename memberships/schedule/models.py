"""Classes: rooms, kinds, the weekly timetable, published classes, bookings, strikes, guests."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.schedule.rules.booking import Way
from memberships.schedule.rules.guests import GuestPeriod, PassState
from memberships.schedule.rules.strikes import Miss, Penalty, StrikeState


class SessionState(StrEnum):
    """Whether a class takes place, was called off, or is over and its list settled."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    SETTLED = "settled"


class BookingState(StrEnum):
    """Where one person's booking stands."""

    BOOKED = "booked"
    WAITING = "waiting"
    OFFERED = "offered"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"
    LATE = "late"
    LAPSED = "lapsed"
    DROPPED = "dropped"
    CALLED_OFF = "called_off"


# These hold a place of the class; `taken` of the class is always their number.
HOLDING = (
    BookingState.BOOKED,
    BookingState.OFFERED,
    BookingState.ATTENDED,
    BookingState.MISSED,
)
# One person has at most one of these per class.
LIVE = (*HOLDING, BookingState.WAITING)
_LIVE_SQL = "state IN ('booked', 'offered', 'attended', 'missed', 'waiting')"


class Room(Model):
    """A room of a club in which classes take place; `door_zone` is the zone its reader tells."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("club_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int]
    door_zone: Mapped[str] = mapped_column(String(60), default="")
    is_open: Mapped[bool] = mapped_column(default=True)


class ClassType(Model):
    """A kind of class, such as yoga, with its usual length and number of places."""

    __tablename__ = "class_type"
    __table_args__ = (UniqueConstraint("club_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    name: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(500), default="")
    minutes: Mapped[int]
    capacity: Mapped[int]
    hue: Mapped[int] = mapped_column(default=1)
    is_offered: Mapped[bool] = mapped_column(default=True)


class ClassSlot(Model):
    """A line of the weekly timetable in wall time, from a first to a last day."""

    __tablename__ = "class_slot"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    class_type_id: Mapped[int] = mapped_column(ForeignKey("class_type.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    weekday: Mapped[int]
    starts: Mapped[time] = mapped_column(Time)
    minutes: Mapped[int]
    capacity: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)


class ClassSession(Model):
    """One class that takes place: instants, places, and how many of them are taken."""

    __tablename__ = "class_session"
    __table_args__ = (
        UniqueConstraint("slot_id", "day"),
        Index(None, "club_id", "starts_at"),
        Index(None, "state", "starts_at"),
        Index(None, "teacher_id", "starts_at"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="places"),
        CheckConstraint("ends_at > starts_at", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("class_slot.id"))
    class_type_id: Mapped[int] = mapped_column(ForeignKey("class_type.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime] = mapped_column(UtcInstant)
    ends_at: Mapped[datetime] = mapped_column(UtcInstant)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    last_waiting: Mapped[int] = mapped_column(default=0)
    state: Mapped[SessionState] = mapped_column(
        text_enum(SessionState), default=SessionState.PLANNED
    )
    reason: Mapped[str] = mapped_column(String(300), default="")


class Booking(Model):
    """A person's place in a class or on its waiting list; a waiting number is never given twice."""

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("session_id", "waiting_number"),
        Index(
            "uq_booking_live",
            "session_id",
            "person_id",
            unique=True,
            sqlite_where=text(_LIVE_SQL),
            postgresql_where=text(_LIVE_SQL),
        ),
        Index(None, "person_id", "state"),
        Index(None, "state", "expires_at"),
        CheckConstraint("state <> 'offered' OR expires_at IS NOT NULL", name="offer"),
        CheckConstraint("state <> 'waiting' OR waiting_number IS NOT NULL", name="waiting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    state: Mapped[BookingState] = mapped_column(text_enum(BookingState))
    way: Mapped[Way] = mapped_column(text_enum(Way))
    waiting_number: Mapped[int | None]
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    penalty_free: Mapped[bool] = mapped_column(default=False)
    booked_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    booked_by: Mapped[str] = mapped_column(String(80))
    came_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    why: Mapped[str] = mapped_column(String(300), default="")


class ClassRule(Model):
    """What a plan version may book, and how many guests it may bring; the newest at or before
    the version sold counts."""

    __tablename__ = "class_rule"

    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    may_book: Mapped[bool] = mapped_column(default=True)
    type_ids: Mapped[list[int] | None] = mapped_column(Json)  # None means every kind
    opens_days: Mapped[int] = mapped_column(default=7)
    closes_minutes: Mapped[int] = mapped_column(default=15)
    open_limit: Mapped[int | None]
    guest_passes: Mapped[int] = mapped_column(default=2)
    guest_period: Mapped[GuestPeriod] = mapped_column(
        text_enum(GuestPeriod), default=GuestPeriod.MONTH
    )


class ClassPenalty(Model):
    """What missing a class brings, by plan version or by kind of class; the kind of class wins."""

    __tablename__ = "class_penalty"
    __table_args__ = (
        CheckConstraint("(version_id IS NULL) <> (class_type_id IS NULL)", name="subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_version.id"), unique=True)
    class_type_id: Mapped[int | None] = mapped_column(ForeignKey("class_type.id"), unique=True)
    late_minutes: Mapped[int]
    grace_minutes: Mapped[int]
    late_cancel: Mapped[Penalty] = mapped_column(text_enum(Penalty))
    no_show: Mapped[Penalty] = mapped_column(text_enum(Penalty, "no_show"))
    fee_minor: Mapped[int] = mapped_column(default=0)
    strikes: Mapped[int]
    within_days: Mapped[int]
    stop_days: Mapped[int]


class Strike(Model):
    """The consequence of one missed class; it counts unless it was excused."""

    __tablename__ = "strike"
    __table_args__ = (Index(None, "person_id", "day"), Index(None, "club_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    miss: Mapped[Miss] = mapped_column(text_enum(Miss))
    penalty: Mapped[Penalty] = mapped_column(text_enum(Penalty))
    fee_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    day: Mapped[date] = mapped_column(Date)
    state: Mapped[StrikeState] = mapped_column(text_enum(StrikeState), default=StrikeState.STANDS)
    appeal: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ClassArrival(Model):
    """A visit as classes know it: who came into a club when, and when he left."""

    __tablename__ = "class_arrival"
    __table_args__ = (Index(None, "person_id", "entered_at"),)

    visit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcInstant)
    left_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class GuestPass(Model):
    """A member's pass for one guest on one day; the guest's own contract opens the gate."""

    __tablename__ = "guest_pass"
    __table_args__ = (
        Index(None, "host_id", "day"),
        Index(None, "guest_id", "day"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    guest_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    day: Mapped[date] = mapped_column(Date)
    state: Mapped[PassState] = mapped_column(text_enum(PassState))
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    issued_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    issued_by: Mapped[str] = mapped_column(String(80))


class StaffFeed(Model):
    """The digest of the secret address under which a member of staff reads his classes."""

    __tablename__ = "staff_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
