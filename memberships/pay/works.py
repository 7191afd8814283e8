"""Queries room: one session or sale with those it is paid to, and who said so when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, select

from clubcrm.accounts.models import User
from clubcrm.core import clock
from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.packages.models import PackageLot, PackageSale
from memberships.pay.models import PayLine, SaleOwner
from memberships.pay.queries import people_paid
from memberships.pay.rules import WHOLE, WorkKind
from memberships.trainers.models import SessionShare, TrainerSession
from memberships.trainers.rules import HELD

# What the audit line of a division is written about, by kind of work.
SUBJECTS = {
    WorkKind.SESSION: "session",
    WorkKind.SALE: WorkKind.SALE.value,
    WorkKind.CONTRACT: WorkKind.CONTRACT.value,
}


@dataclass(frozen=True, slots=True)
class WorkShown:
    """A session or sale that somebody is paid for, and who it counts for as of now."""

    kind: WorkKind
    source_id: int
    club_id: int
    day: date
    person_public_id: str
    person_name: str
    price_minor: int
    currency: str
    shares: tuple[tuple[int, int], ...]
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Division:
    """That somebody divided a piece of work: when, who, and among whom."""

    at: datetime
    by: str
    shares: tuple[tuple[str, int], ...]


def work_for(scope: Scope, kind: WorkKind, source_id: int) -> WorkShown | None:
    """Return a session or sale of one of these clubs, None for what is paid to nobody."""
    find = {
        WorkKind.SESSION: _session,
        WorkKind.SALE: _package,
        WorkKind.CONTRACT: _contract,
    }.get(kind)
    found = find(source_id) if find else None
    return found if found is not None and found.club_id in scope.club_ids else None


def source_id_of(kind: WorkKind, public_id: str) -> int | None:
    """Return the key of a session, a sold package or a contract, None when there is none."""
    keys = {
        WorkKind.SESSION: (TrainerSession.id, TrainerSession.public_id),
        WorkKind.SALE: (PackageLot.id, PackageLot.public_id),
        WorkKind.CONTRACT: (Contract.id, Contract.public_id),
    }
    key, shown = keys[kind]
    found: int | None = db.session.scalar(select(key).where(shown == public_id))
    return found


def divisions_of(work: WorkShown) -> list[Division]:
    """Return every division of a piece of work, the newest first."""
    lines = db.session.scalars(
        select(AuditLine)
        .where(
            AuditLine.subject_kind == SUBJECTS[work.kind],
            AuditLine.subject_id == str(work.source_id),
            AuditLine.action.in_(("session.split", "sale.reassigned")),
        )
        .order_by(AuditLine.id.desc())
    ).all()
    actors = [line.actor.removeprefix("user:") for line in lines]
    parts = [user for line in lines for user in line.after or {}]
    names = _names([int(one) for one in {*actors, *parts} if one.isdigit()])
    return [
        Division(
            line.at,
            names.get(int(actor), "") if actor.isdigit() else actor,
            tuple((names.get(int(user), ""), share) for user, share in (line.after or {}).items()),
        )
        for line, actor in zip(lines, actors, strict=True)
    ]


def _session(source_id: int) -> WorkShown | None:
    row = db.session.execute(
        select(TrainerSession, Person, _paid(WorkKind.SESSION, source_id))
        .join(Person, Person.id == TrainerSession.person_id)
        .where(TrainerSession.id == source_id, TrainerSession.state.in_(HELD))
    ).first()
    if row is None:
        return None
    session, person, is_paid = row
    shares = db.session.execute(
        select(SessionShare.trainer_id, SessionShare.share_bp)
        .where(SessionShare.session_id == source_id)
        .order_by(SessionShare.trainer_id)
    ).all()
    alone = ((session.trainer_id, WHOLE),) if session.trainer_id else ()
    return WorkShown(
        WorkKind.SESSION,
        source_id,
        session.club_id,
        session.held_on,
        person.public_id,
        person.full_name,
        session.value_minor,
        session.currency,
        tuple((user, share) for user, share in shares) or alone,
        is_paid,
    )


def _package(source_id: int) -> WorkShown | None:
    row = db.session.execute(
        select(
            PackageSale.club_id,
            PackageSale.sold_on,
            Person,
            PackageSale.price_minor,
            Club.currency,
            PackageSale.sold_by,
            _paid(WorkKind.SALE, source_id),
        )
        .join(PackageLot, PackageLot.id == PackageSale.lot_id)
        .join(Person, Person.id == PackageLot.person_id)
        .join(Club, Club.id == PackageSale.club_id)
        .where(PackageSale.lot_id == source_id, PackageSale.from_lot_id.is_(None))
    ).first()
    return _sale(WorkKind.SALE, source_id, row, row.sold_on) if row else None


def _contract(source_id: int) -> WorkShown | None:
    row = db.session.execute(
        select(
            Contract.club_id,
            Contract.signed_at,
            Person,
            Contract.price_minor,
            Contract.currency,
            Contract.signed_by,
            _paid(WorkKind.CONTRACT, source_id),
            Club.zone,
        )
        .join(Person, Person.id == Contract.person_id)
        .join(Club, Club.id == Contract.club_id)
        .where(
            Contract.id == source_id,
            Contract.signed_at.is_not(None),
            Contract.state != ContractState.VOID,
        )
    ).first()
    if row is None or row.signed_at is None:
        return None
    return _sale(WorkKind.CONTRACT, source_id, row, clock.local_day(row.signed_at, row.zone))


def _sale(kind: WorkKind, source_id: int, row: Row[*tuple[Any, ...]], sold_on: date) -> WorkShown:
    club_id, _day, person, price_minor, currency, by, is_paid = row[:7]
    return WorkShown(
        kind,
        source_id,
        club_id,
        sold_on,
        person.public_id,
        person.full_name,
        price_minor,
        currency,
        _owners(kind, source_id) or _seller(club_id, by),
        is_paid,
    )


def _owners(kind: WorkKind, source_id: int) -> tuple[tuple[int, int], ...]:
    rows = db.session.execute(
        select(SaleOwner.user_id, SaleOwner.share_bp)
        .where(SaleOwner.kind == kind, SaleOwner.source_id == source_id)
        .order_by(SaleOwner.user_id)
    )
    return tuple((user, share) for user, share in rows)


def _seller(club_id: int, by: str) -> tuple[tuple[int, int], ...]:
    kind, _mark, number = by.partition(":")
    here = {one[0] for one in people_paid(club_id)}
    is_known = kind == "user" and number.isdigit() and int(number) in here
    return ((int(number), WHOLE),) if is_known else ()


def _paid(kind: WorkKind, source_id: int) -> Any:
    return exists().where(PayLine.kind == kind, PayLine.source_id == source_id).label("is_paid")


def _names(user_ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row[0]: row[1] for row in rows}
