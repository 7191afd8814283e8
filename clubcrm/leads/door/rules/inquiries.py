"""Rules: who asks for what, as a form tells it, checked so that every fault is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean

TRAP = "company_site"
SECONDS = "_seconds"
LEAST_SECONDS = 2.0
LONGEST_MESSAGE = 2000
YES = frozenset({"1", "yes", "true", "on", "y", "да", "হ্যাঁ", "हो"})
LANGUAGE_LETTERS = 16


class FieldRule(StrEnum):
    """Whether a form asks for something."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OFF = "off"


class Suspicion(StrEnum):
    """Why something looks as if no person had filled it in."""

    TRAP = "trap"
    TOO_FAST = "too_fast"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a form asks for."""

    phone: FieldRule = FieldRule.REQUIRED
    email: FieldRule = FieldRule.OPTIONAL


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody filled in; `name` is whole where the form does not part it."""

    name: str
    phone: str
    email: str
    message: str
    interest: str
    language: str
    consents: bool


def said_in(fields: Mapping[str, str], wishes: Wishes) -> Said:
    """Return what was filled in; raises INVALID_INPUT naming every wrong field."""
    faults: dict[str, str] = {}

    def read(name: str, most: int, *, lines: bool = False) -> str:
        try:
            return clean(fields.get(name, ""), name, longest=most, lines=lines)
        except DomainError as error:
            faults.update({one.field: one.message for one in error.fields})
            return ""

    parted = " ".join(part for part in (read("given_name", 100), read("family_name", 100)) if part)
    name = read("name", 200) or parted
    phone, email = read("phone", 60), read("email", 254)
    said = Said(
        name,
        phone,
        email,
        read("message", LONGEST_MESSAGE, lines=True),
        read("interest", 200),
        fields.get("language", "").strip()[:LANGUAGE_LETTERS],
        fields.get("consent", "").strip().lower() in YES,
    )
    _miss(said, wishes, faults)
    if faults:
        raise invalid(faults)
    return said


def _miss(said: Said, wishes: Wishes, faults: dict[str, str]) -> None:
    if not said.name:
        faults.setdefault("name", "Write your name.")
    if wishes.phone is FieldRule.REQUIRED and not said.phone:
        faults.setdefault("phone", "Write your phone number.")
    if wishes.email is FieldRule.REQUIRED and not said.email:
        faults.setdefault("email", "Write your e-mail address.")
    if not said.phone and not said.email:
        asked = "phone" if wishes.phone is not FieldRule.OFF else "email"
        faults.setdefault(asked, "Write a phone number or an e-mail address.")


def suspicion_of(fields: Mapping[str, str]) -> Suspicion | None:
    """Return why a body looks like a machine's: the hidden field is filled, or it came too fast."""
    if fields.get(TRAP, "").strip():
        return Suspicion.TRAP
    try:
        seconds = float(fields.get(SECONDS, "") or LEAST_SECONDS)
    except ValueError:
        return None
    return Suspicion.TOO_FAST if seconds < LEAST_SECONDS else None
