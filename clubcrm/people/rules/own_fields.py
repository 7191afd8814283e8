"""Rules room: fields a club adds for itself: what may be typed, how it is kept, how it is shown."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST = 500
MOST_CHOICES = 40
LONGEST_CHOICE = 60
MOST_DIGITS = 12
EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)
YES, NO = "yes", "no"


class OwnKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"
    YES_NO = "yes_no"
    LINK = "link"


class Fault(StrEnum):
    """Why a value cannot be kept."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DAY = "not_a_day"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_LINK = "not_a_link"


FAULTS = {
    Fault.MISSING: "This must be filled in.",
    Fault.TOO_LONG: "At most 500 characters fit here.",
    Fault.NOT_A_NUMBER: "Write a number, such as 12 or 12.5.",
    Fault.NOT_A_DAY: "Choose a day between 1900 and 2100.",
    Fault.NOT_A_CHOICE: "Choose one of the list.",
    Fault.NOT_A_LINK: "Write the address of a page, such as https://example.org/name.",
}


class RefusedValueError(ValueError):
    """The value cannot be kept in this field."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What decides about a value: the kind, its choices, and whether something must stand there."""

    kind: OwnKind
    choices: tuple[str, ...] = ()
    required: bool = False


def kept_form(rule: FieldRule, typed: str) -> str:
    """Return the value as it is kept, "" for none; raises RefusedValueError with the fault.

    Days are kept as 2026-11-26 and numbers without thousands marks, so that both compare as such.
    """
    text = typed.strip()
    if not text:
        if rule.required:
            raise RefusedValueError(Fault.MISSING)
        return ""
    if len(text) > LONGEST:
        raise RefusedValueError(Fault.TOO_LONG)
    kept: str = _KEEPERS[rule.kind](rule, text)
    return kept


def choices_of(typed: str) -> tuple[str, ...]:
    """Return the choices of a list typed one a line, without empty and repeated ones."""
    found = dict.fromkeys(line.strip()[:LONGEST_CHOICE] for line in typed.splitlines())
    return tuple(choice for choice in found if choice)[:MOST_CHOICES]


def may_see(roles: Collection[str], role: str) -> bool:
    """Tell whether a role sees a field; no role named means everybody who sees the person."""
    return not roles or role in roles


def _number(_rule: FieldRule, text: str) -> str:
    try:
        number = Decimal(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise RefusedValueError(Fault.NOT_A_NUMBER) from None
    if not number.is_finite() or abs(number) >= 10**MOST_DIGITS:
        raise RefusedValueError(Fault.NOT_A_NUMBER)
    plain = format(number.normalize(), "f")
    return "0" if plain == "-0" else plain


def _day(_rule: FieldRule, text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RefusedValueError(Fault.NOT_A_DAY) from None
    if not EARLIEST <= day <= LATEST:
        raise RefusedValueError(Fault.NOT_A_DAY)
    return day.isoformat()


def _choice(rule: FieldRule, text: str) -> str:
    if text not in rule.choices:
        raise RefusedValueError(Fault.NOT_A_CHOICE)
    return text


def _yes_no(_rule: FieldRule, text: str) -> str:
    if text not in (YES, NO):
        raise RefusedValueError(Fault.NOT_A_CHOICE)
    return text


def _link(_rule: FieldRule, text: str) -> str:
    """Only addresses of the web: a link that runs something is no link."""
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise RefusedValueError(Fault.NOT_A_LINK) from None
    if parts.scheme not in ("https", "http") or "." not in host or any(map(str.isspace, address)):
        raise RefusedValueError(Fault.NOT_A_LINK)
    return address


_KEEPERS = {
    OwnKind.TEXT: lambda _rule, text: text,
    OwnKind.NUMBER: _number,
    OwnKind.DAY: _day,
    OwnKind.CHOICE: _choice,
    OwnKind.YES_NO: _yes_no,
    OwnKind.LINK: _link,
}
