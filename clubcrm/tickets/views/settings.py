"""Views room: how soon a club answers, ready answers, and how well it kept its word."""

from dataclasses import fields
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.forms import languages
from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.tickets import article_queries, articles, queries, steering, words
from clubcrm.tickets.keeping import Span, keeping
from clubcrm.tickets.models import CannedAnswer
from clubcrm.tickets.permissions import EDIT_ARTICLES, LEAD_TICKETS
from clubcrm.tickets.rules.cases import DAYS_WITHIN, HOURS_WITHIN, TicketRules
from clubcrm.tickets.rules.measures import GROUPS
from clubcrm.tickets.views.pages import current_club_locale, viewer_now

ticket_settings = Blueprint("ticket_settings", __name__)
SPANS = (7, 28, 91, 364)


@ticket_settings.get("/settings/tickets")
@require(LEAD_TICKETS)
def show() -> ResponseReturnValue:
    """Within how many opening hours each priority is answered."""
    return _settings(queries.rules_of(current_club().id))


@ticket_settings.post("/settings/tickets")
@require(LEAD_TICKETS)
def save() -> ResponseReturnValue:
    """New tickets are due by these hours."""
    rules = _typed()
    try:
        steering.save_rules(current_club().id, rules, by=current_actor().ref)
    except DomainError as error:
        faults = {one.field: str(one.message) for one in error.fields}
        return _settings(rules, faults), error.status
    flash(_("Saved. It counts for what is written from now on."), "success")
    return redirect(url_for("ticket_settings.show"), 303)


@ticket_settings.get("/settings/ready-answers")
@require(EDIT_ARTICLES)
def canned() -> ResponseReturnValue:
    """Words that are ready to be sent."""
    known = _canned(request.args.get("edit", ""))
    return _canned_page(known, known)


@ticket_settings.post("/settings/ready-answers")
@require(EDIT_ARTICLES)
def save_canned() -> ResponseReturnValue:
    """A ready answer is new, changed, or offered no more."""
    form, by = request.form, current_actor().ref
    known = _canned(form.get("id", ""))
    if form.get("do") == "drop" and known is not None:
        articles.drop_canned(known, by=by)
        flash(_("It is offered no more."))
        return redirect(url_for("ticket_settings.canned"), 303)
    typed = {name: form.get(name, "") for name in ("title", "language", "words")}
    try:
        articles.save_canned(known, typed["title"], typed["language"], typed["words"], by=by)
    except DomainError as error:
        faults = {one.field: str(one.message) for one in error.fields}
        return _canned_page(known, typed, faults), error.status
    flash(_("Saved."), "success")
    return redirect(url_for("ticket_settings.canned"), 303)


@ticket_settings.get("/reports/tickets")
@require(LEAD_TICKETS)
def report() -> ResponseReturnValue:
    """How soon the club answered, and who still waits; each number opens its tickets."""
    club, asked = current_club(), request.args
    days = next((one for one in SPANS if str(one) == asked.get("days")), 28)
    by = asked.get("by", "")
    last = clock.today(club.zone)
    span = Span(last - timedelta(days=days - 1), last, club.zone)
    return render_template(
        "clubcrm/tickets/report.html",
        found=keeping(viewer_now(), span, by if by in GROUPS else "priority", clock.now()),
        spans=[
            (
                _("%(days)s days", days=one),
                url_for("ticket_settings.report", days=one, by=by or None),
                one == days,
                None,
            )
            for one in SPANS
        ],
        groups=[
            (name, url_for("ticket_settings.report", days=days, by=key), key == (by or "priority"))
            for key, name in (
                ("priority", _("By priority")),
                ("origin", _("By where it was said")),
                ("assignee", _("By person")),
            )
        ],
        words=words,
    )


def _settings(rules: TicketRules, faults: dict[str, str] | None = None) -> str:
    return render_template(
        "clubcrm/tickets/settings.html",
        rules=rules,
        faults=faults or {},
        club=current_club(),
        most_hours=HOURS_WITHIN[-1],
        most_days=DAYS_WITHIN[-1],
    )


def _typed() -> TicketRules:
    form = request.form
    found: dict[str, object] = {}
    for one in fields(TicketRules):
        if isinstance(one.default, bool):
            found[one.name] = form.get(one.name) == "1"
        else:
            typed = ascii_digits(form.get(one.name, "")).strip()
            found[one.name] = int(typed) if typed.isdigit() and len(typed) < 6 else 0
    return TicketRules(**found)  # type: ignore[arg-type] # each value has its field's own type


def _canned(public_id: str) -> CannedAnswer | None:
    if not public_id:
        return None
    found = article_queries.canned_with(public_id)
    if found is None:
        raise not_found(_("There is no such ready answer."))
    return found


def _canned_page(
    known: CannedAnswer | None, typed: object, faults: dict[str, str] | None = None
) -> str:
    locale = current_club_locale()
    return render_template(
        "clubcrm/tickets/canned.html",
        known=known,
        typed=typed or {"title": "", "language": locale, "words": ""},
        rows=article_queries.canned((locale,)),
        languages=languages(),
        faults=faults or {},
    )
