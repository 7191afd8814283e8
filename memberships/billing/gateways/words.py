"""Queries room: in plain words, why money waits for a person, and how one pays."""

from flask_babel import gettext as _

from memberships.billing.gateways.base import Keeping
from memberships.billing.gateways.rules import IntentState


def review_words(why: str) -> str:
    """Return the sentence that says why money did not become a payment by itself."""
    known = {
        "amount": _("The amount or the currency is not what was asked for."),
        "late": _("It came after the time for paying was over."),
        "risk": _("The gateway holds it back until somebody has looked at the risk."),
        "twice": _("The same payment was made a second time."),
        "taken": _("The gateway names money that already counts for another payment."),
        "nameless": _("The gateway gives this money no name by which it could be found again."),
    }
    return known.get(why, _("The gateway says: %(why)s", why=why))


def gateway_hint(name: str) -> str:
    """Return what a payer meets when he chooses a way of paying."""
    known = {
        "stripe": _("Bank card, Apple Pay or Google Pay"),
        "sslcommerz": _("Card, mobile banking or bank account"),
        "bkash": _("bKash wallet"),
        "esewa": _("eSewa wallet"),
        "khalti": _("Khalti wallet, mobile banking or card"),
    }
    return known.get(name, "")


def keeping_words(name: str, keeping: Keeping) -> str:
    """Return what becomes of monthly fees with this way of paying."""
    if keeping is Keeping.ALONE:
        return _("Keeps cards: monthly fees are charged without the member.")
    with_payer = {
        "bkash": _(
            "bKash asks for the PIN at every payment, also under an agreement: "
            "members get a link for each monthly fee."
        ),
        "sslcommerz": _(
            "A stored card is charged only while its holder confirms it: "
            "members get a link for each monthly fee."
        ),
    }
    return with_payer.get(name, _("Keeps no wallet: members get a link for each monthly fee."))


def outcome_words(state: IntentState) -> tuple[str, str, str]:
    """Return tone, title and sentence of a payment as its payer reads it."""
    if state is IntentState.PAID:
        return "go", _("Paid. Thank you!"), _("Your account is settled, and the receipt is kept.")
    if state is IntentState.OPEN:
        return (
            "know",
            _("Not confirmed yet"),
            _("We are waiting for word of your payment. Look at this page again in a while."),
        )
    if state is IntentState.REVIEW:
        return (
            "note",
            _("Your money has arrived"),
            _("Somebody of the club has to look at it once. You need not pay again."),
        )
    if state is IntentState.RETURNED:
        return "know", _("Sent back"), _("Your money is on its way back to you.")
    return (
        "stop",
        _("Nothing was paid"),
        _("The payment was not made. You can simply try again from the link you had."),
    )
