"""Views room: links that a member opens on his own phone, under /api/v1; each is told once."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import forbidden, invalid, not_found
from clubcrm.core.idempotency import keep_no_answer
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import link_address, make_link, person_in
from clubcrm.people.models import Person
from memberships.billing.gateways.links import PAGE, pay_token
from memberships.billing.gateways.queries import bill, invoice_id_in
from memberships.contracts.history import contract_for
from memberships.contracts.links import PORTAL_DAYS, PORTAL_PURPOSE, end_of_day
from memberships.contracts.offers import contract_of
from memberships.contracts.papers import paper_token
from memberships.permissions import BOOK_CLASSES, MAKE_PAY_LINKS, SIGN_CONTRACTS, TAKE_WAIVERS
from memberships.schedule.feeds import new_member_feed
from memberships.waivers.links import LINK_LIVES, PURPOSE

links_api = ApiBlueprint(
    "links_api", __name__, url_prefix="/api/v1", description="Links for members"
)


class LinkFor(StrEnum):
    """What a link opens: the own page, the waiver to sign, the calendar of classes."""

    OWN_PAGE = "own_page"
    WAIVER = "waiver"
    CALENDAR = "calendar"


class LinkBody(InputSchema):
    opens = fields.Enum(LinkFor, by_value=True, required=True)


class LinkShown(InputSchema):
    address = fields.String(metadata={"description": "told once; a second call makes a new one"})


@links_api.post("/members/<string:public_id>/links")
@links_api.doc(summary="Make a link to the own page, to the waiver, or to the calendar of classes")
@require(BOOK_CLASSES)
@links_api.arguments(LinkBody)
@links_api.response(201, LinkShown)
def post_link(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, public_id)
    right, make = _KINDS[body["opens"]]
    if not actor.may(right):
        raise forbidden(_("Your role may not do this."))
    keep_no_answer()
    return {"address": make(person, actor.ref)}


@links_api.post("/invoices/<string:invoice_id>/pay-link")
@links_api.doc(summary="Make a link by which the payer pays an invoice on a phone")
@require(MAKE_PAY_LINKS)
@links_api.response(201, LinkShown)
def post_pay_link(invoice_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = invoice_id_in(actor.scope, invoice_id)
    wanted = bill(found) if found else None
    if wanted is None:
        raise not_found(_("There is no such invoice."))
    if wanted.open_minor <= 0:
        raise invalid({"invoice": _("This invoice is paid already.")})
    keep_no_answer()
    token = pay_token(wanted.invoice_id, wanted.payer_id, by=actor.ref)
    return {"address": link_address(PAGE, token)}


@links_api.post("/contracts/<string:contract_id>/sign-link")
@links_api.doc(summary="Make a link by which the member reads and signs a contract on his phone")
@require(SIGN_CONTRACTS)
@links_api.response(201, LinkShown)
def post_sign_link(contract_id: str) -> dict[str, Any]:
    actor = current_actor()
    row = contract_for(actor.scope, contract_id)
    if row is None:
        raise not_found(_("There is no such contract."))
    keep_no_answer()
    return {
        "address": link_address(
            "papers.by_link", paper_token(contract_of(row.contract_id), by=actor.ref)
        )
    }


def _own_page(person: Person, by: str) -> str:
    zone = next(club.zone for club in my_clubs() if club.id == person.club_id)
    ends = end_of_day(zone, clock.today(zone) + timedelta(days=PORTAL_DAYS))
    token = make_link(person.id, PORTAL_PURPOSE, expires_at=ends, by=by)
    return link_address("portal.home", token)


def _waiver(person: Person, by: str) -> str:
    token = make_link(person.id, PURPOSE, expires_at=clock.now() + LINK_LIVES, by=by)
    return link_address("waivers.by_link", token)


def _calendar(person: Person, by: str) -> str:
    return link_address("class_feeds.member", new_member_feed(person.id, by=by))


_KINDS: Mapping[LinkFor, tuple[str, Callable[[Person, str], str]]] = {
    LinkFor.OWN_PAGE: (SIGN_CONTRACTS, _own_page),
    LinkFor.WAIVER: (TAKE_WAIVERS, _waiver),
    LinkFor.CALENDAR: (BOOK_CLASSES, _calendar),
}
