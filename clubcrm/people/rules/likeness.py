"""Rules: how likely two records are one person, with the reasons a human can check."""

from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from clubcrm.core.text import fold
from clubcrm.people.rules.sounds import consonants_of

WORTH_SHOWING = 40
CERTAIN = 80
SIMILAR = 0.84


class Reason(StrEnum):
    """What two records have in common, or what speaks against it."""

    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    OTHER_NAME = "other_name"
    OTHER_BIRTH_DATE = "other_birth_date"


WEIGHTS = {
    Reason.PHONE: 45,
    Reason.EMAIL: 45,
    Reason.NAME: 40,
    Reason.BIRTH_DATE: 40,
    Reason.ADDRESS: 25,
    Reason.OTHER_NAME: -15,
    Reason.OTHER_BIRTH_DATE: -60,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one person from another; phones, e-mails and the place are in normal form."""

    name: str
    phones: frozenset[str] = field(default_factory=frozenset)
    emails: frozenset[str] = field(default_factory=frozenset)
    birth_date: date | None = None
    place: str = ""


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
    """Tell whether two names read or sound alike, word by word and in any order or script.

    A single word is held against the given name only: a family shares the other one.
    """
    first, second = sorted((fold(one).split(), fold(other).split()), key=len)
    if len(first) == 1:
        second = second[:1]
    if not first or not second:
        return False
    left = list(second)
    for word in first:
        partner = next((each for each in left if _alike(word, each)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


def _alike(one: str, other: str) -> bool:
    if one == other or SequenceMatcher(None, one, other).ratio() >= SIMILAR:
        return True
    sound = consonants_of(one)
    enough = len(sound) > 1 or one.isascii() != other.isascii()
    return sound != "" and enough and sound == consonants_of(other)


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
    # Those who live together and are called differently are a family, not one person.
    if one.place and one.place == other.place and Reason.NAME in reasons:
        reasons.append(Reason.ADDRESS)
    total = sum(WEIGHTS[reason] for reason in reasons)
    return Likeness(max(0, min(100, total)), tuple(reasons))
