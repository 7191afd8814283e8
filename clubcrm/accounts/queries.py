"""Queries: who a session or token belongs to, the staff, their sessions, and the rights table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import current_app
from sqlalchemy import Integer, Select, case, cast, func, literal, select, union_all

from clubcrm.accounts.models import (
    ApiToken,
    ApiTokenClub,
    RecoveryCode,
    Role,
    RoleRight,
    User,
    UserClub,
    UserSession,
    UserState,
)
from clubcrm.accounts.rules.rights import rights_of
from clubcrm.core.clock import now
from clubcrm.core.clubs import ClosedDay, Club, ClubHours
from clubcrm.core.db import db


@dataclass(frozen=True, slots=True)
class KnownSession:
    """An open session and its user, as one row."""

    session_id: int
    last_seen_at: datetime
    expires_at: datetime
    idle_minutes: int
    second_factor_at: datetime | None
    user_id: int
    name: str
    role: Role
    locale: str | None
    theme: str
    has_second_factor: bool
    second_factor_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody works and what he may do there."""

    club_ids: tuple[int, ...]
    rights: frozenset[str]


def known_session(token_hash: str) -> KnownSession | None:
    """Return the session that is not ended, of a user who works here."""
    row = db.session.execute(
        select(
            UserSession.id,
            UserSession.last_seen_at,
            UserSession.expires_at,
            UserSession.idle_minutes,
            UserSession.second_factor_at,
            User.id,
            User.name,
            User.role,
            User.locale,
            User.theme,
            User.otp_secret.is_not(None),
            User.second_factor_due_at,
        )
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == token_hash,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now(),
            User.state == UserState.ACTIVE,
        )
    ).first()
    if row is None:
        return None
    values: tuple[Any, ...] = tuple(row)
    return KnownSession(*values)


def reach_of_user(user_id: int, role: Role) -> Reach:
    """Return the clubs and rights of a user in one select; an owner reaches every club."""
    if role is Role.OWNER:
        clubs = select(literal(0), Club.id, literal(""))
    else:
        clubs = select(literal(0), UserClub.club_id, literal("")).where(UserClub.user_id == user_id)
    return _reach(role, clubs)


def known_token(token_hash: str) -> tuple[int, str, Role, datetime | None] | None:
    """Return id, name, role and last use of a token that is not revoked."""
    row = db.session.execute(
        select(ApiToken.id, ApiToken.name, ApiToken.role, ApiToken.last_used_at).where(
            ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None)
        )
    ).first()
    return None if row is None else (row[0], row[1], row[2], row[3])


def reach_of_token(token_id: int, role: Role) -> Reach:
    """Return the clubs and rights of a token; one without clubs of its own reaches every club."""
    named = select(ApiTokenClub.club_id).where(ApiTokenClub.token_id == token_id)
    clubs = select(literal(0), Club.id, literal("")).where(Club.id.in_(named) | ~named.exists())
    return _reach(role, clubs)


def _reach(role: Role, clubs: Select[int, int, str]) -> Reach:
    changes = select(
        case((RoleRight.granted, literal(1)), else_=literal(2)),
        cast(literal(0), Integer),
        RoleRight.right,
    ).where(RoleRight.role == role)
    rows = db.session.execute(union_all(clubs, changes)).all()
    changed = {text: kind == 1 for kind, _club, text in rows if kind}
    return Reach(
        tuple(sorted(club for kind, club, _text in rows if not kind)), _rights(role, changed)
    )


def _rights(role: Role, changes: dict[str, bool]) -> frozenset[str]:
    return rights_of(
        role.value,
        every=current_app.extensions["club_rights"],
        defaults=current_app.extensions["club_default_roles"],
        changes=changes,
    )


def rights_table() -> dict[Role, frozenset[str]]:
    """Return the rights that each role holds today."""
    rows = db.session.execute(select(RoleRight.role, RoleRight.right, RoleRight.granted)).all()
    changes: dict[Role, dict[str, bool]] = {role: {} for role in Role}
    for role, right, granted in rows:
        changes[role][right] = granted
    return {role: _rights(role, changes[role]) for role in Role}


