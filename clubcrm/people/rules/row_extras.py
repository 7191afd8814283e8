"""Rules room: what a row of a table tells beside the person: address, tags, own fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from clubcrm.core.errors import DomainError
from clubcrm.core.text import clean, fold
from clubcrm.people.rules.days import DayOrder, NoDateError, read_date
from clubcrm.people.rules.drafts import NO_EXTRAS, Extras
from clubcrm.people.rules.own_fields import (
    FAULTS,
    NO,
    YES,
    Fault,
    FieldRule,
    OwnKind,
    RefusedValueError,
    kept_form,
)
from clubcrm.people.rules.postal import PARTS, Address, check_address, countries

OWN = "own_"
LONGEST_TAG = 40
_BETWEEN = re.compile(r"[;,|\n]+")
_YES = frozenset({"yes", "y", "1", "true", "x", "ja", "да", "হ্যাঁ", "हो"})
_NO = frozenset({"no", "n", "0", "false", "nein", "нет", "না", "होइन"})
_NAMED_IN = ("en", "bn", "ne", "ru", "de")


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A field of the club's own that a column may hold; `name` is its field in the mapping."""

    field_id: int
    name: str
    label: str
    rule: FieldRule


class ExtraFaultError(ValueError):
    """A cell beside the person that cannot be taken: category, field and sentence."""

    def __init__(self, category: str, field: str, reason: str) -> None:
        super().__init__(reason)
        self.category, self.field, self.reason = category, field, reason


def read_extras(
    told: Mapping[str, str], own: tuple[OwnColumn, ...], country: str, order: DayOrder | None
) -> Extras:
    """Return what the row tells beside the person; raises ExtraFaultError for its first fault."""
    found = Extras(
        _address(told, country),
        _tags(told.get("tags", "")),
        tuple(_own(told, column, order) for column in own if column.name in told),
    )
    return NO_EXTRAS if found == NO_EXTRAS else found


def _address(told: Mapping[str, str], country: str) -> Address:
    parts = {name: told.get(name, "") for name in PARTS}
    address = Address(_country(told.get("country", ""), country), **parts)
    try:
        return check_address(address, whole=False)
    except DomainError as error:
        first = error.fields[0]
        raise ExtraFaultError("bad_address", first.field, first.message) from error


def _country(text: str, home: str) -> str:
    if not text:
        return home
    code = text.strip().upper()
    return code if code in countries() else _country_names().get(fold(text), code)


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    return {
        fold(str(name)): code
        for language in _NAMED_IN
        for code, name in Locale.parse(language).territories.items()
        if code in countries()
    }


def _tags(text: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for one in _BETWEEN.split(text):
        try:
            name = clean(one, "tags", longest=LONGEST_TAG)
        except DomainError as error:
            first = error.fields[0]
            raise ExtraFaultError("bad_text", "tags", first.message) from error
        if fold(name):
            found.setdefault(fold(name), name)
    return tuple(found.values())


def _own(told: Mapping[str, str], column: OwnColumn, order: DayOrder | None) -> tuple[int, str]:
    text = told[column.name]
    try:
        if column.rule.kind is OwnKind.DAY and text:
            day = read_date(text, order)
            text = day.isoformat() if day else ""
        return column.field_id, kept_form(column.rule, _plain(column.rule, clean(text, "own")))
    except NoDateError as error:
        raise ExtraFaultError("bad_own", column.name, str(error)) from error
    except RefusedValueError as error:
        raise ExtraFaultError("bad_own", column.name, FAULTS[error.fault]) from error
    except DomainError as error:
        raise ExtraFaultError("bad_own", column.name, FAULTS[Fault.TOO_LONG]) from error


def _plain(rule: FieldRule, text: str) -> str:
    """Return yes, no and choices as the field keeps them, however a table writes them."""
    low = text.strip().casefold()
    if rule.kind is OwnKind.YES_NO and low:
        return YES if low in _YES else NO if low in _NO else text
    if rule.kind is OwnKind.CHOICE:
        return next((one for one in rule.choices if one.casefold() == low), text)
    return text
