"""Views room: planned work, whose it is and what comes again, under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from clubcrm.tasks import planned, queries, reopening, services, team
from clubcrm.tasks.models import Task
from clubcrm.tasks.permissions import SEE_TASKS, SEE_TEAM
from clubcrm.tasks.plan_tables import TaskRule
from clubcrm.tasks.repeats import ROLES, Repeat, Rhythm

plan_api = ApiBlueprint(
    "task_plans_api", __name__, url_prefix="/api/v1", description="Planned work"
)
_ID = validate.Length(min=1, max=64)


class WorkBody(InputSchema):
    club = fields.String(load_default=None, allow_none=True, validate=_ID)
    title = fields.String(required=True, validate=validate.Length(min=1, max=200))
    sentence = fields.String(load_default="", validate=validate.Length(max=500))
    role = fields.String(load_default="desk", validate=validate.OneOf(ROLES))
    user_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    escalate_hours = fields.Integer(strict=True, load_default=None, allow_none=True)


class PlannedBody(WorkBody):
    due_at = fields.AwareDateTime(format="iso", required=True)
    remind_at = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)
    member_id = fields.String(load_default=None, allow_none=True, validate=_ID)


class PlannedShown(InputSchema):
    id = fields.String()
    title = fields.String()
    role = fields.String()
    user_id = fields.String(allow_none=True)
    due_at = fields.AwareDateTime(format="iso")
    state = fields.String()


class TaskHandOnBody(InputSchema):
    user_id = fields.String(required=True, allow_none=True, validate=_ID)


class WorkAnswer(InputSchema):
    outcome = fields.String(required=True, validate=validate.OneOf(("done", "later", "not_now")))
    remark = fields.String(load_default="", validate=validate.Length(max=300))
    until = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)


class AgainBody(WorkBody):
    repeat = fields.Enum(Repeat, by_value=True, required=True)
    weekdays = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, 6)),
        load_default=list,
        metadata={"description": "Monday is 0"},
    )
    month_day = fields.Integer(strict=True, load_default=None, allow_none=True)
    due = fields.Time(required=True)
    from_on = fields.Date(load_default=None, allow_none=True)
    until_on = fields.Date(load_default=None, allow_none=True)


class AgainShown(InputSchema):
    id = fields.String()
    title = fields.String()
    role = fields.String()
    repeat = fields.String()
    weekdays = fields.List(fields.Integer())
    month_day = fields.Integer(allow_none=True)
    due = fields.Time()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)


class AgainList(InputSchema):
    items = fields.List(fields.Nested(AgainShown))


@plan_api.post("/tasks")
@plan_api.doc(summary="Plan work for a person or for everybody of a role")
@require(SEE_TASKS)
@plan_api.arguments(PlannedBody)
@plan_api.response(201, PlannedShown)
def post_task(body: dict[str, Any]) -> dict[str, Any]:
    actor, club = current_actor(), _club(body["club"])
    person = person_in(actor.scope, body["member_id"]) if body["member_id"] else None
    draft = planned.TaskDraft(
        club_id=club.id,
        title=body["title"],
        due_at=body["due_at"],
        sentence=body["sentence"],
        role=body["role"],
        assigned_to=_user(club.id, body["user_id"]),
        person_id=person.id if person else None,
        remind_at=body["remind_at"],
        escalate_hours=body["escalate_hours"],
    )
    return _shown(planned.add_task(draft, by=actor.ref))


@plan_api.post("/tasks/<string:task_id>/assign")
@plan_api.doc(summary="Hand work on: to a colleague, or with null to anybody of its role")
@require(SEE_TEAM)
@plan_api.arguments(TaskHandOnBody)
@plan_api.response(200, PlannedShown)
def post_assign(body: dict[str, Any], task_id: str) -> dict[str, Any]:
    task = _task(task_id)
    planned.assign(task, _user(task.club_id, body["user_id"]), by=current_actor().ref)
    return _shown(task)


@plan_api.post("/tasks/<string:task_id>/answer")
@plan_api.doc(summary="Say that work is done, put off until an instant, or not to be done")
@require(SEE_TASKS)
@plan_api.arguments(WorkAnswer)
@plan_api.response(200, PlannedShown)
def post_answer(body: dict[str, Any], task_id: str) -> dict[str, Any]:
    task, by = _task(task_id), current_actor().ref
    if body["outcome"] == "done":
        services.finish(task, body["remark"], by=by)
    elif body["outcome"] == "not_now":
        services.set_aside(task, body["remark"], by=by)
    elif body["until"] is None:
        raise invalid({"until": _("Say until when.")})
    else:
        services.put_off(task, body["until"], by=by)
    return _shown(task)


@plan_api.post("/tasks/<string:task_id>/reopen")
@plan_api.doc(
    summary="Take back, within an hour, what you have closed by mistake",
    description="Only who closed it, and no call, whose outcome has been followed already.",
)
@require(SEE_TASKS)
@plan_api.response(200, PlannedShown)
def post_reopen(task_id: str) -> dict[str, Any]:
    task = _task(task_id)
    reopening.reopen(task, by=current_actor().ref)
    return _shown(task)


@plan_api.get("/task-rules")
@plan_api.doc(summary="Work of your clubs that comes again")
@require(SEE_TEAM)
@plan_api.response(200, AgainList)
def list_rules() -> dict[str, Any]:
    return {"items": [_rule(rule) for club in my_clubs() for rule in team.rules_of(club.id)]}


@plan_api.post("/task-rules")
@plan_api.doc(summary="Let work come again: daily, on weekdays, or on a day of the month")
@require(SEE_TEAM)
@plan_api.arguments(AgainBody)
@plan_api.response(201, AgainShown)
def post_rule(body: dict[str, Any]) -> dict[str, Any]:
    club = _club(body["club"])
    draft = planned.RuleDraft(
        club_id=club.id,
        title=body["title"],
        rhythm=Rhythm(body["repeat"], frozenset(body["weekdays"]), body["month_day"]),
        due=body["due"],
        from_on=body["from_on"] or clock.today(club.zone),
        until_on=body["until_on"],
        sentence=body["sentence"],
        role=body["role"],
        assigned_to=_user(club.id, body["user_id"]),
        escalate_hours=body["escalate_hours"],
    )
    return _rule(planned.add_rule(draft, by=current_actor().ref))


@plan_api.post("/task-rules/<string:rule_id>/end")
@plan_api.doc(summary="Let work come no more; what stands on a list stays")
@require(SEE_TEAM)
@plan_api.response(200, AgainShown)
def post_rule_end(rule_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = team.rule_for(actor.scope, rule_id)
    if found is None:
        raise not_found(_("There is no such rule."))
    planned.end_rule(found, by=actor.ref)
    return _rule(found)


def _club(wish: str | None) -> ClubChoice:
    clubs = my_clubs()
    if wish is None and clubs:
        return clubs[0]
    for club in clubs:
        if wish in {club.public_id, club.name}:
            return club
    raise invalid({"club": _("There is no such club.")})


def _user(club_id: int, public_id: str | None) -> int | None:
    if public_id is None:
        return None
    for one in team.staff_of(club_id):
        if one.public_id == public_id:
            return one.user_id
    raise invalid({"user_id": _("Choose somebody who works in this club.")})


def _task(public_id: str) -> Task:
    found = queries.task_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such task in your clubs."))
    return found


def _shown(task: Task) -> dict[str, Any]:
    users = {one.user_id: one.public_id for one in team.staff_of(task.club_id)}
    return {
        "id": task.public_id,
        "title": task.title,
        "role": task.role,
        "user_id": users.get(task.assigned_to or 0),
        "due_at": task.due_at,
        "state": task.state.value,
    }


def _rule(rule: TaskRule) -> dict[str, Any]:
    return {
        "id": rule.public_id,
        "title": rule.title,
        "role": rule.role,
        "repeat": rule.repeat.value,
        "weekdays": rule.weekdays,
        "month_day": rule.month_day,
        "due": rule.due,
        "from_on": rule.from_on,
        "until_on": rule.until_on,
        "ended_at": rule.ended_at,
    }
