"""Views: my day: what is to be done, with one tap each for done, later, not now."""

from datetime import datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.rules.addresses import safe_next
from clubcrm.core import clock
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import require
from clubcrm.tasks import lists, queries, reopening, services, words
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tasks.outcomes import WorkForm
from clubcrm.tasks.permissions import SEE_TASKS, SEE_TEAM
from clubcrm.tasks.team import late_count, plans_of
from memberships.approvals.deciding import to_decide
from memberships.approvals.words import kind_icon, kind_words
from memberships.permissions import DECIDE_APPROVALS

tasks = Blueprint("tasks", __name__, url_prefix="/tasks")
TOMORROW_AT = time(10)
_WAYS_BACK = {"back": services.bring_back, "reopen": reopening.reopen}


@tasks.get("")
@require(SEE_TASKS)
def my_day() -> ResponseReturnValue:
    actor, club, moment = current_actor(), current_club(), clock.now()
    clubs = my_clubs()
    worker = lists.Worker(actor.id, actor.role, actor.scope, club.id, club.zone)
    rows = queries.my_day(actor.scope, actor.role, actor.id, moment)
    plans = plans_of([row.task.id for row in rows])
    reminded = {key for key, plan in plans.items() if plan.is_reminded(moment)}
    late = [row for row in rows if row.task.due_at <= moment or row.task.id in reminded]
    later = [row for row in rows if row not in late]
    sees_team = actor.may(SEE_TEAM)
    closed = queries.closed_lately(actor.scope)
    return render_template(
        "clubcrm/tasks/my_day.html",
        late=late,
        later=later,
        calls=lists.work_list(worker, WorkForm.CALL, moment),
        talks=lists.work_list(worker, WorkForm.TALK, moment),
        why_words=words.why_words,
        closed=closed,
        reopenable=reopening.may_reopen([row.task for row in closed], actor.ref, moment),
        zone=club.zone,
        # Who sees several clubs has to know in which one something is to be done.
        clubs={one.id: one.name for one in clubs} if len(clubs) > 1 else {},
        reminded=reminded,
        now=moment,
        sees_team=sees_team,
        late_count=late_count(actor.scope, moment) if sees_team else 0,
        wishes=to_decide(actor.scope, actor.ref) if actor.may(DECIDE_APPROVALS) else [],
        kind_words=kind_words,
        kind_icon=kind_icon,
        put_off=_put_off(request.args.get("put_off", ""), moment),
        just_closed=_just_closed(request.args.get("closed", ""), moment),
    )


@tasks.post("/<public_id>")
@require(SEE_TASKS)
def answer(public_id: str) -> ResponseReturnValue:
    """Done, later or not now, with a word on what came of it."""
    task, by = _task(public_id), current_actor().ref
    outcome, remark = request.form.get("outcome"), request.form.get("remark", "").strip()
    closed = put_off = None
    if outcome == "done":
        services.finish(task, remark, by=by)
        closed = task.public_id
    elif outcome == "not_now":
        services.set_aside(task, remark, by=by)
        closed = task.public_id
    elif outcome == "later":
        services.put_off(task, _tomorrow(), by=by)
        put_off = task.public_id
    elif outcome in _WAYS_BACK:
        _WAYS_BACK[outcome](task, by=by)
        flash(_("It stands on the list again."))
    else:
        raise invalid({"outcome": _("Choose done, later or not now.")})
    onward = safe_next(request.form.get("next"))
    if onward and closed:
        undo = url_for("tasks.reopen", public_id=closed, next=onward)
        flash({"text": _("Done."), "undo": undo}, "success")  # type: ignore[arg-type]
    return redirect(onward or url_for("tasks.my_day", closed=closed, put_off=put_off), 303)


@tasks.post("/<public_id>/reopen")
@require(SEE_TASKS)
def reopen(public_id: str) -> ResponseReturnValue:
    """What was closed by mistake stands on the lists again; back to where that was seen."""
    reopening.reopen(_task(public_id), by=current_actor().ref)
    flash(_("It stands on the list again."), "success")
    return redirect(safe_next(request.args.get("next")) or url_for("tasks.my_day"), 303)


def _task(public_id: str) -> Task:
    found = queries.task_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such task in your clubs."))
    return found


def _put_off(public_id: str, moment: datetime) -> Task | None:
    """Return what was just put off, which one may take back."""
    task = queries.task_for(current_actor().scope, public_id) if public_id else None
    if task is None or task.state is not TaskState.OPEN or task.snoozed_until is None:
        return None
    return task if task.snoozed_until > moment else None


def _just_closed(public_id: str, moment: datetime) -> Task | None:
    """Return what was just done or set aside, which one may take back for a while."""
    actor = current_actor()
    task = queries.task_for(actor.scope, public_id) if public_id else None
    return task if task and reopening.may_reopen([task], actor.ref, moment) else None


def _tomorrow() -> datetime:
    zone = current_club().zone
    day = clock.today(zone) + timedelta(days=1)
    return clock.instant_of(datetime.combine(day, TOMORROW_AT), zone)
