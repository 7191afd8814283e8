"""Rules: one row of somebody's table becomes a person in normal form, or a named fault."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from babel import Locale

from clubcrm.core.errors import DomainError
from clubcrm.core.text import clean, fold
from clubcrm.people.rules.columns import ColumnMap
from clubcrm.people.rules.contacts import phone_number
from clubcrm.people.rules.days import DayOrder, NoDateError, read_date
from clubcrm.people.rules.drafts import CheckedDraft, PersonDraft, check_draft
from clubcrm.people.rules.row_extras import ExtraFaultError, OwnColumn, read_extras

SPOKEN = ("en", "bn", "ne", "ru", "hi", "ur", "kk", "ar", "de", "fr", "es", "tr", "uk", "zh")
# What people write into a cell when there is nothing to write.
BLANKS = frozenset({"-", "--", "n/a", "na", "none", "null", "nil", "#n/a", "нет", "nan"})
_SEVERAL = re.compile(r"[;,\n]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows of one table are read: columns, order of dates, country, the club's day."""

    columns: ColumnMap
    order: DayOrder | None
    country: str
    today: date
    source: str
    own: tuple[OwnColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be taken: a category to count, the field, a sentence."""

    category: str
    field: str
    reason: str


def read_row(cells: Mapping[str, str], reading: Reading) -> CheckedDraft | RowFault:
    """Return the person of a row in normal form, or its first fault."""
    told = {field: _cell(cells, column) for field, column in reading.columns.items()}
    try:
        born = read_date(told.get("birth_date", ""), reading.order)
    except NoDateError as error:
        return RowFault("bad_birth_date", "birth_date", str(error))
    given, family = _names(told)
    phone, *more = _SEVERAL.split(told.get("phone", "")) or [""]
    draft = PersonDraft(
        given_name=given,
        family_name=family,
        phone=phone,
        email=_SEVERAL.split(told.get("email", ""))[0],
        birth_date=born,
        language=_language(told.get("language", "")),
        desk_note=told.get("desk_note", ""),
        external_ref=told.get("external_ref", ""),
        source=reading.source,
    )
    try:
        checked = check_draft(draft, reading.country, reading.today)
        others = [phone_number(each, reading.country) for each in more if each.strip()]
    except DomainError as error:
        first = error.fields[0]
        return RowFault(_category(first.field, given), first.field, first.message)
    try:
        extras = read_extras(told, reading.own, reading.country, reading.order)
    except ExtraFaultError as error:
        return RowFault(error.category, error.field, error.reason)
    return replace(checked, more_phones=tuple(dict.fromkeys(others)), extras=extras)


def _cell(cells: Mapping[str, str], column: str) -> str:
    text = cells.get(column, "").strip()
    return "" if text.lower() in BLANKS else text


def _names(told: Mapping[str, str]) -> tuple[str, str]:
    if told.get("given_name"):
        return told["given_name"], told.get("family_name", "")
    whole = told.get("full_name", "")
    if not whole:
        return told.get("family_name", ""), ""
    before, comma, behind = whole.partition(",")
    if comma and behind.strip():
        return behind.strip(), before.strip()
    words = whole.split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (whole, "")


def _category(field: str, given: str) -> str:
    if field == "given_name" and not given.strip():
        return "no_name"
    if field in {"phone", "email", "birth_date", "language"}:
        return f"bad_{field}"
    return "bad_text"


def _language(text: str) -> str:
    return _spoken_names().get(fold(text), text) if text else ""


@lru_cache(maxsize=1)
def _spoken_names() -> dict[str, str]:
    names = {"bangla": "bn"}
    for code in SPOKEN:
        locale = Locale.parse(code)
        for name in (locale.get_display_name("en"), locale.get_display_name(locale)):
            if name:
                names[fold(name)] = code
    return names


def neutral(text: str) -> str:
    """Return a cell of the file as it may be kept and shown: no controls, of bounded length."""
    try:
        return clean(text[:300], "cell", longest=300)
    except DomainError:
        return "".join(sign for sign in text[:300] if sign.isprintable())
