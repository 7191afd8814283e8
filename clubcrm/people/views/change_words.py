"""Views room: the old and the new value of a change as a person reads them."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from clubcrm.core.formats import day, moment, money
from clubcrm.core.shell import ClubChoice
from clubcrm.people.queries.history import Change
from clubcrm.people.views.words import field_words

MINOR = "_minor"


def name_words(field: str, currency: str) -> str:
    """Return what a changed field is called; amounts without a currency say that they are minor."""
    name = field_words(field).removesuffix(MINOR if currency else "")
    return name.removesuffix("_id").replace("_", " ")


def value_words(field: str, value: str, currency: str, zone: str) -> str:
    """Return the value: amounts as money, days and instants as such, the rest as it was noted."""
    if field.endswith(MINOR) and currency and value.lstrip("-").isdigit():
        return money(int(value), currency)
    if value in ("True", "False"):
        return _("yes") if value == "True" else _("no")
    return _instant(value, zone) or value


def _instant(value: str, zone: str) -> str:
    if not value[:4].isdigit() or value[4:5] != "-":
        return ""
    try:
        if len(value) == len("2026-11-27"):
            return day(date.fromisoformat(value))
        at = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return moment(at, zone) if at.tzinfo else ""


def is_told(change: Change) -> bool:
    """Return whether the line tells a person something: not which number a new record points to."""
    return not (change.field.endswith("_id") and not change.old)


def one_currency(clubs: Sequence[ClubChoice]) -> str:
    """Return the currency of these clubs, or nothing where they count in several."""
    found = {club.currency for club in clubs}
    return found.pop() if len(found) == 1 else ""
