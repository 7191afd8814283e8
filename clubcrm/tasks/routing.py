"""Queries room: who of the staff knows a member: his own trainer, his own seller; who is free."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from clubcrm.accounts.models import Role, User, UserClub, UserState
from clubcrm.core.db import db
from memberships.contracts.models import Contract
from memberships.schedule.rota import away_between
from memberships.schedule.rules.duty import stand_ins
from memberships.trainers.roster import trainers_between

SELLERS = (Role.SALES, Role.MANAGER, Role.DESK)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Work that looks for its doer: of which role, on which day of the club; `meant` names one.

    With `to_own` it goes to the person's own trainer or seller when nobody is named.
    """

    club_id: int
    role: str
    day: date
    person_id: int | None = None
    meant: int | None = None
    to_own: bool = False


def doers_of(wanted: Sequence[Wanted]) -> list[int | None]:
    """Return who does each piece of work, in a fixed number of selects.

    That is the one meant, or who stands in for him on the day. Nobody, when the own worker is away
    without a substitute: then everybody of the role may do it.
    """
    meant = _meant(wanted)
    if not any(meant):
        return [None] * len(wanted)
    days = [one.day for one in wanted]
    away = away_between(min(days), max(days))
    found: list[int | None] = []
    for one, user in zip(wanted, meant, strict=True):
        if user is None:
            found.append(None)
            continue
        stands_in = stand_ins(away, one.day).get(user)
        is_away = any(other.user_id == user and other.covers(one.day) for other in away)
        nobody = stands_in is None and one.to_own and is_away
        found.append(None if nobody else stands_in or user)
    return found


def _meant(wanted: Sequence[Wanted]) -> list[int | None]:
    own = [one for one in wanted if one.to_own and one.meant is None and one.person_id is not None]
    trainers = _own_trainers([one for one in own if one.role == Role.TRAINER])
    sellers = _own_sellers([one for one in own if one.role == Role.SALES])
    return [one.meant or trainers.get(one) or sellers.get(one) for one in wanted]


def _own_trainers(asked: Sequence[Wanted]) -> dict[Wanted, int]:
    if not asked:
        return {}
    days = [one.day for one in asked]
    known = trainers_between({one.person_id or 0 for one in asked}, min(days), max(days))
    found: dict[Wanted, int] = {}
    for one in asked:
        for trainer, begins, ends in known.get(one.person_id or 0, ()):
            if begins <= one.day and (ends is None or ends >= one.day):
                found.setdefault(one, trainer)
    return found


def _own_sellers(asked: Sequence[Wanted]) -> dict[Wanted, int]:
    """Return who signed the newest contract of each person, if he still works in the club."""
    if not asked:
        return {}
    newest = (
        select(
            Contract.person_id,
            Contract.signed_by,
            func.row_number()
            .over(
                partition_by=Contract.person_id,
                order_by=(Contract.starts_on.desc(), Contract.id.desc()),
            )
            .label("place"),
        )
        .where(
            Contract.person_id.in_({one.person_id for one in asked}),
            Contract.signed_by.like("user:%"),
        )
        .subquery("newest")
    )
    rows = db.session.execute(
        select(newest.c.person_id, newest.c.signed_by).where(newest.c.place == 1)
    )
    signed_by = {row.person_id: int(row.signed_by.partition(":")[2]) for row in rows}
    at_work = _sellers(set(signed_by.values()))
    return {
        one: seller
        for one in asked
        if (seller := signed_by.get(one.person_id)) and (seller, one.club_id) in at_work
    }


def _sellers(users: Collection[int]) -> set[tuple[int, int]]:
    """Return which of the users sell, each with every club in which he does."""
    rows = db.session.execute(
        select(User.id, UserClub.club_id)
        .join(UserClub, UserClub.user_id == User.id)
        .where(User.id.in_(users), User.state == UserState.ACTIVE, User.role.in_(SELLERS))
    )
    return {(row[0], row[1]) for row in rows}
