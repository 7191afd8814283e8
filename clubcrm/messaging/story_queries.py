"""Queries room: what messages may say of members, read for many people in a few selects."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access_control.models import Visit, VisitDay
from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.clubs import Club, ClubHours
from clubcrm.messaging.rules.placeholders import asks_for
from clubcrm.messaging.rules.story import OpenSpan, Story, Term, Units
from clubcrm.people.models import Person
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.reason_tables import LeavingReason
from memberships.contracts.rules import ContractState, PlanKind
from memberships.packages.models import VISIT_SERVICE, PackageLot
from memberships.schedule.models import Booking, BookingState, ClassSession, ClassType
from memberships.trainers.models import TrainerClient

YEAR = timedelta(days=365)
LATELY = timedelta(days=112)
AHEAD = timedelta(days=14)
MEMBERSHIPS = (PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS)
HELD = (ContractState.SIGNED, ContractState.ENDED)
LIKED = (BookingState.BOOKED, BookingState.ATTENDED)


def stories_of(
    session: Session, club: Club, people: Collection[int], names: Collection[str]
) -> dict[int, Story]:
    """Return what the named placeholders need to know of each person; nothing else is read."""
    today = clock.visit_day(clock.now(), club.zone)
    ids = list(people)
    sees_visits, sees_people = asks_for(names, "visits"), asks_for(names, "people")
    hours = _hours(session, club.id) if "opening_hours" in names else ()
    terms = _terms(session, ids, today) if asks_for(names, "term") or sees_visits else {}
    days = _days(session, ids, today) if sees_visits else {}
    sees_hours = sees_visits or "activity" in names
    entered = _entered(session, ids, today, club.zone) if sees_hours else {}
    again = _starting_again(session, ids, today) if "starts_again" in names else {}
    reasons = _reasons(session, ids) if "by_reason" in names else {}
    units = _units(session, ids, today) if asks_for(names, "units") else {}
    trainers = _trainers(session, ids, today) if sees_people else {}
    activities = _activities(session, club, ids) if "activity" in names else {}
    rows = session.execute(
        select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(ids))
    )
    return {
        person: Story(
            person_id=person,
            given_name=given,
            family_name=family,
            club=club.name,
            today=today,
            hours=hours,
            term=terms.get(person),
            visit_days=days.get(person, ()),
            entered=entered.get(person, ()),
            units=units.get(person),
            trainer=trainers.get(person, ""),
            activity=activities.get(person, ""),
            starts_again=again.get(person),
            reason=reasons.get(person, ""),
        )
        for person, given, family in rows
    }


def _hours(session: Session, club_id: int) -> tuple[OpenSpan | None, ...]:
    known: dict[int, OpenSpan] = {
        row.weekday: (row.opens, row.closes)
        for row in session.scalars(select(ClubHours).where(ClubHours.club_id == club_id))
        if row.opens != row.closes
    }
    return tuple(known.get(weekday) for weekday in range(7))


def _terms(session: Session, people: Sequence[int], today: date) -> dict[int, Term]:
    """The membership that runs, or the last one that did."""
    rows = session.execute(
        select(
            Contract.person_id,
            PlanVersion.name,
            Contract.price_minor,
            Contract.currency,
            Contract.starts_on,
            Contract.ends_on,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id.in_(people),
            Contract.state.in_(HELD),
            Plan.kind.in_(MEMBERSHIPS),
            Contract.starts_on <= today,
        )
        .order_by(Contract.starts_on, Contract.id)
    )
    return {row[0]: Term(*row[1:]) for row in rows}


def _days(session: Session, people: Sequence[int], today: date) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for person, day in session.execute(
        select(VisitDay.person_id, VisitDay.day)
        .where(VisitDay.person_id.in_(people), VisitDay.day > today - YEAR)
        .order_by(VisitDay.day)
    ):
        found[person].append(day)
    return found


def _entered(
    session: Session, people: Sequence[int], today: date, zone: str
) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for person, at in session.execute(
        select(Visit.person_id, Visit.entered_at).where(
            Visit.person_id.in_(people),
            Visit.entered_at > clock.day_bounds(today - LATELY, zone)[0],
        )
    ):
        here = clock.local(at, zone)
        found[person].append((here.weekday(), here.hour))
    return found


def _starting_again(session: Session, people: Sequence[int], today: date) -> dict[int, date]:
    rows = session.execute(
        select(Block.person_id, Block.until_on)
        .where(
            Block.person_id.in_(people),
            Block.owner == BlockOwner.FREEZE,
            Block.lifted_at.is_(None),
            Block.until_on >= today,
        )
        .order_by(Block.until_on.desc())
    )
    return {person: until + timedelta(days=1) for person, until in rows if until is not None}


def _reasons(session: Session, people: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(LeavingReason.person_id, LeavingReason.reason)
        .where(LeavingReason.person_id.in_(people))
        .order_by(LeavingReason.id)
    )
    return {person: reason.value for person, reason in rows}


def _units(session: Session, people: Sequence[int], today: date) -> dict[int, Units]:
    """The lot of trainer sessions that ends first."""
    found: dict[int, Units] = {}
    rows = session.execute(
        select(PackageLot.person_id, PackageLot.remaining, PackageLot.expires_on).where(
            PackageLot.person_id.in_(people),
            PackageLot.service != VISIT_SERVICE,
            PackageLot.remaining > 0,
        )
    )
    for person, left, ends in sorted(rows, key=lambda row: (row[2] or date.max, row[1])):
        if ends is None or ends >= today:
            found.setdefault(person, Units(left, ends))
    return found


def _trainers(session: Session, people: Sequence[int], today: date) -> dict[int, str]:
    rows = session.execute(
        select(TrainerClient.person_id, User.name)
        .join(User, User.id == TrainerClient.trainer_id)
        .where(
            TrainerClient.person_id.in_(people),
            TrainerClient.from_on <= today,
            func.coalesce(TrainerClient.until_on, date.max) >= today,
        )
        .order_by(TrainerClient.from_on)
    )
    return {row[0]: row[1] for row in rows}


def _activities(session: Session, club: Club, people: Sequence[int]) -> dict[int, str]:
    """What each may be invited to: the next class never booked, else the one he likes best.

    Classes with a free place come first; a favourite that is not on the plan now is named all the
    same. Who never booked anything is left without, where no class is on the plan.
    """
    moment = clock.now()
    ahead = session.execute(
        select(ClassType.id, ClassType.name)
        .join(ClassSession, ClassSession.class_type_id == ClassType.id)
        .where(
            ClassSession.club_id == club.id,
            ClassSession.starts_at > moment,
            ClassSession.starts_at < moment + AHEAD,
            ClassSession.taken < ClassSession.capacity,
        )
        .order_by(ClassSession.starts_at)
    )
    offered: dict[int, str] = {}
    for class_type, name in ahead:
        offered.setdefault(class_type, name)
    booked: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for person, class_type, name in session.execute(
        select(Booking.person_id, ClassType.id, ClassType.name)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .join(ClassType, ClassType.id == ClassSession.class_type_id)
        .where(Booking.person_id.in_(people), Booking.state.in_(LIKED))
        .group_by(Booking.person_id, ClassType.id, ClassType.name)
        .order_by(func.count().desc(), ClassType.name)
    ):
        booked[person].append((class_type, name))
    return {person: _invited_to(offered, booked.get(person, ())) for person in people}


def _invited_to(offered: Mapping[int, str], booked: Sequence[tuple[int, str]]) -> str:
    """Return the class never tried, else the favourite with a place, else the favourite."""
    tried = {class_type for class_type, _name in booked}
    fresh = (name for class_type, name in offered.items() if class_type not in tried)
    with_place = (name for class_type, name in booked if class_type in offered)
    return next(fresh, "") or next(with_place, "") or next((name for _id, name in booked), "")
