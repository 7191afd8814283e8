"""Views room: a member reads and corrects where letters to him go."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from clubcrm.core.errors import DomainError
from clubcrm.core.policy import member_link
from clubcrm.people.address_words import country_choices, parts_shown
from clubcrm.people.api import keep_address
from clubcrm.people.queries.addresses import address_of
from clubcrm.people.rules.postal import Address, address_from, countries, lines_of
from memberships.portal.queries import Member, home_of, person_of
from memberships.portal.views.frame import OWN, by_member, member_by, page_of, portal


@portal.get("/my/<token>/address")
@member_link(OWN)
def address(token: str) -> ResponseReturnValue:
    """The address as it stands on a letter, and the form of its country."""
    member = member_by(token)
    known = address_of(member.person_id)
    wish = request.args.get("country", "").upper()
    usual = known.country or home_of(member)
    return _page(token, member, known, wish if wish in countries() else usual)


@portal.post("/my/<token>/address")
@member_link(OWN)
def correct_address(token: str) -> ResponseReturnValue:
    """Letters go there from now on; without a word in any part none are sent."""
    member, told = member_by(token), address_from(request.form)
    try:
        keep_address(person_of(member), told, by=by_member(member))
    except DomainError as error:
        country = told.country.upper()
        shown = country if country in countries() else home_of(member)
        faults = {one.field: one.message for one in error.fields}
        return _page(token, member, told, shown, faults), 400
    return redirect(url_for("portal.address", token=token, saved=1), 303)


def _page(
    token: str,
    member: Member,
    typed: Address,
    country: str,
    faults: dict[str, str] | None = None,
) -> str:
    known = address_of(member.person_id)
    more: dict[str, Any] = {
        "address": typed,
        "country": country,
        # Said by the page, which speaks the member's language.
        "countries": country_choices,
        **parts_shown(typed, country),
        "wrong": faults or {},
        "known": lines_of(known, home_of(member)),
        "is_saved": request.method == "GET" and bool(request.args.get("saved")),
    }
    return page_of(member, "address", token=token, **more)
