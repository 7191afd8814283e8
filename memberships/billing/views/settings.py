"""Views room: the club's taxes, the smallest coin, and how far each role may go alone."""

from collections.abc import Mapping

from babel.numbers import get_currency_precision
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.api import Role
from clubcrm.accounts.forms import role_words
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from memberships.approvals.queries import limits_of_roles
from memberships.approvals.rules import LIMITED_ROLES, LimitKind
from memberships.approvals.services import set_limits
from memberships.billing.fields import typed_amount
from memberships.billing.orders import UNTAXED, LineKind
from memberships.billing.rules import parse_amount
from memberships.billing.settings import MoneySettings, money_settings, save_money_settings
from memberships.billing.totals import TaxTable
from memberships.billing.words import kind_words
from memberships.permissions import EDIT_MONEY

money_settings_pages = Blueprint("money_settings", __name__)
PERCENT_DIGITS = 2


@money_settings_pages.get("/settings/money")
@require(EDIT_MONEY)
def show() -> ResponseReturnValue:
    club = current_club()
    settings = money_settings(club.id)
    limits = limits_of_roles(club.id)
    typed = {
        "include": "1" if settings.taxes.prices_include_tax else "",
        "standard": typed_percent(settings.taxes.standard_bp),
        "step": typed_amount(settings.cash_step_minor, club.currency),
    }
    typed |= {f"tax-{kind.value}": typed_percent(bp) for kind, bp in settings.taxes.by_kind.items()}
    for role, kinds in limits.items():
        for kind, value in kinds.items():
            typed[f"{role}-{kind.value}"] = _limit_shown(kind, value, club.currency)
    return _page(typed, {})


@money_settings_pages.post("/settings/money")
@require(EDIT_MONEY)
def save() -> ResponseReturnValue:
    """The next sale follows the settings; what was sold stays as it was."""
    club, by = current_club(), current_actor().ref
    try:
        settings = _settings(request.form, club.currency)
        limits = _limits(request.form, club.currency)
        save_money_settings(club.id, settings, by=by)
        set_limits(club.id, limits, by=by)
    except DomainError as error:
        wrong = {one.field: one.message for one in error.fields}
        return _page(dict(request.form.items()), wrong, status=error.status)
    flash(_("Saved. The next sale follows it; what was sold stays as it was."), "success")
    return redirect(url_for("money_settings.show"), 303)


def typed_percent(basis_points: int) -> str:
    """Return a rate as somebody would type it."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def _page(
    typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "memberships/billing/settings.html",
        club=current_club(),
        typed=typed,
        wrong=wrong,
        kinds=[(kind.value, kind_words(kind)) for kind in LineKind if kind not in UNTAXED],
        roles=[(role, role_words(Role(role))) for role in LIMITED_ROLES],
        limit_kinds=[
            (LimitKind.REFUND.value, _("Give back up to")),
            (LimitKind.DISCOUNT.value, _("Discount up to %")),
            (LimitKind.WRITE_OFF.value, _("Give up demands up to")),
        ],
    )
    return page, status


def _settings(typed: Mapping[str, str], currency: str) -> MoneySettings:
    wrong: dict[str, str] = {}
    standard = _percent(typed, "standard", wrong)
    by_kind = {}
    for kind in LineKind:
        name = f"tax-{kind.value}"
        if kind not in UNTAXED and typed.get(name, "").strip():
            by_kind[kind] = _percent(typed, name, wrong) or 0
    step = _amount(typed, "step", currency, wrong) or 0
    if wrong:
        raise invalid(wrong)
    taxes = TaxTable(bool(typed.get("include")), standard or 0, by_kind)
    return MoneySettings(taxes, step)


def _limits(typed: Mapping[str, str], currency: str) -> dict[str, dict[LimitKind, int | None]]:
    wrong: dict[str, str] = {}
    limits: dict[str, dict[LimitKind, int | None]] = {}
    for role in LIMITED_ROLES:
        kinds: dict[LimitKind, int | None] = {}
        for kind in LimitKind:
            name = f"{role}-{kind.value}"
            if kind is LimitKind.DISCOUNT:
                kinds[kind] = _percent(typed, name, wrong)
            else:
                kinds[kind] = _amount(typed, name, currency, wrong)
        limits[role] = kinds
    if wrong:
        raise invalid(wrong)
    return limits


def _percent(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> int | None:
    text = ascii_digits(typed.get(name, "").strip())
    if not text:
        return None
    try:
        found = parse_amount(text, PERCENT_DIGITS)
    except ValueError:
        found = -1
    if not 0 <= found <= 10_000:
        wrong[name] = _("Expected a percentage from 0 to 100.")
        return None
    return found


def _amount(
    typed: Mapping[str, str], name: str, currency: str, wrong: dict[str, str]
) -> int | None:
    text = ascii_digits(typed.get(name, "").strip())
    if not text:
        return None
    try:
        return parse_amount(text, get_currency_precision(currency))
    except ValueError:
        wrong[name] = _("Expected an amount in %(currency)s, such as 1500.", currency=currency)
        return None


def _limit_shown(kind: LimitKind, value: int | None, currency: str) -> str:
    if value is None:
        return ""
    return typed_percent(value) if kind is LimitKind.DISCOUNT else typed_amount(value, currency)
