"""Queries room: what the lower floors know of a few members: deals, freezes, holds, bookings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, case, func, null, or_, select
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.journeys.queries import MEMBERSHIPS, freezes_of
from clubcrm.journeys.rules.cycle import Package
from clubcrm.people.models import HoldKind, Person
from clubcrm.people.queries.holds import holds_of
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.leaving import LeaveReason
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.reason_tables import LeavingReason
from memberships.contracts.rules import ContractState, PlanKind
from memberships.packages.models import VISIT_SERVICE, EntryKind, PackageEntry, PackageLot
from memberships.schedule.models import Booking, BookingState, ClassSession
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState

SILENCING = (BlockOwner.BAN, BlockOwner.STAFF_STOP, BlockOwner.MEDICAL)
USED_UP_DAYS = 30  # what was used up earlier is not looked at any more
GROWN_UP = 18
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Deal:
    """The membership of a day: its last day, its length in days, its price, whether it rolls on."""

    ends_on: date | None
    length: int
    price_minor: int
    rolls: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person himself."""

    birth_date: date | None
    without_guardian: bool
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze that holds on the day."""

    block_id: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything about some people on a day that stands on lower floors."""

    deals: Mapping[int, Deal]
    renewed: frozenset[int]
    people: Mapping[int, Known]
    blocked: frozenset[int]
    freezes: Mapping[int, Freeze]
    frozen_days: Mapping[int, int]
    holds: Mapping[int, frozenset[HoldKind]]
    packages: Mapping[int, Sequence[Package]]
    booked: Mapping[int, date]
    moved_away: frozenset[int]


def surroundings(session: Session, people: Sequence[int], day: date, zone: str) -> Surroundings:
    """Return what stands around the people on the day, in a fixed number of selects."""
    deals, starts, renewed = _deals(session, people, day)
    blocked, freezes = _blocks(session, people, day)
    return Surroundings(
        deals=deals,
        renewed=renewed,
        people=_people(session, people, day),
        blocked=blocked,
        freezes=freezes,
        frozen_days=_frozen_days(session, starts, day, zone),
        holds=holds_of(people, day),
        packages=_packages(session, people, day, zone),
        booked=_booked(session, people, day),
        moved_away=_moved_away(session, people),
    )


def _deals(
    session: Session, people: Sequence[int], day: date
) -> tuple[dict[int, Deal], dict[int, date], frozenset[int]]:
    """Return the last begun deal of each, its first day, and who has signed for later days."""
    rows = session.execute(
        select(
            Contract.person_id,
            Contract.starts_on,
            Contract.ends_on,
            Contract.price_minor,
            Plan.kind,
            PlanVersion.term_months,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id.in_(people),
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Plan.kind.in_(MEMBERSHIPS),
        )
        .order_by(Contract.starts_on, Contract.id)
    )
    deals: dict[int, Deal] = {}
    starts: dict[int, date] = {}
    renewed: set[int] = set()
    for person, first, last, price, kind, months in rows:
        if first > day:
            renewed.add(person)
            continue
        rolls = kind is PlanKind.RECURRING
        length = MONTH_DAYS * (months or 1) if rolls or last is None else (last - first).days
        if rolls and months == 12:
            length = 364
        earlier = deals.get(person)
        longer = earlier is not None and (
            earlier.ends_on is None or (last is not None and earlier.ends_on > last)
        )
        ends = earlier.ends_on if earlier is not None and longer else last
        deals[person] = Deal(ends, length if last or rolls else 364, price, rolls)
        starts[person] = first
    return deals, starts, frozenset(renewed)


def _people(session: Session, people: Sequence[int], day: date) -> dict[int, Known]:
    rows = session.execute(
        select(Person.id, Person.birth_date, Person.guardian_id, Person.language).where(
            Person.id.in_(people)
        )
    )
    return {
        person: Known(
            born, guardian is None and born is not None and _is_minor(born, day), language
        )
        for person, born, guardian, language in rows
    }


def _is_minor(born: date, day: date) -> bool:
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < GROWN_UP


