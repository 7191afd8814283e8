"""Views room: reports that were kept and goals of the club, under /api/v1."""

from datetime import date
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import InputSchema, PageArgs
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.reports import built
from clubcrm.reports.built_fields import Asker
from clubcrm.reports.built_models import BuiltReport
from clubcrm.reports.built_sheets import heads_of, lines_of
from clubcrm.reports.built_traits import subject_of
from clubcrm.reports.goals import FIGURES, GoalDraft, Standing, close_goal, goal_for, goals_of
from clubcrm.reports.goals import set_goal as begin_goal
from clubcrm.reports.permissions import EDIT_GOALS, SEE_REPORTS
from clubcrm.reports.rules.built import definition_of
from clubcrm.reports.views.api import api
from memberships.schedule.rota import staff_of


class KeptReportShown(InputSchema):
    """A question somebody keeps under a name."""

    id = fields.String()
    name = fields.String()
    about = fields.String()
    shared = fields.Boolean()
    definition = fields.Dict()
    changed_at = fields.AwareDateTime()


class KeptReportList(InputSchema):
    """One's own reports and those that colleagues share."""

    items = fields.List(fields.Nested(KeptReportShown))


class KeptReportAnswer(InputSchema):
    """What a kept question finds now; a cell is a number, a text, a day, or nothing."""

    report = fields.Nested(KeptReportShown)
    heads = fields.List(fields.String())
    lines = fields.List(fields.List(fields.Raw(allow_none=True)))
    more = fields.Boolean()


class GoalBody(InputSchema):
    """What the club wants to reach: shares from 0 to 1, money in minor units."""

    figure = fields.String(required=True, validate=validate.OneOf(tuple(FIGURES)))
    target = fields.Float(required=True, validate=validate.Range(0, 10**12))
    due_on = fields.Date(required=True)
    owner = fields.String(required=True, validate=validate.Length(min=1, max=64))
    why = fields.String(load_default="", validate=validate.Length(max=300))


class GoalShown(InputSchema):
    """A goal and how it stands today."""

    id = fields.String()
    figure = fields.String()
    unit = fields.String()
    start = fields.Float()
    target = fields.Float()
    now = fields.Float(allow_none=True)
    way_gone = fields.Float(allow_none=True)
    state = fields.String()
    begun_on = fields.Date()
    due_on = fields.Date()
    owner = fields.String()
    why = fields.String()
    open = fields.Boolean()


class GoalList(InputSchema):
    """Open goals by their day, then those that are closed."""

    items = fields.List(fields.Nested(GoalShown))


@api.get("/reports/own")
@api.doc(summary="Reports that are kept: one's own, and those that are shared")
@require(SEE_REPORTS)
@api.response(200, KeptReportList)
def list_kept_reports() -> dict[str, Any]:
    """Return the reports of the club."""
    found = built.reports_for(current_actor().scope, _me())
    return {"items": [_report(one) for one in found if one.club_id == current_club().id]}


@api.get("/reports/own/<string:public_id>")
@api.doc(summary="What a kept report finds now")
@require(SEE_REPORTS)
@api.arguments(PageArgs, location="query")
@api.response(200, KeptReportAnswer)
def get_kept_report(asked: dict[str, Any], public_id: str) -> dict[str, Any]:
    """Return its first lines, with their heads."""
    club = current_club()
    report = built.report_for(current_actor().scope, _me(), public_id)
    if report is None or report.club_id != club.id:
        raise not_found(_("There is no such report, or nobody has shared it with you."))
    today, role = clock.today(club.zone), current_actor().role
    asker = Asker(club.id, today, club.currency, club.zone, role)
    subject = subject_of(str(report.definition.get("about", "")), asker)
    definition = definition_of(report.definition, subject.shape)
    found = list(islice(lines_of(definition, subject, asker), asked["limit"] + 1))
    return {
        "report": _report(report),
        "heads": heads_of(definition, subject),
        "lines": [[_cell(one) for one in line] for line in found[: asked["limit"]]],
        "more": len(found) > asked["limit"],
    }


@api.get("/goals")
@api.doc(summary="Goals of the club and how they stand today")
@require(SEE_REPORTS)
@api.response(200, GoalList)
def list_goals() -> dict[str, Any]:
    """Return every goal."""
    club = current_club()
    return {"items": [_goal(one) for one in goals_of(club.id, clock.today(club.zone))]}


@api.post("/goals")
@api.doc(summary="Set a goal; it begins at the figure of today")
@require(EDIT_GOALS)
@api.arguments(GoalBody)
@api.response(201, GoalShown)
def post_goal(body: dict[str, Any]) -> dict[str, Any]:
    """The club wants to reach this."""
    club = current_club()
    owners = {public: number for number, public, _name in staff_of(club.id)}
    if body["owner"] not in owners:
        raise invalid({"owner": _("Choose who answers for it.")})
    owner = owners[body["owner"]]
    draft = GoalDraft(body["figure"], body["target"], body["due_on"], owner, body["why"])
    goal = begin_goal(club.id, draft, clock.today(club.zone), by=current_actor().ref)
    return _standing(goal.public_id)


@api.post("/goals/<string:public_id>/close")
@api.doc(summary="Close a goal, with what became of it")
@require(EDIT_GOALS)
@api.response(200, GoalShown)
def post_goal_closed(public_id: str) -> dict[str, Any]:
    """The goal is over."""
    club = current_club()
    goal = goal_for(club.id, public_id)
    if goal is None:
        raise not_found(_("There is no such goal."))
    close_goal(goal, clock.today(club.zone), by=current_actor().ref)
    return _standing(public_id)


def _me() -> int:
    """Return whose reports are one's own; programs have none."""
    actor = current_actor()
    return actor.id if actor.kind == "user" else 0


def _standing(public_id: str) -> dict[str, Any]:
    club = current_club()
    found = goals_of(club.id, clock.today(club.zone))
    return _goal(next(one for one in found if one.goal.public_id == public_id))


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | float | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _report(one: BuiltReport) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "name": one.name,
        "about": one.definition.get("about", ""),
        "shared": one.is_shared,
        "definition": one.definition,
        "changed_at": one.changed_at,
    }


def _goal(one: Standing) -> dict[str, Any]:
    goal = one.goal
    return {
        "id": goal.public_id,
        "figure": goal.figure,
        "unit": one.figure.unit,
        "start": goal.start,
        "target": goal.target,
        "now": one.now,
        "way_gone": one.gone,
        "state": one.state.value,
        "begun_on": goal.begun_on,
        "due_on": goal.due_on,
        "owner": one.owner,
        "why": goal.why,
        "open": goal.is_open,
    }
