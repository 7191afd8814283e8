"""Views room: goals of the club: what shall be reached by when, by whom, and how far it is."""

from datetime import date

from babel.numbers import get_currency_precision
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from clubcrm.reports.goals import (
    FIGURES,
    GoalDraft,
    aim_of,
    close_goal,
    figures_now,
    goal_for,
    goals_of,
    set_goal,
)
from clubcrm.reports.permissions import EDIT_GOALS, SEE_REPORTS
from clubcrm.reports.rules.built import number_of
from clubcrm.reports.rules.goals import GoalState, expected, trend
from clubcrm.reports.views.blueprint import reports
from clubcrm.reports.words import percent
from memberships.schedule.rota import staff_of

HUNDRED = 100


@reports.get("/goals")
@require(SEE_REPORTS)
def goals() -> ResponseReturnValue:
    """Every goal with its figure of today, the open ones first."""
    return _page({}, 200)


@reports.post("/goals")
@require(EDIT_GOALS)
def add_goal() -> ResponseReturnValue:
    """The club wants to reach this."""
    club = current_club()
    wrong: dict[str, str] = {}
    target = _target(club)
    if target is None:
        wrong["target"] = _("Type a number.")
    due_on = _day(request.form.get("due_on", ""))
    if due_on is None:
        wrong["due_on"] = _("Choose a day.")
    owners = {public: number for number, public, _name in staff_of(club.id)}
    owner_id = owners.get(request.form.get("owner", ""))
    if owner_id is None:
        wrong["owner"] = _("Choose who answers for it.")
    if target is None or due_on is None or owner_id is None:
        return _page(wrong, 400)
    draft = GoalDraft(
        request.form.get("figure", ""), target, due_on, owner_id, request.form.get("why", "")
    )
    try:
        set_goal(club.id, draft, clock.today(club.zone), by=current_actor().ref)
    except DomainError as error:
        return _page({one.field: one.message for one in error.fields}, error.status)
    flash(_("The goal is set. It begins at the figure of today."), "success")
    return redirect(url_for("reports.goals"), 303)


@reports.post("/goals/<public_id>/close")
@require(EDIT_GOALS)
def end_goal(public_id: str) -> ResponseReturnValue:
    """The goal is over, with what became of it."""
    club = current_club()
    goal = goal_for(club.id, public_id)
    if goal is None:
        raise not_found(_("There is no such goal."))
    close_goal(goal, clock.today(club.zone), by=current_actor().ref)
    flash(_("The goal is closed."), "success")
    return redirect(url_for("reports.goals"), 303)


def figure_words(code: str) -> str:
    """Return what a figure is called."""
    return {
        "renewal_rate": _("Renewal rate of the last final month"),
        "members": _("Members at the end of the month"),
        "came": _("Members who came in the month"),
        "went": _("Members who left in the month"),
        "average_check": _("Average check"),
        "taken": _("Paid in the month"),
        "per_100_leads": _("Contracts per 100 leads"),
        "first_contact": _("Minutes to first contact"),
        "active_use": _("Members who come four times in 28 days"),
    }[code]


def state_words(state: GoalState) -> str:
    """Return how a goal stands."""
    return {
        GoalState.REACHED: _("reached"),
        GoalState.ON_WAY: _("on its way"),
        GoalState.BEHIND: _("behind"),
        GoalState.MISSED: _("missed"),
        GoalState.UNKNOWN: _("not known yet"),
    }[state]


def state_tone(state: GoalState) -> str:
    """Return the tone in which a state is shown."""
    return {
        GoalState.REACHED: "go",
        GoalState.ON_WAY: "know",
        GoalState.BEHIND: "note",
        GoalState.MISSED: "stop",
        GoalState.UNKNOWN: "",
    }[state]


def shown(value: float | None, unit: str, currency: str) -> str:
    """Return a figure as people read it."""
    if value is None:
        return "–"
    if unit == "share":
        return percent(value)
    if unit == "money":
        return formats.money(round(value), currency)
    if unit == "minutes":
        return _("%(count)s min", count=formats.number(round(value)))
    return formats.number(round(value, 1))


def _page(wrong: dict[str, str], status: int) -> ResponseReturnValue:
    club = current_club()
    today = clock.today(club.zone)
    standings = goals_of(club.id, today)
    known = figures_now(club.id, today)
    page = render_template(
        "clubcrm/reports/goals.html",
        standings=standings,
        pictures={
            one.goal.id: trend([value for _month, value in one.months], one.goal.target)
            for one in standings
        },
        time_gone={one.goal.id: expected(aim_of(one.goal), today) for one in standings},
        links={code: _link(code, known[code], today) for code in FIGURES},
        link_of=_link_of,
        choices=[
            (code, f"{figure_words(code)}: {_now(code, known, club.currency)}") for code in FIGURES
        ],
        staff=[(public, name) for _number, public, name in staff_of(club.id)],
        wrong=wrong,
        errors={name: [words] for name, words in wrong.items()},
        typed=request.form,
        figure_words=figure_words,
        state_words=state_words,
        state_tone=state_tone,
        shown=shown,
        club=club,
        today=today,
    )
    return page, status


def _now(code: str, known: dict[str, list[tuple[date, float]]], currency: str) -> str:
    value = known[code][-1][1] if known[code] else None
    return shown(value, FIGURES[code].unit, currency)


def _link(code: str, months: list[tuple[date, float]], today: date) -> str:
    """Where the people or receipts behind the figure of now are."""
    return _link_of(code, months[-1][0] if months else today)


def _link_of(code: str, day: date) -> str:
    """Where the people or receipts behind the figure of a month are."""
    month = f"{day:%Y-%m}"
    span = {"from": month, "to": month}
    if code == "renewal_rate":
        return url_for("reports.people", part="renewed", **span)  # type: ignore[arg-type] # a path
    if code in ("members", "came", "went"):
        part = {"members": "at_end"}.get(code, code)
        return url_for("reports.members", part=part, month=month)
    if code in ("average_check", "taken"):
        return url_for("reports.receipts", month=month)
    if code == "active_use":
        return url_for("reports.active")
    part = {"per_100_leads": "joined"}.get(code, "answered")
    return url_for("reports.leads_people", part=part, month=month)


def _target(club: ClubChoice) -> float | None:
    """The target in the unit of its figure: percent become a share, amounts minor units."""
    figure = FIGURES.get(request.form.get("figure", ""))
    number = number_of(ascii_digits(request.form.get("target", "").strip().rstrip("%").strip()))
    if number is None or number < 0 or figure is None:
        return None
    if figure.unit == "share":
        return number / HUNDRED if number <= HUNDRED else None
    if figure.unit == "money":
        return float(round(number * 10 ** get_currency_precision(club.currency)))
    return number


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
