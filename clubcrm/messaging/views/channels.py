"""Views room: how the channels fare, what a part of a message costs, and what members answered."""

from babel.numbers import get_currency_precision
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.messaging import health, inbox_queries, prices, services
from clubcrm.messaging.permissions import RUN_OUTBOX, SEE_OUTBOX
from clubcrm.messaging.rules.prices import parse_price, price_text
from clubcrm.messaging.words import channel_words
from clubcrm.people.models import Channel

channels = Blueprint("channels", __name__)
PRICED = (Channel.EMAIL, Channel.SMS, Channel.TELEGRAM, Channel.WHATSAPP)


@channels.get("/settings/channels")
@require(RUN_OUTBOX)
def show() -> ResponseReturnValue:
    """Which ways to members are open, and how they fare."""
    digits = get_currency_precision(current_club().currency)
    known = prices.prices_of(current_club().id)
    return _page({one.value: price_text(known.get(one.value, 0), digits) for one in PRICED}, {})


@channels.post("/settings/channels")
@require(RUN_OUTBOX)
def save() -> ResponseReturnValue:
    """Messages that leave from now on are counted at these prices."""
    digits = get_currency_precision(current_club().currency)
    typed = {one.value: request.form.get(one.value, "")[:20] for one in PRICED}
    found: dict[Channel, int] = {}
    errors: dict[str, str] = {}
    for one in PRICED:
        try:
            found[one] = parse_price(typed[one.value], digits)
        except ValueError:
            errors[one.value] = _("A price such as 0.355, with at most three digits below a coin.")
    if errors:
        return _page(typed, errors), 400
    prices.set_prices(current_club().id, found, by=current_actor().ref)
    flash(_("Saved."))
    return redirect(url_for("channels.show"), 303)


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    moment, club = clock.now(), current_club()
    digits = get_currency_precision(club.currency)
    return render_template(
        "clubcrm/messaging/channels.html",
        rows=health.health_of(current_actor().scope, moment),
        channel_words=channel_words(),
        typed=typed,
        errors=errors,
        priced=PRICED,
        currency=club.currency,
        cost=lambda milli: price_text(milli, digits) or "0",
        zone=club.zone,
    )


@channels.post("/messages/hold")
@require(RUN_OUTBOX)
def hold() -> ResponseReturnValue:
    """News stop within seconds, also those of a round that is under way."""
    services.hold_outbox(_("stopped by hand"))
    flash(_("Stopped. What has left is listed as sent; service messages still leave."))
    return redirect(url_for("messages.outbox"), 303)


@channels.get("/messages/answers")
@require(SEE_OUTBOX)
def answers() -> ResponseReturnValue:
    """What members have written to the club, newest first."""
    before = request.args.get("before", "")
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    rows, more = inbox_queries.replies(current_actor().scope, key)
    return render_template(
        "clubcrm/messaging/answers.html",
        rows=rows,
        more=more,
        channel_words=channel_words(),
        zone=current_club().zone,
    )
