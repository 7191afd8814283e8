"""Services room: goals of a club, each with a figure, a target, a day and somebody who owns it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.months import month_after, month_end, month_of
from clubcrm.core.text import clean
from clubcrm.reports.built_models import Goal
from clubcrm.reports.comers import active_use
from clubcrm.reports.goal_queries import goals_with_owners
from clubcrm.reports.kpis import MonthKpis, kpis_of
from clubcrm.reports.rules.dues import is_final
from clubcrm.reports.rules.goals import Aim, GoalState, is_there, progress, state_of

SHOWN_MONTHS = 13


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the club month by month; `unit` says how it is shown."""

    code: str
    unit: str  # share, number, money or minutes
    of_month: Callable[[MonthKpis], float | None]
    needs_final: bool = False


def _renewal(one: MonthKpis) -> float | None:
    return one.renewals.share


FIGURES: Mapping[str, Figure] = {
    one.code: one
    for one in (
        Figure("renewal_rate", "share", _renewal, needs_final=True),
        Figure("members", "number", lambda one: float(one.base.at_end)),
        Figure("came", "number", lambda one: float(one.base.came)),
        Figure("went", "number", lambda one: float(one.base.went)),
        Figure(
            "average_check",
            "money",
            lambda one: None if one.average_minor is None else float(one.average_minor),
        ),
        Figure("taken", "money", lambda one: float(one.paid_minor)),
        Figure("per_100_leads", "number", lambda one: one.per_hundred),
        Figure(
            "first_contact",
            "minutes",
            lambda one: None if one.minutes is None else float(one.minutes),
        ),
        Figure("active_use", "share", lambda _one: None),
    )
}


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """What somebody wants to reach."""

    figure: str
    target: float
    due_on: date
    owner_id: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal as it stands today, with the months of its figure."""

    goal: Goal
    figure: Figure
    owner: str
    now: float | None
    gone: float | None
    state: GoalState
    months: tuple[tuple[date, float], ...]


def figures_now(club_id: int, today: date) -> dict[str, list[tuple[date, float]]]:
    """Return the known months of every figure, the oldest first."""
    last = month_of(today)
    months = kpis_of(club_id, month_after(last, 1 - SHOWN_MONTHS), last, today)
    found: dict[str, list[tuple[date, float]]] = {}
    for code, figure in FIGURES.items():
        values = [
            (one.month, figure.of_month(one))
            for one in months
            if not figure.needs_final or is_final(month_end(one.month), today)
        ]
        found[code] = [(month, value) for month, value in values if value is not None]
    share = active_use((club_id,)).share
    found["active_use"] = [] if share is None else [(last, share)]
    return found


def set_goal(club_id: int, draft: GoalDraft, today: date, *, by: str) -> Goal:
    """The club wants to reach this; where it begins is the figure of today."""
    figure = FIGURES.get(draft.figure)
    if figure is None:
        raise invalid({"figure": _("Choose a figure.")})
    if draft.due_on <= today:
        raise invalid({"due_on": _("Choose a day to come.")})
    known = figures_now(club_id, today)[draft.figure]
    if not known:
        raise invalid({"figure": _("This figure is not known yet, so nothing can be measured.")})
    start = known[-1][1]
    if start == draft.target:
        raise invalid({"target": _("This is where you are already.")})
    goal = Goal(
        club_id=club_id,
        figure=draft.figure,
        start=start,
        target=draft.target,
        begun_on=today,
        due_on=draft.due_on,
        owner_id=draft.owner_id,
        why=clean(draft.why, "why", longest=300),
        created_by=by,
    )
    db.session.add(goal)
    db.session.flush()
    after = {"figure": goal.figure, "target": goal.target, "due_on": goal.due_on.isoformat()}
    audit.note("goal.set", "kpi_goal", goal.id, after=after, by=by)
    return goal


def close_goal(goal: Goal, today: date, *, by: str) -> None:
    """The goal is over, with what became of it; what was said stays."""
    if not goal.is_open:
        raise DomainError("STATE", _("This goal is closed already."))
    known = figures_now(goal.club_id, today)[goal.figure]
    goal.is_open, goal.closed_on = False, today
    goal.reached = bool(known) and is_there(aim_of(goal), known[-1][1])
    db.session.flush()
    after = {"reached": goal.reached}
    audit.note("goal.closed", "kpi_goal", goal.id, after=after, by=by)


def goals_of(club_id: int, today: date) -> list[Standing]:
    """Return every goal of the club as it stands today: open ones by their day, then closed."""
    rows = goals_with_owners(club_id)
    known = figures_now(club_id, today) if rows else {}
    return [_standing(goal, name, known.get(goal.figure, []), today) for goal, name in rows]


def goal_for(club_id: int, public_id: str) -> Goal | None:
    """Return a goal of the club, None when there is none."""
    return db.session.scalars(
        select(Goal).where(Goal.public_id == public_id, Goal.club_id == club_id)
    ).first()


def aim_of(goal: Goal) -> Aim:
    """Return a goal as the rules want it."""
    return Aim(goal.start, goal.target, goal.begun_on, goal.due_on)


def _standing(goal: Goal, owner: str, months: list[tuple[date, float]], today: date) -> Standing:
    aim, now = aim_of(goal), months[-1][1] if months else None
    state = state_of(aim, now, today)
    if not goal.is_open:
        state = GoalState.REACHED if goal.reached else GoalState.MISSED
    return Standing(
        goal, FIGURES[goal.figure], owner, now, progress(aim, now), state, tuple(months)
    )
