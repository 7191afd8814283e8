"""Rules: how likely two records are one person, with the reasons a human can check."""

from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from clubcrm.core.text import fold
from clubcrm.people.rules.naming import sound_words

WORTH_SHOWING = 40
CERTAIN = 80
SIMILAR = 0.84


class Reason(StrEnum):
    """What two records have in common, or what speaks against it."""

    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    OTHER_NAME = "other_name"
    OTHER_BIRTH_DATE = "other_birth_date"


WEIGHTS = {
    Reason.PHONE: 45,
    Reason.EMAIL: 45,
    Reason.NAME: 40,
    Reason.BIRTH_DATE: 40,
    Reason.OTHER_NAME: -15,
    Reason.OTHER_BIRTH_DATE: -60,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one person from another; phones and e-mails are in normal form."""

    name: str
    phones: frozenset[str] = field(default_factory=frozenset)
    emails: frozenset[str] = field(default_factory=frozenset)
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two records are one person (0 to 100), and why."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_worth_showing(self) -> bool:
        """Tell whether a person should look at the two."""
        return self.score >= WORTH_SHOWING

    @property
    def is_certain(self) -> bool:
        """Tell whether the two may be taken for one without asking."""
        return self.score >= CERTAIN


def similar_names(one: str, other: str) -> bool:
    """Tell whether two names read or sound alike, whatever the order and script of their words."""
    first, second = sorted(fold(one).split()), sorted(fold(other).split())
    if not first or not second:
        return False
    if first == second:
        return True
    sounds = sound_words(one), sound_words(other)
    if len(sounds[0]) > 1 and sounds[0] == sounds[1]:
        return True
    return SequenceMatcher(None, " ".join(first), " ".join(second)).ratio() >= SIMILAR


def duplicate_score(one: Identity, other: Identity) -> Likeness:
    """Return how likely both are one person.

    A shared phone alone is a family; a shared phone with a similar name is the same person.
    """
    reasons = []
    if one.phones & other.phones:
        reasons.append(Reason.PHONE)
    if one.emails & other.emails:
        reasons.append(Reason.EMAIL)
    if one.name and other.name:
        alike = similar_names(one.name, other.name)
        reasons.append(Reason.NAME if alike else Reason.OTHER_NAME)
    if one.birth_date and other.birth_date:
        same = one.birth_date == other.birth_date
        reasons.append(Reason.BIRTH_DATE if same else Reason.OTHER_BIRTH_DATE)
    total = sum(WEIGHTS[reason] for reason in reasons)
    return Likeness(max(0, min(100, total)), tuple(reasons))
