"""Reads of pay: rules, the work of a month, closed months, statements line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from clubcrm.accounts.models import User, UserClub, UserState
from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.packages.models import PackageLot, PackageSale
from memberships.pay.models import PayLine, PayPeriod, PayQuestion, PayRule, SaleOwner
from memberships.pay.rules import (
    WHOLE,
    Line,
    Rule,
    Tier,
    Work,
    WorkKind,
    landing_month,
    lines_of,
    month_end,
    month_of,
    salary_lines,
)
from memberships.trainers.models import SessionShare, TrainerSession
from memberships.trainers.rules import HELD, SessionState

MISSED = frozenset({SessionState.NO_SHOW, SessionState.LATE_CANCEL})
MEMBERSHIP = "membership"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person gets for a month of a club, line by line."""

    user_id: int
    name: str
    public_id: str
    month: date
    currency: str
    is_closed: bool
    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        """Return the sum of the lines."""
        return sum(line.amount_minor for line in self.lines)


def rules_of(club_id: int) -> list[Rule]:
    """Return the rules of pay of a club."""
    rows = db.session.scalars(
        select(PayRule).where(PayRule.club_id == club_id).order_by(PayRule.id)
    )
    return [
        Rule(
            row.id,
            row.kind,
            row.user_id,
            row.service,
            row.from_on,
            row.until_on,
            row.amount_minor,
            row.share_bp,
            row.missed_bp,
            tuple(Tier(count, amount) for count, amount in row.tiers),
        )
        for row in rows
    ]


