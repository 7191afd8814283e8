"""Who may log in: users, their clubs, rights that differ from the defaults, sessions and tokens."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum


class Role(StrEnum):
    """The staff roles of a club."""

    OWNER = "owner"
    MANAGER = "manager"
    SALES = "sales"
    DESK = "desk"
    TRAINER = "trainer"
    BARISTA = "barista"
    ACCOUNTANT = "accountant"


class UserState(StrEnum):
    """Whether a user works here."""

    ACTIVE = "active"
    DISMISSED = "dismissed"


class TokenPurpose(StrEnum):
    """What a one-time token is good for, and for nothing else."""

    SETUP = "setup"
    INVITE = "invite"
    RESET = "reset"


class User(Model):
    """A member of staff who signs in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_folded: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[Role] = mapped_column(text_enum(Role))
    state: Mapped[UserState] = mapped_column(text_enum(UserState), default=UserState.ACTIVE)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    locale: Mapped[str | None] = mapped_column(String(16))
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    otp_secret: Mapped[str | None] = mapped_column(String(64))
    otp_pending: Mapped[str | None] = mapped_column(String(64))  # shown as a code, not yet proven
    otp_last_step: Mapped[int | None]
    second_factor_due_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class GuideTick(Model):
    """A step of the first week that somebody of the staff knows by now."""

    __tablename__ = "guide_tick"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class UserClub(Model):
    """A club in which a user works."""

    __tablename__ = "user_club"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)


class RoleRight(Model):
    """A right of a role that differs from the default of the code."""

    __tablename__ = "role_right"

    role: Mapped[Role] = mapped_column(text_enum(Role), primary_key=True)
    right: Mapped[str] = mapped_column(String(80), primary_key=True)
    granted: Mapped[bool]


class UserSession(Model):
    """A signed-in browser; the cookie holds the token of which only the hash stands here."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    idle_minutes: Mapped[int] = mapped_column(default=180)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_why: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class RecoveryCode(Model):
    """A code that stands in for the second factor once, when the phone is lost."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class LoginBrake(Model):
    """Failed sign-ins of one account or one address; it survives restarts."""

    __tablename__ = "login_brake"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime] = mapped_column(UtcInstant)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcInstant)


class OneTimeToken(Model):
    """A token that serves one purpose once, within its time."""

    __tablename__ = "one_time_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[TokenPurpose] = mapped_column(text_enum(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ApiToken(Model):
    """A bearer token of a program, with a role."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ApiTokenClub(Model):
    """A club that an API token may see; a token without rows sees every club."""

    __tablename__ = "api_token_club"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
