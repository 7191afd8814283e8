"""Views room: what each seller is to bring in a month, typed in one table."""

from contextlib import suppress
from datetime import date

from babel.numbers import get_currency_precision
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError
from clubcrm.core.export import amount
from clubcrm.core.months import month_after, month_of
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.text import ascii_digits
from clubcrm.leads.permissions import RUN_LEADS
from clubcrm.leads.sellers import sellers_of
from clubcrm.leads.targets import set_target, targets_of
from memberships.billing.rules import parse_amount

targets = Blueprint("lead_targets", __name__)


@targets.route("/leads/targets", methods=["GET", "POST"])
@require(RUN_LEADS)
def edit() -> ResponseReturnValue:
    """The targets of a month, one line for each seller."""
    club = current_club()
    month = _month(club)
    if request.method == "GET":
        return _page(club, month, {}, 200)
    wrong = _save(club, month)
    if wrong:
        return _page(club, month, wrong, 400)
    flash(_("The targets of the month are set."), "success")
    return redirect(url_for("lead_targets.edit", month=month.strftime("%Y-%m")), 303)


def _save(club: ClubChoice, month: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    typed: list[tuple[int, int, int]] = []
    for user, _row in sellers_of(club.id):
        contracts = _count(request.form.get(f"contracts_{user.public_id}", ""))
        money = _money(request.form.get(f"amount_{user.public_id}", ""), club.currency)
        if contracts is None:
            wrong[f"contracts_{user.public_id}"] = _("Expected a whole number.")
        if money is None:
            wrong[f"amount_{user.public_id}"] = _("Expected an amount.")
        typed.append((user.id, contracts or 0, money or 0))
    if wrong:
        return wrong
    try:
        for user_id, contracts, money in typed:
            set_target(club.id, user_id, month, contracts, money, by=current_actor().ref)
    except DomainError as error:
        return {one.field: one.message for one in error.fields}
    return {}


def _page(club: ClubChoice, month: date, wrong: dict[str, str], status: int) -> ResponseReturnValue:
    known, before = targets_of(club.id, month), targets_of(club.id, month_after(month, -1))
    rows = [(user, known.get(user.id), before.get(user.id)) for user, _row in sellers_of(club.id)]
    page = render_template(
        "clubcrm/leads/targets.html",
        club=club,
        month=month,
        before=month_after(month, -1),
        after=month_after(month),
        rows=rows,
        plain=lambda minor: amount(minor, club.currency),
        typed=request.form,
        wrong=wrong,
        errors={name: [words] for name, words in wrong.items()},
    )
    return page, status


def _month(club: ClubChoice) -> date:
    with suppress(ValueError):
        return date.fromisoformat(f"{request.args.get('month', '')[:7]}-01")
    return month_of(clock.today(club.zone))


def _count(typed: str) -> int | None:
    text = ascii_digits(typed).strip()
    if not text:
        return 0
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _money(typed: str, currency: str) -> int | None:
    if not typed.strip():
        return 0
    with suppress(ValueError):
        return parse_amount(ascii_digits(typed), get_currency_precision(currency))
    return None
