"""Queries room: rows of the schedule by scope and id, and what the rules ask about a booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from clubcrm.core.clubs import ClosedDay, Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person, StoredFile
from memberships.billing.models import Invoice, InvoiceKind
from memberships.contracts.models import Contract, PlanVersion
from memberships.schedule.models import (
    HOLDING,
    LIVE,
    Booking,
    BookingState,
    ClassPenalty,
    ClassRule,
    ClassSession,
    ClassSlot,
    ClassType,
    Room,
    SessionState,
    Strike,
)
from memberships.schedule.rules.booking import BookingRule, ClassAsk
from memberships.schedule.rules.guests import GuestRule
from memberships.schedule.rules.strikes import Penalty, PenaltyRule, StrikeState
from memberships.schedule.settings import class_settings

OPEN = (BookingState.BOOKED, BookingState.OFFERED, BookingState.WAITING)
COUNTING = (StrikeState.STANDS, StrikeState.APPEALED, StrikeState.UPHELD)


def session_for(scope: Scope, public_id: str) -> ClassSession | None:
    """Return a class of these clubs, None when there is none."""
    return db.session.scalars(
        select(ClassSession).where(
            ClassSession.public_id == public_id, ClassSession.club_id.in_(scope.club_ids)
        )
    ).first()


def booking_for(scope: Scope, public_id: str) -> Booking | None:
    """Return a booking of a class of these clubs, None when there is none."""
    return db.session.scalars(
        select(Booking)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(Booking.public_id == public_id, ClassSession.club_id.in_(scope.club_ids))
    ).first()


def public_ids_of(booking: Booking) -> tuple[str, str]:
    """Return the public ids of a booking's class and person."""
    row = db.session.execute(
        select(ClassSession.public_id, Person.public_id)
        .join(Booking, Booking.session_id == ClassSession.id)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.id == booking.id)
    ).one()
    return row[0], row[1]


def own_booking(person_id: int, public_id: str) -> Booking | None:
    """Return a booking of the person himself, None when it is not his."""
    return db.session.scalars(
        select(Booking).where(Booking.public_id == public_id, Booking.person_id == person_id)
    ).first()


def strike_for(scope: Scope, public_id: str) -> Strike | None:
    """Return a strike given in these clubs, None when there is none."""
    return db.session.scalars(
        select(Strike).where(Strike.public_id == public_id, Strike.club_id.in_(scope.club_ids))
    ).first()


def slot_for(scope: Scope, public_id: str) -> ClassSlot | None:
    """Return a slot of these clubs' timetables, None when there is none."""
    return db.session.scalars(
        select(ClassSlot).where(
            ClassSlot.public_id == public_id, ClassSlot.club_id.in_(scope.club_ids)
        )
    ).first()


def room_for(scope: Scope, public_id: str) -> Room | None:
    """Return a room of these clubs, None when there is none."""
    return db.session.scalars(
        select(Room).where(Room.public_id == public_id, Room.club_id.in_(scope.club_ids))
    ).first()


def type_for(scope: Scope, public_id: str) -> ClassType | None:
    """Return a kind of class of these clubs, None when there is none."""
    return db.session.scalars(
        select(ClassType).where(
            ClassType.public_id == public_id, ClassType.club_id.in_(scope.club_ids)
        )
    ).first()


def rooms_of(club_id: int) -> Sequence[Room]:
    """Return the rooms of a club by name, closed ones last."""
    return db.session.scalars(
        select(Room).where(Room.club_id == club_id).order_by(Room.is_open.desc(), Room.name)
    ).all()


def types_of(club_id: int) -> Sequence[ClassType]:
    """Return the kinds of classes of a club by name, those no longer offered last."""
    return db.session.scalars(
        select(ClassType)
        .where(ClassType.club_id == club_id)
        .order_by(ClassType.is_offered.desc(), ClassType.name)
    ).all()


