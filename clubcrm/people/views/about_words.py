"""Views room: what the club's own fields and ties are called."""

from datetime import date

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _

from clubcrm.people.about_tables import OwnField
from clubcrm.people.rules.own_fields import NO, YES, OwnKind


def kind_words() -> dict[OwnKind, str]:
    """Return what each kind of field is called."""
    return {
        OwnKind.TEXT: _("Text"),
        OwnKind.NUMBER: _("Number"),
        OwnKind.DAY: _("Day"),
        OwnKind.CHOICE: _("One of a list"),
        OwnKind.YES_NO: _("Yes or no"),
        OwnKind.LINK: _("Page on the web"),
    }


def field_choices(field: OwnField) -> list[tuple[str, str]]:
    """Return what a field of choices may hold, nothing first."""
    return [("", "–"), *((choice, choice) for choice in field.choices)]


def value_words(kind: OwnKind, value: str) -> str:
    """Return what stands in a field as a person reads it."""
    if kind is OwnKind.YES_NO:
        return {YES: _("Yes"), NO: _("No")}.get(value, value)
    if kind is OwnKind.DAY and value:
        return format_date(date.fromisoformat(value), "medium", locale=get_locale() or "en")
    return value
