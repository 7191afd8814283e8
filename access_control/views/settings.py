"""The page on which a club says how strict its gate is."""

from collections.abc import Mapping

from babel.numbers import get_currency_precision
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access_control.permissions import EDIT_GATE
from access_control.queries.open_visits import policy_of
from access_control.rules.codes import REFUSALS, WARNINGS, Code, Passback, Severity
from access_control.rules.policy import LIMITS, GatePolicy
from access_control.services.policy import save_policy
from access_control.views.wording import CODE_NAMES
from clubcrm.core.errors import invalid
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from memberships.billing.rules import parse_amount

gate_settings = Blueprint("gate_settings", __name__)
AMOUNTS = ("debt_limit", "debt_note")


@gate_settings.get("/settings/gate")
@require(EDIT_GATE)
def gate() -> ResponseReturnValue:
    policy = policy_of(current_club().id)
    return render_template(
        "access_control/settings.html",
        policy=policy,
        refusals=_rows(REFUSALS, policy),
        warnings=_rows(WARNINGS, policy),
        severities=[
            (Severity.ALLOW.value, _("Say nothing")),
            (Severity.WARN.value, _("Let in with a note")),
            (Severity.DENY.value, _("Refuse")),
        ],
        passbacks=[
            (Passback.OFF.value, _("Not at all")),
            (Passback.TIMED.value, _("For a time after each entry")),
            (Passback.IN_OUT.value, _("Until the way out is scanned")),
        ],
        limits=LIMITS,
        amounts={
            name: _shown(getattr(policy, f"{name}_minor"), current_club().currency)
            for name in AMOUNTS
        },
        club=current_club(),
    )


@gate_settings.post("/settings/gate")
@require(EDIT_GATE)
def gate_save() -> ResponseReturnValue:
    """The club's gate follows the new settings from the next scan on."""
    club = current_club()
    save_policy(club.id, _typed(request.form, club.currency), by=current_actor().ref)
    flash(_("Saved. The gate follows it from the next scan on."), "success")
    return redirect(url_for("gate_settings.gate"), 303)


def _rows(codes: tuple[Code, ...], policy: GatePolicy) -> list[tuple[str, str, str]]:
    return [(code.value, str(CODE_NAMES[code]), policy.severity(code).value) for code in codes]


def _shown(minor: int, currency: str) -> str:
    digits = get_currency_precision(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


def _typed(typed: Mapping[str, str], currency: str) -> GatePolicy:
    faults: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for name in AMOUNTS:
        try:
            amount = parse_amount(
                ascii_digits(typed.get(name, "")), get_currency_precision(currency)
            )
            least, most = LIMITS[f"{name}_minor"]
            numbers[f"{name}_minor"] = max(least, min(most, amount))
        except ValueError:
            text = _("Expected an amount in %(currency)s, such as 1500.", currency=currency)
            faults[name] = text
    for name, (least, most) in LIMITS.items():
        if name.endswith("_minor"):
            continue
        text = ascii_digits(typed.get(name, "").strip())
        if not text.isascii() or not text.isdigit() or not least <= int(text[:15]) <= most:
            faults[name] = _("A whole number from %(least)s to %(most)s.", least=least, most=most)
        else:
            numbers[name] = int(text)
    severities: dict[Code, Severity] = {}
    for code in (*REFUSALS, *WARNINGS):
        try:
            severities[code] = Severity(typed.get(code.value, ""))
        except ValueError:
            faults[code.value] = _("Choose what this reason does.")
    try:
        passback = Passback(typed.get("passback", ""))
    except ValueError:
        faults["passback"] = _("Choose how cards are kept from being handed back.")
    if faults:
        raise invalid(faults)
    return GatePolicy(severities=severities, passback=passback, **numbers)