def closed_days_of(club_id: int, first: date, last: date) -> frozenset[date]:
    """Return the days between two days on which the club is shut."""
    return frozenset(
        db.session.scalars(
            select(ClosedDay.day).where(
                ClosedDay.club_id == club_id, ClosedDay.day.between(first, last)
            )
        )
    )


def zone_of(club_id: int) -> str:
    """Return the time zone of a club."""
    return db.session.get_one(Club, club_id).zone


def ask_of(session: ClassSession) -> ClassAsk:
    """Return a class as the rules of booking look at it."""
    return ClassAsk(
        session.club_id,
        session.class_type_id,
        session.day,
        session.starts_at,
        zone_of(session.club_id),
    )


@dataclass(frozen=True, slots=True)
class PlanRule:
    """What a plan version gives: bookings and guests."""

    booking: BookingRule = BookingRule()  # noqa: RUF009 - frozen
    guests: GuestRule = GuestRule()  # noqa: RUF009 - frozen


def rules_of_contracts(contract_ids: Sequence[int]) -> dict[int, PlanRule]:
    """Return the rules by contract: of the version sold, else of the newest version before it."""
    sold = PlanVersion.__table__.alias("sold")
    rows = db.session.execute(
        select(Contract.id, ClassRule)
        .join(sold, sold.c.id == Contract.plan_version_id)
        .join(
            PlanVersion,
            (PlanVersion.plan_id == sold.c.plan_id) & (PlanVersion.number <= sold.c.number),
        )
        .join(ClassRule, ClassRule.version_id == PlanVersion.id)
        .where(Contract.id.in_(contract_ids))
        .order_by(PlanVersion.number)
    )
    return {contract_id: plan_rule(rule) for contract_id, rule in rows}


def rule_of_version(version_id: int) -> ClassRule | None:
    """Return the row that rules a plan version, None while the default does."""
    sold = PlanVersion.__table__.alias("sold")
    return db.session.scalars(
        select(ClassRule)
        .join(PlanVersion, PlanVersion.id == ClassRule.version_id)
        .join(sold, (sold.c.plan_id == PlanVersion.plan_id) & (sold.c.number >= PlanVersion.number))
        .where(sold.c.id == version_id)
        .order_by(PlanVersion.number.desc())
        .limit(1)
    ).first()


def plan_rule(row: ClassRule | None) -> PlanRule:
    """Return a row as the rules understand it."""
    if row is None:
        return PlanRule()
    return PlanRule(
        BookingRule(
            may_book=row.may_book,
            type_ids=None if row.type_ids is None else frozenset(row.type_ids),
            opens_days=row.opens_days,
            closes_minutes=row.closes_minutes,
            open_limit=row.open_limit,
        ),
        GuestRule(row.guest_passes, row.guest_period),
    )


def penalty_for(session: ClassSession, contract_id: int | None) -> PenaltyRule:
    """Return the rule for missing the class: of its kind, else of the plan, else of the club."""
    by_type = db.session.scalars(
        select(ClassPenalty).where(ClassPenalty.class_type_id == session.class_type_id)
    ).first()
    if by_type is not None:
        return penalty_rule(by_type)
    sold = PlanVersion.__table__.alias("sold")
    by_plan = db.session.scalars(
        select(ClassPenalty)
        .join(PlanVersion, PlanVersion.id == ClassPenalty.version_id)
        .join(sold, (sold.c.plan_id == PlanVersion.plan_id) & (sold.c.number >= PlanVersion.number))
        .join(Contract, Contract.plan_version_id == sold.c.id)
        .where(Contract.id == (contract_id or 0))
        .order_by(PlanVersion.number.desc())
        .limit(1)
    ).first()
    if by_plan is not None:
        return penalty_rule(by_plan)
    return class_settings(session.club_id).penalty


def penalty_rule(row: ClassPenalty) -> PenaltyRule:
    """Return a row as the rules understand it."""
    return PenaltyRule(
        late_minutes=row.late_minutes,
        grace_minutes=row.grace_minutes,
        late_cancel=row.late_cancel,
        no_show=row.no_show,
        fee_minor=row.fee_minor,
        strikes=row.strikes,
        within_days=row.within_days,
        stop_days=row.stop_days,
    )


