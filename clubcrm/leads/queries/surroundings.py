"""Queries room: what leads read of people, staff, tasks, contracts and classes below them."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from clubcrm.accounts.models import Role, User, UserClub, UserState
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.leads.models import LeadSeller, LeadTask
from clubcrm.people.models import Consent, ContactKind, ContactPoint, Person, Purpose, ReachState
from clubcrm.tasks.models import Task, TaskState
from memberships.contracts.models import Contract
from memberships.schedule.models import ClassSession, GuestPass

# The row of whoever asks, for services that only hand it on.
Somebody = Person
WAYS = (ContactKind.PHONE, ContactKind.EMAIL)
# A whole family may have one number; more than these are no family.
MOST_SHARING = 20
# Who may own a lead.
MAY_OWN = (Role.SALES, Role.MANAGER, Role.OWNER, Role.DESK)


def zone_of(club_id: int) -> str:
    """Return the zone in which the club's days turn."""
    return db.session.get_one(Club, club_id).zone


def country_of(club_id: int) -> str:
    """Return the country in which local phone numbers of the club are read."""
    return db.session.get_one(Club, club_id).country


def person_with(person_id: int) -> Person:
    """Return the person of an id that a row of ours names."""
    return db.session.get_one(Person, person_id)


def people_reached_at(club_id: int, values: Collection[str]) -> set[int]:
    """Return who of the club has one of these numbers or addresses."""
    return set(
        db.session.scalars(
            select(Person.id)
            .join(ContactPoint, ContactPoint.person_id == Person.id)
            .where(
                ContactPoint.kind.in_(WAYS),
                ContactPoint.value.in_(values),
                Person.club_id == club_id,
            )
            .order_by(Person.id)
            .limit(MOST_SHARING)
        )
    )


def reached_at(club_id: int, values: Collection[str]) -> dict[str, set[int]]:
    """Return who of the club has each of these numbers and addresses."""
    rows = db.session.execute(
        select(ContactPoint.value, Person.id)
        .join(Person, Person.id == ContactPoint.person_id)
        .where(
            ContactPoint.kind.in_(WAYS),
            ContactPoint.value.in_(values),
            Person.club_id == club_id,
        )
    )
    found: dict[str, set[int]] = {}
    for value, person_id in rows:
        found.setdefault(value, set()).add(person_id)
    return found


def languages_of(person_ids: Collection[int]) -> dict[int, str]:
    """Return the language of each of the people who has told one."""
    rows = db.session.execute(select(Person.id, Person.language).where(Person.id.in_(person_ids)))
    return {person_id: language for person_id, language in rows if language}


def ways_of(person_id: int) -> Sequence[ContactPoint]:
    """Return the numbers and addresses of a person, those tried first in front."""
    return db.session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.kind.in_(WAYS))
        .order_by(ContactPoint.kind.desc(), ContactPoint.is_primary.desc(), ContactPoint.id)
    ).all()


def first_number(person_id: int) -> str:
    """Return the number of the person that is rung first, as far as it works."""
    good = (one for one in ways_of(person_id) if one.state is ReachState.GOOD)
    return next((one.value for one in good if one.kind is ContactKind.PHONE), "")


def counted_ways(person_ids: Sequence[int]) -> dict[int, int]:
    """Return in how many kinds of ways each of the people is reached."""
    rows = db.session.execute(
        select(ContactPoint.person_id, func.count(ContactPoint.kind.distinct()))
        .where(ContactPoint.person_id.in_(person_ids), ContactPoint.kind.in_(WAYS))
        .group_by(ContactPoint.person_id)
    )
    return {person_id: int(count) for person_id, count in rows}


def has_answered(person_id: int) -> set[str]:
    """Return the channels about which the person has said yes or no to news before."""
    rows = db.session.scalars(
        select(Consent.channel)
        .where(Consent.person_id == person_id, Consent.purpose == Purpose.MARKETING)
        .distinct()
    )
    return {channel.value for channel in rows}


def owners_in(club_id: int) -> list[tuple[User, LeadSeller | None]]:
    """Return everybody who may own leads of the club, with what he takes, by name."""
    rows = db.session.execute(
        select(User, LeadSeller)
        .join(UserClub, UserClub.user_id == User.id)
        .outerjoin(LeadSeller, (LeadSeller.user_id == User.id) & (LeadSeller.club_id == club_id))
        .where(UserClub.club_id == club_id, User.state == UserState.ACTIVE, User.role.in_(MAY_OWN))
        .order_by(User.name, User.id)
    )
    return [(user, row) for user, row in rows]


def sellers_nobody_asked(club_id: int) -> Sequence[int]:
    """Return the sales staff of the club about whom nobody has chosen anything."""
    known = select(LeadSeller.user_id).where(LeadSeller.club_id == club_id)
    return db.session.scalars(
        select(User.id)
        .join(UserClub, UserClub.user_id == User.id)
        .where(
            UserClub.club_id == club_id,
            User.role == Role.SALES,
            User.state == UserState.ACTIVE,
            User.id.not_in(known),
        )
        .order_by(User.id)
    ).all()


def open_steps(lead_id: int) -> list[Task]:
    """Return what is to be done for a lead, the soonest first."""
    return list(
        db.session.scalars(
            select(Task)
            .join(LeadTask, LeadTask.task_id == Task.id)
            .where(LeadTask.lead_id == lead_id, Task.state == TaskState.OPEN)
            .order_by(Task.due_at, Task.id)
        )
    )


def contract_with(contract_id: int) -> Contract | None:
    """Return the contract of an id that a fact names."""
    return db.session.get(Contract, contract_id)


def guest_pass_with(pass_id: int) -> GuestPass | None:
    """Return the guest pass of an id that a fact names."""
    return db.session.get(GuestPass, pass_id)


def session_in(club_id: int, public_id: str) -> ClassSession | None:
    """Return a class of the club."""
    return db.session.scalars(
        select(ClassSession).where(
            ClassSession.public_id == public_id, ClassSession.club_id == club_id
        )
    ).first()
