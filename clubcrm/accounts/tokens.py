"""Services: one-time tokens for set-up, invites and resets, and bearer tokens of programs."""

import secrets
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from clubcrm.accounts.models import (
    ApiToken,
    ApiTokenClub,
    OneTimeToken,
    Role,
    TokenPurpose,
    User,
)
from clubcrm.accounts.rules.limits import TOKEN_LIFE
from clubcrm.accounts.sessions import TOKEN_BYTES, hash_token
from clubcrm.core import audit
from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.text import clean

PREFIX = "club_"


def issue(purpose: TokenPurpose, user_id: int | None, *, life: timedelta = TOKEN_LIFE) -> str:
    """A token for the purpose exists and older ones are void; returns its secret, kept nowhere."""
    moment = now()
    db.session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.purpose == purpose,
            OneTimeToken.user_id.is_(None) if user_id is None else OneTimeToken.user_id == user_id,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > moment,
        )
        .values(expires_at=moment)
    )
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        OneTimeToken(
            purpose=purpose,
            token_hash=hash_token(secret),
            user_id=user_id,
            expires_at=moment + life,
        )
    )
    db.session.flush()
    return secret


def owner_of_token(purposes: tuple[TokenPurpose, ...], secret: str) -> User | None:
    """Return the person a still valid token was made for, without using it."""
    return db.session.scalars(
        select(User)
        .join(OneTimeToken, OneTimeToken.user_id == User.id)
        .where(
            OneTimeToken.token_hash == hash_token(secret),
            OneTimeToken.purpose.in_(purposes),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now(),
        )
    ).first()


def use(purposes: tuple[TokenPurpose, ...], secret: str) -> int | None:
    """The token is used up; returns the user it was made for, if any.

    Raises TOKEN_VOID when it is unknown, used, expired, or made for another purpose.
    """
    moment = now()
    used = db.session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.token_hash == hash_token(secret.strip()),
            OneTimeToken.purpose.in_(purposes),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > moment,
        )
        .values(used_at=moment)
        .returning(OneTimeToken.user_id)
    ).first()
    if used is None:
        raise DomainError(
            "TOKEN_VOID", _("This token is not valid any more. Ask for a new one."), status=400
        )
    user_id: int | None = used[0]
    return user_id


def setup_token() -> str | None:
    """Return a fresh token for the first run; None once anybody works here."""
    if db.session.execute(select(User.id).limit(1)).first() is not None:
        return None
    return issue(TokenPurpose.SETUP, None)


def add_api_token(name: str, role: Role, club_ids: tuple[int, ...]) -> tuple[ApiToken, str]:
    """A program may act with the role in these clubs, or in all when none is named.

    Returns the token and its secret, which is shown once and kept nowhere.
    """
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken(name=clean(name, "name"), role=role, token_hash=hash_token(secret))
    db.session.add(token)
    db.session.flush()
    db.session.add_all([ApiTokenClub(token_id=token.id, club_id=club) for club in club_ids])
    audit.note(
        "token added", "token", token.id, after={"role": role.value, "clubs": list(club_ids)}
    )
    return token, secret


def revoke_api_token(public_id: str) -> None:
    """The program's token is refused from now on; raises NOT_FOUND for an unknown one."""
    token = db.session.scalars(select(ApiToken).where(ApiToken.public_id == public_id)).first()
    if token is None:
        raise not_found(_("There is no such token."))
    if token.revoked_at is None:
        token.revoked_at = now()
        audit.note("token revoked", "token", token.id)
        db.session.flush()
