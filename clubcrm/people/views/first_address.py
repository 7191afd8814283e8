"""Views room: the postal address on the form of a new person, as the club's country writes it."""

from typing import Any

from flask import request

from clubcrm.core.errors import DomainError
from clubcrm.people.address_words import parts_shown
from clubcrm.people.rules.postal import Address, address_from, check_address
from clubcrm.people.views.words import spoken


def typed_address(country: str) -> Address:
    """Return the address that was typed; without a country while nothing was."""
    return address_from({**request.form, "country": country})


def address_faults(told: Address) -> dict[str, str]:
    """Return what is wrong in each part; an address that was left out has no faults."""
    try:
        check_address(told)
    except DomainError as error:
        return {one.field: spoken(one.message) for one in error.fields}
    return {}


def address_shown(told: Address) -> dict[str, Any]:
    """Return what the parts of the form need."""
    return {"address": told, **parts_shown(told, told.country)}
