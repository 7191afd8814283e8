"""Services: signing in, in short units of work so that no lock is held while a password is checked.

Unknown accounts, wrong passwords and people who left get the same answer after the same work.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.accounts import brakes, passwords, second_factor, sessions
from clubcrm.accounts.models import User, UserState
from clubcrm.accounts.rules.braking import Brake, brakes_for
from clubcrm.accounts.rules.limits import second_factor_due
from clubcrm.core.clock import now
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.text import fold

FREE_CONFIRMATIONS = 5
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody claims to be the owner of an account."""

    email: str
    password: str = field(repr=False)
    browser: sessions.Browser
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened, and whether it still lacks its second factor."""

    user_id: int
    secret: str = field(repr=False)
    account: str
    asks_second_factor: bool
    second_factor_due_at: datetime | None


def account_key(email: str) -> str:
    """Return the name under which an account is braked; it does not tell the address."""
    return hashlib.sha256(fold(email).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def sign_in(claim: Try) -> Opened:
    """A session of the account's owner is open and its brakes are off.

    Raises SIGN_IN_REFUSED when address and password do not fit, TOO_MANY_TRIES while braked.
    """
    account = account_key(claim.email)
    held = brakes_for(account, claim.browser.address, claim.device)
    with unit_of_work() as session:
        brakes.take_try(session, held)
    user_id = _proven_user(claim)
    if user_id is None:
        raise DomainError(
            "SIGN_IN_REFUSED", _("This address and password do not fit together."), status=400
        )
    with unit_of_work() as session:
        brakes.let_go(session, held)
        user = session.get_one(User, user_id)
        passwords.renew_hash(user, claim.password)
        secret = welcome(user, claim.browser)
        log.info("signed in", user_id=user.id, address=claim.browser.address)
        has_one = user.otp_secret is not None
        due_at = None if has_one else user.second_factor_due_at
        return Opened(user.id, secret, account, has_one, due_at)


def _proven_user(claim: Try) -> int | None:
    with unit_of_work(write=False) as session:
        found = session.execute(
            select(User.id, User.password_hash, User.state).where(
                User.email_folded == fold(claim.email)
            )
        ).first()
    user_id, stored, state = found if found is not None else (None, None, None)
    fits = passwords.check_password(stored, claim.password)
    if fits and state is UserState.ACTIVE:
        return user_id
    log.warning("sign-in refused", user_id=user_id, address=claim.browser.address)
    return None


def welcome(user: User, browser: sessions.Browser) -> str:
    """A session of the user is open, and the time to set a second factor by has begun to run."""
    if user.second_factor_due_at is None:
        user.second_factor_due_at = second_factor_due(
            user.role.value, required=second_factor.is_required(), signed_in_at=now()
        )
    return sessions.open_session(user, browser)


def prove_second_factor(user_id: int, session_id: int, code: str, held: tuple[Brake, ...]) -> None:
    """The session has shown its second factor; each wrong code counts on the user's brake.

    Raises WRONG_CODE or TOO_MANY_TRIES.
    """
    with unit_of_work() as session:
        brakes.take_try(session, held)
    with unit_of_work() as session:
        second_factor.use_code(session.get_one(User, user_id), code)
        sessions.prove_second_factor(session_id)
        brakes.let_go(session, held)
        log.info("second factor shown", user_id=user_id)


def confirm_password(user_id: int, password: str, *, field: str = "current_password") -> None:
    """The signed-in person has typed his present password again.

    Raises WRONG_PASSWORD naming the field, TOO_MANY_TRIES while braked.
    """
    held = (Brake(f"confirm:{user_id}", FREE_CONFIRMATIONS),)
    with unit_of_work() as session:
        brakes.take_try(session, held)
        stored = session.execute(select(User.password_hash).where(User.id == user_id)).scalar()
    if not passwords.check_password(stored, password):
        text = _("This is not your present password.")
        raise DomainError("WRONG_PASSWORD", text, status=400, fields={field: text})
    with unit_of_work() as session:
        brakes.let_go(session, held)
