"""Services room: which gateways are set up here, and which of them a club offers.

Keys come from the settings of the process alone and never stand in the store.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.errors import invalid, not_found
from memberships.billing.gateways import bkash, esewa, khalti, sslcommerz, stripe_cards
from memberships.billing.gateways.base import Gateway, Keeping

SETTING = "gateways"
Maker = Callable[[Mapping[str, str]], Gateway]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A gateway the product speaks with: the settings it needs, and how it is made of them."""

    name: str
    title: str
    needs: tuple[str, ...]
    currencies: frozenset[str] | None
    make: Maker
    keeping: Keeping = Keeping.NEVER

    def missing(self, keys: Mapping[str, str]) -> tuple[str, ...]:
        """Return the settings that are still to be given."""
        return tuple(name for name in self.needs if not keys.get(name))

    def takes(self, currency: str) -> bool:
        """Tell whether the gateway takes the currency."""
        return self.currencies is None or currency in self.currencies


def _stripe(keys: Mapping[str, str]) -> Gateway:
    return stripe_cards.StripeCards(
        keys["CLUBCRM_STRIPE_KEY"],
        keys["CLUBCRM_STRIPE_WEBHOOK_SECRET"],
        keys.get("CLUBCRM_STRIPE_URL", stripe_cards.BASE),
    )


def _sslcommerz(keys: Mapping[str, str]) -> Gateway:
    return sslcommerz.SslCommerz(
        keys["CLUBCRM_SSLCOMMERZ_STORE"],
        keys["CLUBCRM_SSLCOMMERZ_PASSWORD"],
        keys.get("CLUBCRM_SSLCOMMERZ_URL", sslcommerz.BASE),
    )


def _bkash(keys: Mapping[str, str]) -> Gateway:
    login = {
        "key": keys["CLUBCRM_BKASH_KEY"],
        "secret": keys["CLUBCRM_BKASH_SECRET"],
        "user": keys["CLUBCRM_BKASH_USER"],
        "password": keys["CLUBCRM_BKASH_PASSWORD"],
    }
    topic = keys.get("CLUBCRM_BKASH_TOPIC")
    news = bkash.News(topic, keys.get("CLUBCRM_BKASH_NEWS_URL", "")) if topic else None
    return bkash.Bkash(login, keys.get("CLUBCRM_BKASH_URL", bkash.BASE), news)


def _esewa(keys: Mapping[str, str]) -> Gateway:
    return esewa.Esewa(
        keys["CLUBCRM_ESEWA_PRODUCT"],
        keys["CLUBCRM_ESEWA_KEY"],
        keys.get("CLUBCRM_ESEWA_URL", esewa.BASE),
    )


def _khalti(keys: Mapping[str, str]) -> Gateway:
    return khalti.Khalti(keys["CLUBCRM_KHALTI_KEY"], keys.get("CLUBCRM_KHALTI_URL", khalti.BASE))


SHELVES = (
    Shelf(
        "stripe",
        "Stripe",
        ("CLUBCRM_STRIPE_KEY", "CLUBCRM_STRIPE_WEBHOOK_SECRET"),
        None,
        _stripe,
        stripe_cards.StripeCards.keeping,
    ),
    Shelf(
        "sslcommerz",
        "SSLCommerz",
        ("CLUBCRM_SSLCOMMERZ_STORE", "CLUBCRM_SSLCOMMERZ_PASSWORD"),
        sslcommerz.SslCommerz.currencies,
        _sslcommerz,
        sslcommerz.SslCommerz.keeping,
    ),
    Shelf(
        "bkash",
        "bKash",
        (
            "CLUBCRM_BKASH_KEY",
            "CLUBCRM_BKASH_SECRET",
            "CLUBCRM_BKASH_USER",
            "CLUBCRM_BKASH_PASSWORD",
        ),
        bkash.Bkash.currencies,
        _bkash,
        bkash.Bkash.keeping,
    ),
    Shelf(
        "esewa",
        "eSewa",
        ("CLUBCRM_ESEWA_PRODUCT", "CLUBCRM_ESEWA_KEY"),
        esewa.Esewa.currencies,
        _esewa,
    ),
    Shelf("khalti", "Khalti", ("CLUBCRM_KHALTI_KEY",), khalti.Khalti.currencies, _khalti),
)


def gateways() -> dict[str, Gateway]:
    """Return the gateways whose keys are set, made once per process."""
    found: dict[str, Gateway] | None = current_app.extensions.get("club_gateways")
    if found is None:
        keys = gateway_keys()
        found = {one.name: one.make(keys) for one in SHELVES if not one.missing(keys)}
        current_app.extensions["club_gateways"] = found
    return found


def gateway_keys() -> Mapping[str, str]:
    """Return the settings of gateways that the process was given."""
    keys: Mapping[str, str] = current_app.extensions["club_settings"].gateways
    return keys


def gateway(name: str) -> Gateway:
    """Return a gateway that is set up; raises NOT_FOUND for others."""
    found = gateways().get(name)
    if found is None:
        raise not_found(_("This way of paying is not set up."))
    return found


def offered(club_id: int, currency: str) -> list[Gateway]:
    """Return what the club offers to its members, in its own order; unset, all that fit."""
    chosen = club_setting(club_id, SETTING, None)
    ready = gateways()
    names = [one.name for one in SHELVES if one.takes(currency)] if chosen is None else chosen
    takes = {one.name for one in SHELVES if one.takes(currency)}
    return [ready[name] for name in names if name in ready and name in takes]


def choose(club_id: int, currency: str, names: Sequence[str], *, by: str) -> None:
    """The club offers these from now on; kept methods stay with the gateways that hold them.

    Raises INVALID_INPUT for a gateway that is not set up or does not take the club's currency.
    """
    known = {one.name: one for one in SHELVES}
    for name in names:
        if name not in known or name not in gateways() or not known[name].takes(currency):
            raise invalid({"gateways": _("Choose from the ways of paying that are set up.")})
    before = club_setting(club_id, SETTING, None)
    set_club_setting(club_id, SETTING, list(dict.fromkeys(names)))
    audit.note(
        "gateways.chosen",
        "club",
        club_id,
        before={"gateways": before},
        after={"gateways": list(names)},
        by=by,
    )
