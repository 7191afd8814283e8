"""Services: a second factor by time-based codes (RFC 6238) and codes to recover with, each once."""

import secrets

import pyotp
from flask_babel import gettext as _
from sqlalchemy import delete, insert, or_, update

from clubcrm.accounts.models import RecoveryCode, User
from clubcrm.accounts.sessions import hash_token
from clubcrm.core import audit
from clubcrm.core.clock import now
from clubcrm.core.clubs import company_setting, set_company_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import ascii_digits

STEP_SECONDS = 30
RECOVERY_CODES = 10
REQUIRED = "second_factor_required"
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


def is_required() -> bool:
    """Tell whether the company asks owner, manager and accountant for a second factor."""
    return bool(company_setting(REQUIRED, default=True))


def set_required(required: bool) -> None:
    """The company asks for a second factor, or leaves it to each person."""
    was = is_required()
    set_company_setting(REQUIRED, required)
    if was != required:
        audit.note(
            "second factor rule changed",
            "company",
            0,
            before={"required": was},
            after={"required": required},
        )


def begin_enrolment(user: User) -> str:
    """Return the secret the user's app has to learn; it counts only after a first right code."""
    if user.otp_pending is None:
        user.otp_pending = pyotp.random_base32()
        db.session.flush()
    return user.otp_pending


def enrolment_link(user: User) -> str:
    """Return the otpauth link of the pending secret, as authenticator apps read it."""
    totp = pyotp.TOTP(user.otp_pending or "")
    return totp.provisioning_uri(name=user.email, issuer_name="ClubCRM")


def finish_enrolment(user: User, code: str) -> list[str]:
    """The user has a second factor; returns the recovery codes, which are shown this once.

    Raises INVALID_INPUT when the code does not fit the pending secret.
    """
    step = _matching_step(user.otp_pending, code)
    if step is None:
        raise invalid({"code": _("This code does not fit. Codes change every 30 seconds.")})
    user.otp_secret, user.otp_pending, user.otp_last_step = user.otp_pending, None, step
    audit.note("second factor set", "user", user.id)
    return renew_recovery_codes(user)


def renew_recovery_codes(user: User) -> list[str]:
    """The user has ten new recovery codes, and older ones are void."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["-".join(_letters(5) for _part in range(4)) for _code in range(RECOVERY_CODES)]
    db.session.execute(
        insert(RecoveryCode),
        [{"user_id": user.id, "code_hash": hash_token(code)} for code in codes],
    )
    return codes


def remove(user: User) -> None:
    """The user signs in by password alone, until asked to set a second factor again."""
    user.otp_secret = user.otp_pending = user.otp_last_step = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.note("second factor removed", "user", user.id)
    db.session.flush()


def use_code(user: User, typed: str) -> None:
    """The code is used up: neither this time-based code nor this recovery code works again.

    Raises WRONG_CODE when it does not fit or was used before, also at the same moment elsewhere.
    """
    step = _matching_step(user.otp_secret, typed)
    used = _use_step(user, step) if step is not None else _use_recovery_code(user, typed)
    if not used:
        raise DomainError(
            "WRONG_CODE", _("This code does not fit, or was used before."), status=400
        )


def _use_step(user: User, step: int) -> bool:
    taken = db.session.execute(
        update(User)
        .where(User.id == user.id, or_(User.otp_last_step.is_(None), User.otp_last_step < step))
        .values(otp_last_step=step)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _use_recovery_code(user: User, typed: str) -> bool:
    code = "".join(letter for letter in typed.lower() if letter in LETTERS)
    grouped = "-".join(code[start : start + 5] for start in range(0, len(code), 5))
    taken = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == hash_token(grouped),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        audit.note("recovery code used", "user", user.id)
        return True
    return False


def _matching_step(secret: str | None, typed: str) -> int | None:
    """Return the time step whose code was typed; one step before and after the present count."""
    code = ascii_digits(typed).replace(" ", "")
    if secret is None or len(code) != 6 or not code.isdigit():
        return None
    totp = pyotp.TOTP(secret)
    present = int(now().timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if secrets.compare_digest(totp.at(step * STEP_SECONDS), code):
            return step
    return None


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(count))
