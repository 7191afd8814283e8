"""How long signing in lasts, and who needs a second factor from when on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(hours=3)
SHIFT = timedelta(hours=12)
DESK_SHIFT = timedelta(hours=16)
TOKEN_LIFE = timedelta(hours=72)
SECOND_FACTOR_ROLES = frozenset({"owner", "manager", "accountant"})
SECOND_FACTOR_GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives without use, and at most."""

    idle: timedelta
    whole: timedelta


def session_limits(role: str) -> SessionLimits:
    """Return the limits of a role; the desk's page stays open for a long shift."""
    return SessionLimits(IDLE, DESK_SHIFT if role == "desk" else SHIFT)


def second_factor_due(role: str, *, required: bool, signed_in_at: datetime) -> datetime | None:
    """Return when a person of the role must have a second factor, counted from a first sign-in."""
    if not required or role not in SECOND_FACTOR_ROLES:
        return None
    return signed_in_at + SECOND_FACTOR_GRACE


def second_factor_settled(
    *, has_one: bool, proven: bool, required: bool, due_at: datetime | None, moment: datetime
) -> bool:
    """Tell whether a signed-in person may go on: proven, or not yet asked to have one."""
    if has_one:
        return proven
    return not required or due_at is None or moment < due_at