def _blocks(
    session: Session, people: Sequence[int], day: date
) -> tuple[frozenset[int], dict[int, Freeze]]:
    blocked: set[int] = set()
    freezes: dict[int, Freeze] = {}
    for block_id, person, owner, until in session.execute(
        select(Block.id, Block.person_id, Block.owner, Block.until_on).where(
            Block.person_id.in_(people),
            Block.owner.in_((BlockOwner.FREEZE, *SILENCING)),
            Block.lifted_at.is_(None),
            Block.from_on <= day,
            or_(Block.until_on.is_(None), Block.until_on >= day),
        )
    ):
        if owner is BlockOwner.FREEZE:
            freezes[person] = Freeze(block_id, until)
        else:
            blocked.add(person)
    return frozenset(blocked), freezes


def _frozen_days(
    session: Session, starts: Mapping[int, date], day: date, zone: str
) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for person, stop in freezes_of(session, starts, zone, day):
        first, last = max(stop.first, starts[person]), min(stop.last, day)
        found[person] += max(0, (last - first).days + 1)
    return found


def _packages(
    session: Session, people: Sequence[int], day: date, zone: str
) -> dict[int, list[Package]]:
    """Return units that can be used, and purchases whose last unit was used lately."""
    lately = clock.instant_of(datetime.combine(day - timedelta(days=USED_UP_DAYS), time()), zone)
    found: dict[int, list[Package]] = defaultdict(list)
    for person, lot, left, expires_on, service, used_up_at in session.execute(
        select(
            PackageLot.person_id,
            PackageLot.id,
            PackageLot.remaining,
            PackageLot.expires_on,
            PackageLot.service,
            _last_used().label("used_up_at"),
        )
        .where(
            PackageLot.person_id.in_(people),
            PackageLot.service != VISIT_SERVICE,
            or_(
                and_(
                    PackageLot.remaining > 0,
                    or_(PackageLot.expires_on.is_(None), PackageLot.expires_on >= day),
                ),
                and_(PackageLot.remaining == 0, _last_used() >= lately),
            ),
        )
        .order_by(PackageLot.id)
    ):
        used_up_on = None if left else clock.local_day(used_up_at, zone)
        found[person].append(Package(lot, left, expires_on, service, used_up_on))
    return found


def _last_used() -> Any:
    """Return the moment of the last use of a lot that is empty, and nothing for the others."""
    last: Any = (
        select(func.max(PackageEntry.at))
        .where(PackageEntry.lot_id == PackageLot.id, PackageEntry.kind == EntryKind.USE)
        .correlate(PackageLot)
        .scalar_subquery()
    )
    return case((PackageLot.remaining == 0, last), else_=null())


def _booked(session: Session, people: Sequence[int], day: date) -> dict[int, date]:
    """Return the nearest day ahead on which somebody has a class or an appointment."""
    classes = (
        select(Booking.person_id, func.min(ClassSession.day))
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .where(
            Booking.person_id.in_(people),
            Booking.state == BookingState.BOOKED,
            ClassSession.day >= day,
        )
        .group_by(Booking.person_id)
    )
    sessions = (
        select(TrainerSession.person_id, func.min(TrainerSession.held_on))
        .where(
            TrainerSession.person_id.in_(people),
            TrainerSession.state == SessionState.PLANNED,
            TrainerSession.held_on >= day,
        )
        .group_by(TrainerSession.person_id)
    )
    found: dict[int, date] = {}
    for chosen in (classes, sessions):
        for person, on in session.execute(chosen):
            found[person] = min(on, found.get(person, on))
    return found


def _moved_away(session: Session, people: Sequence[int]) -> frozenset[int]:
    rows = session.execute(
        select(Contract.person_id, LeavingReason.reason)
        .join(Contract, Contract.id == LeavingReason.contract_id)
        .where(Contract.person_id.in_(people))
        .order_by(LeavingReason.id)
    )
    newest = {row[0]: row[1] for row in rows}
    return frozenset(one for one, reason in newest.items() if reason is LeaveReason.MOVED_AWAY)