def invoice_of(source_kind: str, source_id: str) -> int | None:
    """Return the invoice that was issued for a cause, None when there is none."""
    return db.session.scalars(
        select(Invoice.id).where(
            Invoice.source_kind == source_kind,
            Invoice.source_id == source_id,
            Invoice.kind == InvoiceKind.INVOICE,
        )
    ).first()


def strike_days(person_id: int, club_id: int, since: date) -> Sequence[date]:
    """Return the days of the strikes that count against a person in a club."""
    return db.session.scalars(
        select(Strike.day).where(
            Strike.person_id == person_id,
            Strike.club_id == club_id,
            Strike.penalty == Penalty.STRIKE,
            Strike.state.in_(COUNTING),
            Strike.day >= since,
        )
    ).all()


def live_booking(session_id: int, person_id: int) -> Booking | None:
    """Return the person's place or waiting number in a class, None when he has neither."""
    return db.session.scalars(
        select(Booking).where(
            Booking.session_id == session_id,
            Booking.person_id == person_id,
            Booking.state.in_(LIVE),
        )
    ).first()


def open_bookings(person_id: int, now: datetime) -> int:
    """Return how many bookings for coming classes a person has, waiting ones too."""
    return (
        db.session.scalar(
            select(func.count(Booking.id))
            .join(ClassSession, ClassSession.id == Booking.session_id)
            .where(
                Booking.person_id == person_id,
                Booking.state.in_(OPEN),
                ClassSession.starts_at > now,
            )
        )
        or 0
    )


def holds_place_between(person_id: int, session: ClassSession) -> bool:
    """Tell whether the person has a place in another class that overlaps this one."""
    found = db.session.scalars(
        select(Booking.id)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            Booking.person_id == person_id,
            Booking.state.in_(HOLDING),
            ClassSession.id != session.id,
            ClassSession.starts_at < session.ends_at,
            ClassSession.ends_at > session.starts_at,
        )
        .limit(1)
    ).first()
    return found is not None


def waiting_of(session_id: int) -> Sequence[Booking]:
    """Return who waits for a place, the first first."""
    return db.session.scalars(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.state == BookingState.WAITING)
        .order_by(Booking.waiting_number)
    ).all()


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of a class's list: the booking, whose it is, and the public id of his photo."""

    booking: Booking
    person: Person
    photo: str


def list_of(session_id: int) -> list[ListLine]:
    """Return the live bookings of a class with their people, those who wait last."""
    rows = db.session.execute(
        select(Booking, Person, StoredFile.public_id)
        .join(Person, Person.id == Booking.person_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(Booking.session_id == session_id, Booking.state.in_(LIVE))
    ).all()
    waits = BookingState.WAITING
    lines = [ListLine(booking, person, photo or "") for booking, person, photo in rows]
    return sorted(
        lines,
        key=lambda one: (
            one.booking.state is waits,
            one.booking.waiting_number or 0 if one.booking.state is waits else 0,
            one.person.sort_name,
        ),
    )


def coming_bookings(person_id: int, now: datetime) -> Sequence[Booking]:
    """Return a person's open bookings of classes that have not started."""
    return db.session.scalars(
        select(Booking)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            Booking.person_id == person_id,
            Booking.state.in_(OPEN),
            ClassSession.starts_at > now,
            ClassSession.state == SessionState.PLANNED,
        )
        .order_by(ClassSession.starts_at)
    ).all()


def bookings_between(person_id: int, start: datetime, end: datetime) -> int:
    """Return how many open bookings a person has of classes that start between two instants."""
    found = select(func.count(Booking.id)).join(ClassSession, ClassSession.id == Booking.session_id)
    return int(
        db.session.scalar(
            found.where(
                Booking.person_id == person_id,
                Booking.state.in_(OPEN),
                ClassSession.state == SessionState.PLANNED,
                ClassSession.starts_at >= start,
                ClassSession.starts_at < end,
            )
        )
        or 0
    )
