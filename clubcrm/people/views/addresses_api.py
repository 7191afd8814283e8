"""Views room: postal addresses under /api/v1, and the form of each country."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.web import current_actor, require
from clubcrm.people.addresses import keep_address
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.addresses import address_of
from clubcrm.people.queries.persons import person_in
from clubcrm.people.rules.postal import NOWHERE, Address, address_from, form_of, lines_of
from clubcrm.people.services import country_of

addresses_api = ApiBlueprint(
    "addresses_api", __name__, url_prefix="/api/v1", description="Postal addresses"
)
_TEXT = validate.Length(max=600)


class AddressBody(InputSchema):
    """An address in parts; an empty one ends the address that was known."""

    country = fields.String(
        load_default="",
        validate=validate.Length(max=2),
        metadata={"description": "two letters; by default the country of the club"},
    )
    street = fields.String(load_default="", validate=_TEXT)
    city_area = fields.String(load_default="", validate=_TEXT)
    city = fields.String(load_default="", validate=_TEXT)
    region = fields.String(load_default="", validate=_TEXT)
    postal_code = fields.String(load_default="", validate=_TEXT)
    sorting_code = fields.String(load_default="", validate=_TEXT)


class AddressShown(AddressBody):
    """An address, and its lines as they stand on a letter from the club."""

    lines = fields.List(fields.String())


class AddressPart(InputSchema):
    """A part of a country's addresses."""

    name = fields.String()
    needed = fields.Boolean(attribute="is_needed")
    example = fields.String()
    choices = fields.List(fields.String())


@addresses_api.get("/members/<string:member_id>/address")
@addresses_api.doc(summary="Where letters to a person go")
@require(SEE_PEOPLE)
@addresses_api.response(200, AddressShown)
def get_address(member_id: str) -> dict[str, Any]:
    """Return the address in parts and in lines."""
    person = person_in(current_actor().scope, member_id)
    return _shown(address_of(person.id), country_of(person.club_id))


@addresses_api.put("/members/<string:member_id>/address")
@addresses_api.doc(summary="Letters to a person go there from now on")
@require(EDIT_PEOPLE)
@addresses_api.arguments(AddressBody)
@addresses_api.response(200, AddressShown)
def put_address(body: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The address is kept in its country's form."""
    person = person_in(current_actor().scope, member_id)
    home = country_of(person.club_id)
    told = address_from({**body, "country": body["country"] or home})
    return _shown(keep_address(person, told), home)


@addresses_api.delete("/members/<string:member_id>/address")
@addresses_api.doc(summary="No letters go to a person")
@require(EDIT_PEOPLE)
@addresses_api.response(204)
def delete_address(member_id: str) -> None:
    """Nobody knows where he lives."""
    keep_address(person_in(current_actor().scope, member_id), NOWHERE)


@addresses_api.get("/address-forms/<string:country>")
@addresses_api.doc(summary="The parts of an address in a country, in the order they are written")
@require(SEE_PEOPLE)
@addresses_api.response(200, AddressPart(many=True))
def get_form(country: str) -> list[dict[str, Any]]:
    """Return the country's form."""
    return [
        {
            "name": part.name,
            "is_needed": part.is_needed,
            "example": part.example,
            "choices": [key for key, _words in part.choices],
        }
        for part in form_of(country)
    ]


def _shown(address: Address, home: str) -> dict[str, Any]:
    parts = {name: getattr(address, name) for name in AddressBody().fields}
    return {**parts, "lines": lines_of(address, home)}
