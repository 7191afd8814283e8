"""Queries room: a member's year, the scans behind his units and his code, for his own pages."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import func, select

from access_control.api import passcode_keys
from access_control.models import AccessEvent, Device, Visit, VisitDay
from access_control.rules.passcode import make_passcode
from access_control.rules.visits import LeftHow
from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.clock import local
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.portal.rules import (
    MemberYear,
    ScanShown,
    Stay,
    Together,
    YearFacts,
    year_of,
)
from memberships.schedule.models import Booking, BookingState, ClassSession, ClassType
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState

YEAR = timedelta(days=365)


def member_year(person_id: int, today: date, zone: str) -> MemberYear:
    """Return the visits of a member's last twelve months and what is special about them."""
    days = db.session.scalars(
        select(VisitDay.day).where(VisitDay.person_id == person_id, VisitDay.day > today - YEAR)
    )
    return year_of(
        YearFacts(
            today,
            tuple(days),
            _stays(person_id, today, zone),
            _since(person_id),
            _together(person_id, today),
        )
    )


def scan_of(source_id: str) -> ScanShown | None:
    """Return the scan by which a visit began, with where it was and what the gate decided."""
    row = db.session.execute(
        select(AccessEvent.public_id, Club.name, AccessEvent.code)
        .join(Visit, Visit.entry_event_id == AccessEvent.id)
        .join(Device, Device.id == AccessEvent.device_id)
        .join(Club, Club.id == Visit.club_id)
        .where(Visit.public_id == source_id)
    ).first()
    return ScanShown(row[0], row[1], str(row[2])) if row else None


def visits_on(contract_id: int, first: date, last: date) -> list[date]:
    """Return the days between two on which somebody came in on a contract, in order."""
    return list(
        db.session.scalars(
            select(Visit.day)
            .where(Visit.contract_id == contract_id, Visit.day >= first, Visit.day <= last)
            .distinct()
            .order_by(Visit.day)
        )
    )


def entry_code(public_id: str) -> str:
    """Return the text of the code that opens the gate for the member in this minute."""
    return make_passcode(public_id, clock.now(), passcode_keys()[0])


def _stays(person_id: int, today: date, zone: str) -> tuple[Stay, ...]:
    rows = db.session.execute(
        select(Visit.day, Visit.entered_at, Visit.left_at, Visit.left_how).where(
            Visit.person_id == person_id, Visit.day > today - YEAR, Visit.day <= today
        )
    )
    return tuple(
        Stay(
            day,
            local(entered_at, zone).hour,
            int((left_at - entered_at).total_seconds() // 60)
            if left_how is LeftHow.SCAN and left_at is not None
            else None,
        )
        for day, entered_at, left_at, left_how in rows
    )


def _since(person_id: int) -> date | None:
    return db.session.scalar(
        select(func.min(Contract.starts_on)).where(
            Contract.person_id == person_id,
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
        )
    )


def _together(person_id: int, today: date) -> Together:
    classes = Counter(
        db.session.scalars(
            select(ClassType.name)
            .join(ClassSession, ClassSession.class_type_id == ClassType.id)
            .join(Booking, Booking.session_id == ClassSession.id)
            .where(
                Booking.person_id == person_id,
                Booking.state == BookingState.ATTENDED,
                ClassSession.day > today - YEAR,
            )
        )
    )
    trainers = Counter(
        db.session.scalars(
            select(User.name)
            .join(TrainerSession, TrainerSession.trainer_id == User.id)
            .where(
                TrainerSession.person_id == person_id,
                TrainerSession.state == SessionState.COMPLETE,
                TrainerSession.held_on > today - YEAR,
            )
        )
    )
    return Together(
        classes.total(), _favourite(classes), trainers.total(), _favourite(trainers).split(" ")[0]
    )


def _favourite(counts: Counter[str]) -> str:
    return max(sorted(counts), key=counts.__getitem__) if counts else ""
