"""Services: passwords are hashed, checked in even time, and refused when they are weak."""

import importlib.util
import runpy
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.accounts.models import User
from clubcrm.accounts.rules.passwords import LONGEST, SHORTEST, PasswordFault, password_fault
from clubcrm.core import audit
from clubcrm.core.clock import now
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid

# OWASP's second recommendation for Argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Return the 30,000 most chosen passwords, folded, as ranked by the zxcvbn package."""
    # Only its list is read: importing the package would keep its other dictionaries in memory.
    found = importlib.util.find_spec("zxcvbn")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the package zxcvbn is not installed")
    lists = Path(found.submodule_search_locations[0]) / "frequency_lists.py"
    ranked = runpy.run_path(str(lists))["FREQUENCY_LISTS"]["passwords"]
    return frozenset(str(word).casefold() for word in ranked)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody, so that asking for nobody takes as long")


def check_password(stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one; without a stored one it takes as long."""
    if len(password) > LONGEST:
        return False
    try:
        _hasher.verify(stored or _nobodys_hash(), password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def renew_hash(user: User, password: str) -> None:
    """The user's hash has today's strength; called right after the password proved true."""
    if user.password_hash is not None and _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """The user signs in with this password from now on; an audit line says so.

    Raises INVALID_INPUT naming the field for a password that is too short, common or a name.
    """
    require_good_password(password, (user.name, user.email.partition("@")[0]), field=field)
    user.password_hash = _hasher.hash(password)
    user.password_changed_at = now()
    audit.note("password changed", "user", user.id)


def require_good_password(
    password: str, own_names: tuple[str, ...], *, field: str = "password"
) -> None:
    """Raise INVALID_INPUT naming the field unless the password may be used."""
    clubs = db.session.scalars(select(Club.name)).all()
    fault = password_fault(password, common=common_passwords(), names=(*own_names, *clubs))
    if fault is not None:
        raise invalid({field: _words_of(fault)})


def _words_of(fault: PasswordFault) -> str:
    return {
        PasswordFault.TOO_SHORT: _(
            "Use at least %(count)s characters; a few words in a row are easy to keep in mind.",
            count=SHORTEST,
        ),
        PasswordFault.TOO_LONG: _("At most %(count)s characters fit here.", count=LONGEST),
        PasswordFault.COMMON: _("Many people use this password, so it is among the first guesses."),
        PasswordFault.NAME: _("This is made of your name or the club's: add other words."),
    }[fault]
