"""Services: signed-in browsers live in the store, so ending one takes hold at once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from clubcrm.accounts.models import User, UserSession
from clubcrm.accounts.rules.limits import session_limits
from clubcrm.core import audit
from clubcrm.core.clock import now
from clubcrm.core.db import db, separate_unit
from clubcrm.core.errors import DomainError

log = structlog.get_logger(__name__)
SEEN_EVERY = timedelta(minutes=5)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a sign-in comes from."""

    address: str
    agent: str


def hash_token(secret: str) -> str:
    """Return the form of a random token that may be stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_session(user: User, browser: Browser) -> str:
    """A new session of the user exists; returns the secret that the browser keeps."""
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    limits = session_limits(user.role.value)
    moment = now()
    db.session.add(
        UserSession(
            token_hash=hash_token(secret),
            user_id=user.id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + limits.whole,
            idle_minutes=int(limits.idle.total_seconds()) // 60,
            address=browser.address[:64],
            agent=browser.agent[:200],
        )
    )
    db.session.flush()
    audit.note("signed in", "user", user.id, by=f"user:{user.id}")
    return secret


def end_session(session_id: int, why: str) -> bool:
    """The session is over; tells whether it was still open."""
    ended = db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .values(ended_at=now(), ended_why=why)
        .returning(UserSession.user_id)
    ).scalar()
    if ended is not None:
        audit.note("session ended", "user", ended, after={"session": session_id, "why": why})
    return ended is not None


def end_sessions(user_id: int, why: str, *, except_id: int | None = None) -> int:
    """All sessions of the user but the one named are over; returns how many were open."""
    ended = db.session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.id != (except_id or 0),
        )
        .values(ended_at=now(), ended_why=why)
    )
    count = int(ended.rowcount)  # type: ignore[attr-defined]
    if count:
        audit.note("sessions ended", "user", user_id, after={"count": count, "why": why})
    return count


def prove_second_factor(session_id: int) -> None:
    """The session has shown its second factor."""
    db.session.execute(
        update(UserSession).where(UserSession.id == session_id).values(second_factor_at=now())
    )


def needs_touch(last_seen_at: datetime) -> bool:
    """Tell whether the time of last use is old enough to be written again."""
    return now() - last_seen_at >= SEEN_EVERY


def touch(session_id: int) -> None:
    """The session was used just now; a store too busy for this note is no reason to fail."""
    try:
        with separate_unit() as session:
            session.execute(
                update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now())
            )
    except (DomainError, OperationalError) as error:
        log.warning("last use not written", session_id=session_id, error=str(error))
