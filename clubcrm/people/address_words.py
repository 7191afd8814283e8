"""Queries room: what the parts of an address are called in each country, and the countries."""

from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _

from clubcrm.people.rules.postal import (
    LONGEST,
    USUAL_LENGTH,
    Address,
    Part,
    countries,
    form_of,
)


def part_names() -> dict[str, str]:
    """Return the usual names of the parts of an address."""
    return {
        "address": _("Address"),
        "country": _("Country"),
        "street": _("Street and house"),
        "city_area": _("District"),
        "city": _("Town"),
        "region": _("Region"),
        "postal_code": _("Postal code"),
        "sorting_code": _("Sorting code"),
    }


def part_words(part: Part) -> str:
    """Return the name of a part as people of the country say it."""
    usual = part_names()
    return {
        "state": _("State"),
        "province": _("Province"),
        "prefecture": _("Prefecture"),
        "oblast": _("Region (oblast)"),
        "emirate": _("Emirate"),
        "county": _("County"),
        "zip": _("ZIP code"),
        "pin": _("PIN code"),
        "post_town": _("Post town"),
    }.get(part.called, usual[part.name])


def parts_shown(told: Address, country: str) -> dict[str, Any]:
    """Return what a form needs to ask for the parts of an address as its country writes them."""
    return {
        "parts": form_of(country, told.region, told.city),
        "part_words": part_words,
        "longest": {**LONGEST, "": USUAL_LENGTH},
    }


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by name in the reader's language."""
    reader = get_locale() or Locale("en")
    named = [(code, str(reader.territories.get(code, code))) for code in countries()]
    return sorted(named, key=lambda one: one[1])


def country_name(code: str) -> str:
    """Return what a country is called in the reader's language."""
    return str((get_locale() or Locale("en")).territories.get(code.upper(), code))