def user_by_public_id(public_id: str) -> User | None:
    """Return the member of staff with the public id."""
    return db.session.scalars(select(User).where(User.public_id == public_id)).first()


def user_by_email(email_folded: str) -> User | None:
    """Return the member of staff who signs in with the folded address."""
    return db.session.scalars(select(User).where(User.email_folded == email_folded)).first()


def staff() -> list[tuple[User, datetime | None]]:
    """Return everybody who works or worked here, with the time of last use, by name."""
    seen = (
        select(UserSession.user_id, func.max(UserSession.last_seen_at).label("at"))
        .group_by(UserSession.user_id)
        .subquery()
    )
    rows = db.session.execute(
        select(User, seen.c.at)
        .outerjoin(seen, seen.c.user_id == User.id)
        .order_by(User.state, User.name, User.id)
    ).all()
    return [(user, seen_at) for user, seen_at in rows]


def clubs_of_users() -> dict[int, list[int]]:
    """Return the ids of the clubs in which each user works."""
    found: dict[int, list[int]] = {}
    for user_id, club_id in db.session.execute(
        select(UserClub.user_id, UserClub.club_id).order_by(UserClub.club_id)
    ).all():
        found.setdefault(user_id, []).append(club_id)
    return found


def open_sessions(user_id: int | None = None) -> list[tuple[UserSession, str, str]]:
    """Return sessions that still work, with public id and name of their user, newest use first."""
    moment = now()
    rows = db.session.execute(
        select(UserSession, User.public_id, User.name)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.ended_at.is_(None),
            UserSession.expires_at > moment,
            *([UserSession.user_id == user_id] if user_id is not None else []),
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id)
        .limit(500)
    ).all()
    return [(session, public_id, name) for session, public_id, name in rows]


def api_tokens() -> list[tuple[ApiToken, list[str]]]:
    """Return the tokens of programs, newest first, with the names of their clubs."""
    clubs: dict[int, list[str]] = {}
    for token_id, name in db.session.execute(
        select(ApiTokenClub.token_id, Club.name)
        .join(Club, Club.id == ApiTokenClub.club_id)
        .order_by(Club.name)
    ).all():
        clubs.setdefault(token_id, []).append(name)
    tokens = db.session.scalars(
        select(ApiToken).order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc())
    ).all()
    return [(token, clubs.get(token.id, [])) for token in tokens]


def recovery_codes_left(user_id: int) -> int:
    """Return how many recovery codes of the user still work."""
    return db.session.execute(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    ).scalar_one()


def hours_of_club(club_id: int) -> tuple[time | None, time | None]:
    """Return when the club opens and closes on a Monday; nothing when it is open all day."""
    found = db.session.get(ClubHours, (club_id, 0))
    return (found.opens, found.closes) if found is not None else (None, None)


def closed_days(club_id: int) -> list[ClosedDay]:
    """Return the closed days of the club, newest first."""
    return list(
        db.session.scalars(
            select(ClosedDay)
            .where(ClosedDay.club_id == club_id)
            .order_by(ClosedDay.day.desc())
            .limit(200)
        )
    )


def names_of_actors(refs: Iterable[str]) -> dict[str, str]:
    """Return the names behind "user:7" and "token:3", as ledgers and audit lines write them."""
    numbers: dict[str, list[int]] = {"user": [], "token": []}
    for ref in refs:
        kind, _colon, number = ref.partition(":")
        if kind in numbers and number.isdigit():
            numbers[kind].append(int(number))
    users = db.session.execute(select(User.id, User.name).where(User.id.in_(numbers["user"])))
    tokens = db.session.execute(
        select(ApiToken.id, ApiToken.name).where(ApiToken.id.in_(numbers["token"]))
    )
    named = {f"user:{number}": name for number, name in users}
    return named | {f"token:{number}": name for number, name in tokens}