def rule_rows(club_id: int) -> Sequence[tuple[PayRule, str | None]]:
    """Return the rules of a club with the names of the people they speak of, newest first."""
    rows = db.session.execute(
        select(PayRule, User.name)
        .outerjoin(User, User.id == PayRule.user_id)
        .where(PayRule.club_id == club_id)
        .order_by(PayRule.until_on.is_not(None), PayRule.from_on.desc(), PayRule.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def rule_row(scope: Scope, public_id: str) -> PayRule | None:
    """Return a rule of one of these clubs."""
    return db.session.scalars(
        select(PayRule).where(PayRule.public_id == public_id, PayRule.club_id.in_(scope.club_ids))
    ).first()


def closed_months(club_id: int) -> dict[date, PayPeriod]:
    """Return the closed months of a club."""
    rows = db.session.scalars(select(PayPeriod).where(PayPeriod.club_id == club_id))
    return {row.month: row for row in rows}


def people_paid(club_id: int) -> list[tuple[int, str, str]]:
    """Return id, public id and name of everybody who works in the club, by name."""
    rows = db.session.execute(
        select(User.id, User.public_id, User.name)
        .join(UserClub, UserClub.user_id == User.id)
        .where(UserClub.club_id == club_id, User.state == UserState.ACTIVE)
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def statements(club_id: int, month: date) -> list[Statement]:
    """Return the statements of a month for all who have a line in it, in a few selects."""
    club = db.session.get_one(Club, club_id)
    closed = closed_months(club_id)
    people = people_paid(club_id)
    if month in closed:
        kept = _kept_lines(closed[month].id)
        by_user = {user_id: kept.get(user_id, []) for user_id, _public, _name in people}
        by_user |= {user_id: kept[user_id] for user_id in kept.keys() - by_user.keys()}
    else:
        by_user = _open_lines(club, month, set(closed), [one[0] for one in people])
    names = {user_id: (public, name) for user_id, public, name in people}
    return [
        Statement(
            user_id,
            names.get(user_id, ("", ""))[1],
            names.get(user_id, ("", ""))[0],
            month,
            club.currency,
            month in closed,
            tuple(lines),
        )
        for user_id, lines in by_user.items()
        if lines
    ]


def statement_of(club_id: int, user_id: int, month: date) -> Statement | None:
    """Return the statement of one person for a month, None when there is no line."""
    return next((one for one in statements(club_id, month) if one.user_id == user_id), None)


def questions(club_ids: Sequence[int], *, user_id: int | None = None) -> list[PayQuestion]:
    """Return questions about pay, the open ones first."""
    chosen = select(PayQuestion).where(PayQuestion.club_id.in_(club_ids))
    if user_id is not None:
        chosen = chosen.where(PayQuestion.user_id == user_id)
    order = (PayQuestion.answered_at.is_not(None), PayQuestion.id.desc())
    return list(db.session.scalars(chosen.order_by(*order).limit(100)))


def question_for(scope: Scope, public_id: str) -> PayQuestion | None:
    """Return a question of one of these clubs."""
    return db.session.scalars(
        select(PayQuestion).where(
            PayQuestion.public_id == public_id, PayQuestion.club_id.in_(scope.club_ids)
        )
    ).first()


def owners_of(kind: WorkKind, source_id: int) -> list[SaleOwner]:
    """Return who was named as owner of a sale."""
    return list(
        db.session.scalars(
            select(SaleOwner).where(SaleOwner.kind == kind, SaleOwner.source_id == source_id)
        )
    )


def _open_lines(
    club: Club, month: date, closed: set[date], user_ids: Sequence[int]
) -> dict[int, list[Line]]:
    rules = rules_of(club.id)
    works = [
        work
        for work in (*_sessions(club.id, month, closed), *_sales(club, month, closed))
        if landing_month(work.day, closed) == month
    ]
    corrections = _corrections(club.id, month, closed)
    return {
        user_id: [
            *salary_lines(rules, user_id, month, club.currency),
            *lines_of(rules, works, user_id, club.currency),
            *(line for line in corrections if line.user_id == user_id),
        ]
        for user_id in user_ids
    }


def _within(day: Any, month: date, closed: set[date]) -> ColumnElement[bool]:
    """Days of the month itself, or of closed months before it, whose work may land here."""
    earlier = [one for one in closed if one < month]
    first = min(earlier, default=month)
    found: ColumnElement[bool] = (day >= first) & (day <= month_end(month))
    return found


def _instants(zone: str, month: date, closed: set[date]) -> tuple[datetime, datetime]:
    first = min((one for one in closed if one < month), default=month)
    return clock.day_bounds(first, zone)[0], clock.day_bounds(month_end(month), zone)[1]


def _unpaid(kind: WorkKind, source_id: Any) -> ColumnElement[bool]:
    return ~select(PayLine.id).where(PayLine.kind == kind, PayLine.source_id == source_id).exists()


def _sessions(club_id: int, month: date, closed: set[date]) -> list[Work]:
    rows = db.session.execute(
        select(TrainerSession, Person)
        .join(Person, Person.id == TrainerSession.person_id)
        .where(
            TrainerSession.club_id == club_id,
            TrainerSession.trainer_id.is_not(None),
            TrainerSession.state.in_(HELD),
            _within(TrainerSession.held_on, month, closed),
            _unpaid(WorkKind.SESSION, TrainerSession.id),
        )
    ).all()
    shares = _shares([session.id for session, _person in rows])
    return [
        Work(
            kind=WorkKind.SESSION,
            source_id=session.id,
            day=session.held_on,
            service=session.service.value,
            price_minor=session.value_minor,
            shares=shares.get(session.id) or ((session.trainer_id or 0, WHOLE),),
            heads=session.heads,
            missed=session.state in MISSED,
            label=person.full_name,
        )
        for session, person in rows
    ]


def _shares(session_ids: Sequence[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    rows = db.session.scalars(
        select(SessionShare)
        .where(SessionShare.session_id.in_(session_ids))
        .order_by(SessionShare.session_id, SessionShare.trainer_id)
    )
    for row in rows:
        found[row.session_id] = (
            *found.get(row.session_id, ()),
            (row.trainer_id, row.share_bp),
        )
    return found


def _sales(club: Club, month: date, closed: set[date]) -> list[Work]:
    first, after = _instants(club.zone, month, closed)
    packages = db.session.execute(
        select(
            PackageSale.lot_id,
            PackageSale.sold_on,
            PackageLot.service,
            PackageSale.price_minor,
            PackageSale.sold_by,
            Person,
        )
        .join(PackageLot, PackageLot.id == PackageSale.lot_id)
        .join(Person, Person.id == PackageLot.person_id)
        .where(
            PackageSale.club_id == club.id,
            PackageSale.from_lot_id.is_(None),
            PackageLot.contract_id.is_(None),
            _within(PackageSale.sold_on, month, closed),
            _unpaid(WorkKind.SALE, PackageSale.lot_id),
        )
    ).all()
    contracts = db.session.execute(
        select(
            Contract.id,
            Contract.signed_at,
            Contract.price_minor,
            Contract.signed_by,
            Person,
        )
        .join(Person, Person.id == Contract.person_id)
        .where(
            Contract.club_id == club.id,
            Contract.signed_at >= first,
            Contract.signed_at < after,
            Contract.state != ContractState.VOID,
            _unpaid(WorkKind.CONTRACT, Contract.id),
        )
    ).all()
    works = [
        (WorkKind.SALE, lot, day, service, price, by, person)
        for lot, day, service, price, by, person in packages
    ] + [
        (WorkKind.CONTRACT, one, clock.local_day(at, club.zone), MEMBERSHIP, price, by, person)
        for one, at, price, by, person in contracts
        if at is not None
    ]
    owners = _owners(club.id)
    return [
        Work(kind, source, day, service, price, shares, label=person.full_name)
        for kind, source, day, service, price, by, person in works
        if (shares := owners.get((kind, source)) or _seller(by))
    ]


def _owners(club_id: int) -> dict[tuple[WorkKind, int], tuple[tuple[int, int], ...]]:
    found: dict[tuple[WorkKind, int], tuple[tuple[int, int], ...]] = {}
    rows = db.session.scalars(
        select(SaleOwner)
        .join(UserClub, UserClub.user_id == SaleOwner.user_id)
        .where(UserClub.club_id == club_id)
        .order_by(SaleOwner.user_id)
    )
    for row in rows:
        key = (row.kind, row.source_id)
        found[key] = (*found.get(key, ()), (row.user_id, row.share_bp))
    return found


def _seller(by: str) -> tuple[tuple[int, int], ...]:
    kind, _mark, number = by.partition(":")
    return ((int(number), WHOLE),) if kind == "user" and number.isdigit() else ()


def _corrections(club_id: int, month: date, closed: set[date]) -> list[Line]:
    """Return opposite lines for paid sessions that were taken back after their month was closed."""
    later = aliased(PayLine)
    rows = db.session.execute(
        select(PayLine, TrainerSession.reversed_at)
        .join(PayPeriod, PayPeriod.id == PayLine.period_id)
        .join(
            TrainerSession,
            (TrainerSession.id == PayLine.source_id) & (PayLine.kind == WorkKind.SESSION),
        )
        .where(
            PayPeriod.club_id == club_id,
            PayLine.amount_minor > 0,
            TrainerSession.state == SessionState.REVERSED,
            ~select(later.id)
            .where(
                later.kind == PayLine.kind,
                later.source_id == PayLine.source_id,
                later.user_id == PayLine.user_id,
                later.amount_minor < 0,
            )
            .exists(),
        )
        .order_by(PayLine.id)
    )
    return [
        Line(
            line.kind,
            line.source_id,
            line.day,
            line.user_id,
            line.rule_id,
            line.basis_minor,
            line.share_bp,
            -line.amount_minor,
            line.label,
        )
        for line, reversed_at in rows
        if reversed_at and landing_month(month_of(reversed_at.date()), closed) == month
    ]


def _kept_lines(period_id: int) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    rows = db.session.scalars(
        select(PayLine).where(PayLine.period_id == period_id).order_by(PayLine.id)
    )
    for row in rows:
        line = Line(
            row.kind,
            row.source_id,
            row.day,
            row.user_id,
            row.rule_id,
            row.basis_minor,
            row.share_bp,
            row.amount_minor,
            row.label,
            row.number,
        )
        found.setdefault(row.user_id, []).append(line)
    return found
