"""Which passwords are taken: long, not among the common ones, not the names of person or club.

After OWASP ASVS 5.0, section 6.2: no composition rules, checked exactly as typed.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

SHORTEST = 12
LONGEST = 256
SHORTEST_NAME = 4
LEAST_BESIDE_NAMES = 8
TRIMMINGS = "0123456789!?.,;:*#$%&@+-_= "


class PasswordFault(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    NAME = "name"


def password_fault(
    password: str, *, common: Collection[str], names: Iterable[str]
) -> PasswordFault | None:
    """Return why the password is refused, or None when it may be used.

    `common` holds folded passwords that many people choose; `names` are those of person and club.
    """
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    folded = password.casefold()
    core = folded.strip(TRIMMINGS)
    if any(_unit(word) in common or len(_unit(word)) < 3 for word in (folded, core) if word):
        return PasswordFault.COMMON
    return PasswordFault.NAME if _is_made_of(folded, names) else None


def _unit(word: str) -> str:
    """Return the shortest piece whose repetition makes up the word."""
    return word[: (word + word).index(word, 1)]


def _is_made_of(folded: str, names: Iterable[str]) -> bool:
    pieces = {piece for name in names for piece in (name.casefold(), *name.casefold().split())}
    rest = folded
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= SHORTEST_NAME:
            rest = rest.replace(piece, "")
    return rest != folded and len(rest) < LEAST_BESIDE_NAMES
