"""Views room: the cards that a member lets the club charge: look, take off, give a new one."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import not_found
from clubcrm.core.policy import device_door, member_link
from memberships.billing.gateways import intents, keeping
from memberships.billing.gateways.base import GatewayError
from memberships.billing.gateways.queries import methods_of
from memberships.billing.gateways.registry import gateways, offered
from memberships.billing.gateways.rules import KeepState
from memberships.billing.gateways.views.pay import onward, open_to, site_address
from memberships.portal import queries
from memberships.portal.views.frame import OWN, by_member, member_by, page_of, portal

BACK = "a gateway sends the browser here after a card was typed; only the gateway is believed"


@portal.get("/my/<token>/cards")
@member_link(OWN)
def cards(token: str) -> ResponseReturnValue:
    """The kept cards, and a button that gives a new one to the gateway."""
    return _page(token, member_by(token))


@portal.post("/my/<token>/cards")
@member_link(OWN, own_units=True)
def add_card(token: str) -> ResponseReturnValue:
    """The member types his card at the gateway."""
    with unit_of_work(write=False):
        member = member_by(token)
        ways = offered(member.club_id, member.currency)
    name = request.form.get("gateway", "")
    way = next((one for one in ways if one.name == name and one.adds_methods), None)
    if way is None:
        raise not_found(_("This way of paying is not set up."))
    back = site_address() + url_for("portal.card_back", ref="REF")
    order = keeping.KeepOrder(member.club_id, member.person_id, way.name, member.currency, back)
    try:
        step = keeping.begin_keeping(order, by=by_member(member))
    except GatewayError:
        sorry = _("%(way)s does not answer. Try again in a while.", way=way.title)
        with unit_of_work(write=False):
            return _page(token, member, sorry), 502
    return onward(step, way)


@portal.post("/my/<token>/cards/<method_id>/remove")
@member_link(OWN)
def remove_card(token: str, method_id: str) -> ResponseReturnValue:
    """The club may charge this card no more."""
    member = member_by(token)
    mine = methods_of(member.person_id)
    found = next((one for one in mine if one.public_id == method_id), None)
    if found is None:
        raise not_found(_("There is no such card."))
    intents.remove_method(found, by=by_member(member))
    return redirect(url_for("portal.cards", token=token), 303)


@portal.get("/pay/kept/<ref>")
@device_door(BACK)
def card_back(ref: str) -> ResponseReturnValue:
    """The gateway is asked whether a card was typed, and the member sees what it says."""
    state = keeping.end_keeping(ref[:40])
    if state is None:
        raise not_found(_("There is no such card."))
    return render_template("memberships/gateways/kept.html", ref=ref, state=state, states=KeepState)


def _page(token: str, member: queries.Member, refusal: str = "") -> Response:
    ways = [one for one in offered(member.club_id, member.currency) if one.adds_methods]
    page = page_of(
        member,
        "cards",
        token=token,
        methods=methods_of(member.person_id),
        ready=frozenset(gateways()),
        ways=ways,
        refusal=refusal,
    )
    return open_to(page, ways)
