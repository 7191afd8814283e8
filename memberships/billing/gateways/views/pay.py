"""Views room: an invoice paid by link, the way back from a gateway, and what gateways send."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.headers import CONTENT_POLICY
from clubcrm.core.idempotency import new_key
from clubcrm.core.money import Money
from clubcrm.core.policy import device_door, member_link
from clubcrm.core.webhooks import plain
from clubcrm.people.api import link_address, open_link
from memberships.billing.gateways.base import (
    AtTheDesk,
    ForgedError,
    FormPost,
    Gateway,
    GatewayError,
    Redirect,
)
from memberships.billing.gateways.intents import Begin
from memberships.billing.gateways.links import PURPOSE
from memberships.billing.gateways.paying import (
    MOST_BYTES,
    Addresses,
    Incoming,
    come_back,
    start,
    take_letter,
)
from memberships.billing.gateways.queries import Bill, bill, intent_by_ref
from memberships.billing.gateways.registry import offered
from memberships.billing.gateways.words import gateway_hint, outcome_words

pay = Blueprint("pay", __name__)
BACK = "a gateway sends the payer's browser here; only the gateway itself is believed"
HOOKS = "gateways tell here what happened; each message bears the gateway's signature"


@pay.get("/pay/<token>")
@member_link("a member pays one invoice of his own")
def show(token: str) -> ResponseReturnValue:
    """What is to be paid, and by which ways."""
    wanted = _bill(token)
    return _page(token, wanted, offered(wanted.club_id, wanted.currency))


@pay.post("/pay/<token>")
@member_link("a member pays one invoice of his own", own_units=True)
def go(token: str) -> ResponseReturnValue:
    """The payment is begun, and the browser goes on at the gateway."""
    with unit_of_work(write=False):
        wanted = _bill(token)
        ways = offered(wanted.club_id, wanted.currency)
    chosen = next((way for way in ways if way.name == request.form.get("gateway")), None)
    if chosen is None or wanted.open_minor <= 0:
        return _page(token, wanted, ways, _("Choose how to pay."), 400)
    key = (request.form.get("_key") or new_key())[:60]
    order = Begin(
        club_id=wanted.club_id,
        payer_id=wanted.payer_id,
        invoice_id=wanted.invoice_id,
        amount=Money(wanted.open_minor, wanted.currency),
        gateway=chosen.name,
        source=("pay_link", f"{wanted.invoice_id}:{key}"),
        keep_method=bool(request.form.get("keep")) and chosen.keeps_methods,
    )
    text = _("%(club)s: invoice %(number)s", club=wanted.club_name, number=wanted.number)
    try:
        _ref, step = start(order, text, _addresses(chosen))
    except GatewayError:
        sorry = _(
            "%(way)s does not answer. Nothing was paid. Try again, or another way.",
            way=chosen.title,
        )
        return _page(token, wanted, ways, sorry, 502)
    return onward(step, chosen)


def onward(step: Redirect | FormPost | AtTheDesk, way: Gateway) -> ResponseReturnValue:
    """Send the browser where the gateway wants it, if that is a safe address."""
    if isinstance(step, Redirect) and _is_safe(step.url):
        return redirect(step.url, 303)
    if isinstance(step, FormPost):
        page = render_template("memberships/gateways/onward.html", step=step, way=way)
        return open_to(page, [way])
    raise DomainError("GATEWAY", _("The gateway sent us nowhere."), status=502)


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")


@pay.route("/pay/back/<ref>", methods=["GET", "POST"])
@device_door(BACK)
def back(ref: str) -> ResponseReturnValue:
    """The payer is back; the gateway is asked, and the payer sees what it says."""
    params: Mapping[str, str] = request.form if request.method == "POST" else request.args
    try:
        found = come_back(ref[:40], {key: value[:9000] for key, value in params.items()})
    except (OperationalError, PoolTimeout):
        return redirect(url_for("pay.done", ref=ref), 303)
    if found is None:
        raise not_found(_("There is no such payment."))
    return redirect(url_for("pay.done", ref=ref), 303)


@pay.get("/pay/done/<ref>")
@member_link("the payer sees what became of his payment")
def done(ref: str) -> ResponseReturnValue:
    """What became of a payment."""
    intent = intent_by_ref(ref[:40])
    wanted = bill(intent.invoice_id) if intent and intent.invoice_id else None
    if intent is None or wanted is None:
        raise not_found(_("There is no such payment."))
    tone, title, text = outcome_words(intent.state)
    return render_template(
        "memberships/gateways/done.html",
        intent=intent,
        bill=wanted,
        tone=tone,
        title=title,
        text=text,
    )


@pay.post("/hooks/pay/<gateway>")
@device_door(HOOKS)
def hook(gateway: str) -> ResponseReturnValue:
    """A gateway tells something; the raw bytes are read before any form parser."""
    request.max_content_length = MOST_BYTES
    raw = request.get_data(cache=True, parse_form_data=False)
    headers = dict(request.headers.items())
    try:
        take_letter(Incoming(gateway[:30], raw, headers, request.remote_addr or ""))
    except ForgedError:
        return plain("the signature does not hold", 401)
    except DomainError as error:
        return plain(error.code, error.status)
    except (GatewayError, OperationalError, PoolTimeout):
        answer = plain("try again", 503)
        answer.headers["Retry-After"] = "30"
        return answer
    return plain("OK", 200)


def _bill(token: str) -> Bill:
    link = open_link(PURPOSE, token)
    found = bill(int(link.subject_id)) if link and link.subject_id.isdigit() else None
    if found is None:
        raise not_found(_("This link has ended. Ask the club for a new one."))
    return found


def _page(
    token: str, wanted: Bill, ways: list[Gateway], refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "memberships/gateways/pay.html",
        token=token,
        bill=wanted,
        ways=ways,
        hint=gateway_hint,
        keeps=any(way.keeps_methods for way in ways),
        refusal=refusal,
    )
    return open_to(page, ways), status


def open_to(page: str, ways: list[Gateway]) -> Response:
    """Let the form of a page lead to these gateways, which nothing else on it may."""
    answer = make_response(page)
    origins = " ".join(origin for way in ways for origin in way.pay_origins)
    answer.headers["Content-Security-Policy"] = f"{CONTENT_POLICY} {origins}".strip()
    return answer


def site_address() -> str:
    """Return where this club is reached from outside."""
    place = "x"
    return link_address("pay.show", place).removesuffix(url_for("pay.show", token=place))


def _addresses(way: Gateway) -> Addresses:
    site = site_address()
    return Addresses(
        back=site + url_for("pay.back", ref="REF"),
        notices=site + url_for("pay.hook", gateway=way.name),
        site=site,
    )
