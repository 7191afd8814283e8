"""Views room: what codes of people read like to a person."""

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.core.i18n import LANGUAGES
from clubcrm.people.address_words import part_names
from clubcrm.people.models import Channel, Purpose
from clubcrm.people.queries.persons import Show
from clubcrm.people.rules.likeness import Reason

Choices = list[tuple[str, str]]

# What the rules say in English, named here so that the catalogues know it.
RULE_SENTENCES = (
    _l("At most 500 characters fit here."),
    _l("Choose a country of the list."),
    _l("Choose a day between 1900 and 2100."),
    _l("Choose another person."),
    _l("Choose one of the list."),
    _l("Give the field a name."),
    _l("No column holds the name. Say which one it is."),
    _l("The table has no such column."),
    _l("There is no such field."),
    _l("There is a field of this name already."),
    _l("There is no such tie."),
    _l("This must be filled in."),
    _l("Write a number, such as 12 or 12.5."),
    _l("Write at least two choices, one a line."),
    _l("Write the address of a page, such as https://example.org/name."),
    _l("Write the tag first."),
    _l("A language is a code such as en, bn, ne or ru."),
    _l("A phone number has digits, spaces, brackets, a plus sign."),
    _l("An e-mail address looks like name@example.com."),
    _l("The postal code does not fit this country or region."),
    _l("There is no such day in the calendar."),
    _l("This birth date is too long ago."),
    _l("This birth date lies in the future."),
    _l("This is not a date with a year of four digits."),
    _l("This is not a phone number."),
    _l("This phone number has too few digits, or a wrong country code."),
    _l("This phone number has too many digits."),
    _l("This text holds a character that cannot be stored."),
    _l("Write the note first."),
    _l("Write the person's name."),
)


def spoken(sentence: str) -> str:
    """Return a sentence of the rules in the reader's language."""
    return str(_(sentence)) if sentence else ""


def show_words() -> dict[Show, str]:
    """Return the names of the lists of people."""
    return {
        Show.ALL: _("Everybody"),
        Show.NEW: _("New in 30 days"),
        Show.NO_PHOTO: _("Without a photo"),
        Show.NO_PHONE: _("Without a phone"),
        Show.NO_EMAIL: _("Without e-mail"),
        Show.SILENT: _("Do not contact"),
    }


def channel_words(channel: Channel) -> str:
    """Return the name of a channel."""
    return {
        Channel.EMAIL: _("E-mail"),
        Channel.SMS: _("SMS"),
        Channel.TELEGRAM: "Telegram",
        Channel.WHATSAPP: "WhatsApp",
        Channel.PHONE: _("Phone call"),
    }[channel]


def purpose_words(purpose: Purpose) -> str:
    """Return the name of a purpose."""
    return {
        Purpose.SERVICE: _("About the membership"),
        Purpose.MARKETING: _("News and offers"),
    }[purpose]


def reason_words(reason: Reason) -> str:
    """Return what two records have in common as a sentence."""
    return {
        Reason.PHONE: _("same phone"),
        Reason.EMAIL: _("same e-mail"),
        Reason.NAME: _("similar name"),
        Reason.BIRTH_DATE: _("same birthday"),
        Reason.ADDRESS: _("same address"),
        Reason.OTHER_NAME: _("another name"),
        Reason.OTHER_BIRTH_DATE: _("another birthday"),
    }[reason]


def language_choices(chosen: str | None = None) -> Choices:
    """Return the languages we write in, and the one chosen already, by their own names."""
    codes = [*LANGUAGES] + ([chosen] if chosen and chosen not in LANGUAGES else [])
    reader = get_locale()
    named = []
    for code in codes:
        own = Locale.parse(code, sep="-" if "-" in code else "_")
        name = own.get_display_name(own) or code
        here = own.get_display_name(reader) if reader else ""
        named.append((code, f"{name} ({here})" if here and here != name else name))
    return [("", _("Language of the club")), *named]


def field_words(field: str) -> str:
    """Return the name of a field of a table."""
    return {
        "external_ref": _("Member number"),
        "full_name": _("Whole name"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "birth_date": _("Birthday"),
        "language": _("Language"),
        "desk_note": _("Note for the desk"),
        **part_names(),
    }.get(field, field)


def category_words(category: str) -> str:
    """Return what became of rows of this category."""
    return {
        "new": _("New people"),
        "linked": _("Known here, get their number"),
        "known": _("Here already, unchanged"),
        "repeated": _("Repeat a row above"),
        "no_name": _("Without a name"),
        "bad_phone": _("The phone cannot be read"),
        "bad_email": _("The e-mail cannot be read"),
        "bad_birth_date": _("The birthday cannot be read"),
        "bad_language": _("The language is unknown"),
        "bad_address": _("The address does not fit its country"),
        "bad_own": _("A field of the club's own does not fit"),
        "bad_text": _("A text that cannot be stored"),
    }.get(category, category)
