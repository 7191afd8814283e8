"""Views room: what a contact costs, as the owner notes it: wage, kept part of a price, messages."""

from contextlib import suppress

from babel.numbers import get_currency_precision
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.reports.costs import NotedCost, costs_of, note_cost, noted_cost
from clubcrm.reports.evidence import Seen
from clubcrm.reports.permissions import EDIT_BASELINE
from clubcrm.reports.touch_page import name_of
from clubcrm.reports.views.touchpoints import pages
from memberships.billing.rules import parse_amount


@pages.get("/reports/touchpoints/costs")
@require(EDIT_BASELINE)
def costs() -> ResponseReturnValue:
    """The figures by which contacts are valued, and what they make of each touchpoint."""
    return _page({}, 200)


@pages.post("/reports/touchpoints/costs")
@require(EDIT_BASELINE)
def note_costs() -> ResponseReturnValue:
    """Contacts are valued by these figures from the next night on."""
    club, wrong = current_club(), dict[str, str]()
    wage, margin = _wage(club.currency), _margin()
    if wage is None:
        wrong["wage"] = _("Expected an amount.")
    if margin is None:
        wrong["margin"] = _("Enter a part between 0 and 100 per cent.")
    if wage is None or margin is None:
        return _page(wrong, 400)
    try:
        note_cost(club.id, NotedCost(wage, margin), by=current_actor().ref)
    except DomainError as error:
        return _page({one.field: one.message for one in error.fields}, error.status)
    flash(_("Noted. The findings of tonight are valued by these figures."), "success")
    return redirect(url_for("touch_reports.costs"), 303)


def _wage(currency: str) -> int | None:
    with suppress(ValueError):
        return parse_amount(
            ascii_digits(request.form.get("wage", "")), get_currency_precision(currency)
        )
    return None


def _margin() -> int | None:
    """Return the typed per cent in hundredths of one."""
    with suppress(ValueError):
        return parse_amount(ascii_digits(request.form.get("margin", "")).rstrip(" %"), 2)
    return None


def _page(wrong: dict[str, str], status: int) -> ResponseReturnValue:
    club = current_club()
    known = costs_of(db.session(), Seen((club.id,)))
    rows = [
        (
            code,
            name_of(code),
            known.minutes(code),
            round(known.minutes(code) * known.wage_minor / 60 + known.messages.get(code, 0.0)),
            round(known.discount(code)),
            round(known.renewal(code)),
        )
        for code in sorted(set(known.rules) | set(known.worths))
    ]
    noted, digits = noted_cost(db.session(), club.id), get_currency_precision(club.currency)
    page = render_template(
        "clubcrm/reports/costs.html",
        club=club,
        wage=f"{noted.wage_minor / 10**digits:.{digits}f}",
        margin=f"{noted.margin_bp / 100:g}",
        rows=rows,
        wrong=wrong,
        errors={name: [sentence] for name, sentence in wrong.items()},
        typed=request.form,
    )
    return page, status
