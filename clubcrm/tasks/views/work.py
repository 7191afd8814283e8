"""Views room: one call or talk: why, what to say, and one tap for what it came to; complaints."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import Actor, current_actor
from clubcrm.core.shell import current_club
from clubcrm.core.types import new_public_id
from clubcrm.core.web import require
from clubcrm.people.api import person_in
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.tasks import lists, words
from clubcrm.tasks.attempts import Attempt, log_attempt, take
from clubcrm.tasks.complaints import Complaint, open_complaint
from clubcrm.tasks.models import TaskState
from clubcrm.tasks.outcomes import AT_IT, AttemptOutcome, NextAct
from clubcrm.tasks.permissions import SEE_TASKS
from clubcrm.tasks.views.pages import tasks
from memberships.api import LeaveReason
from memberships.contracts.words import leave_reason_words
from memberships.permissions import FREEZE_CONTRACTS, SIGN_CONTRACTS

NO_PRICE = frozenset({"trainer", "barista"})


@tasks.get("/<public_id>")
@require(SEE_TASKS)
def call(public_id: str) -> ResponseReturnValue:
    """Why, what to say, the number to ring, and what it may come to."""
    return _page(_row(public_id))


@tasks.post("/<public_id>/take")
@require(SEE_TASKS)
def begin(public_id: str) -> ResponseReturnValue:
    """The others see that somebody is at it."""
    row, actor = _row(public_id), current_actor()
    other = take(row.task, actor.id) if actor.kind == "user" else None
    if other is not None:
        flash(_("%(name)s is on the phone with this member.", name=lists.user_name(other)), "error")
    return redirect(url_for("tasks.call", public_id=public_id), 303)


@tasks.post("/<public_id>/outcome")
@require(SEE_TASKS)
def outcome(public_id: str) -> ResponseReturnValue:
    """What the call came to is kept, and the page of what is next opens."""
    row = _row(public_id)
    try:
        said = _typed()
        then = log_attempt(row.task, said, by=current_actor().ref)
    except DomainError as error:
        return _page(_row(public_id), error=error)
    flash(f"{row.name}: {words.outcome_words(said.outcome)}", "success")
    return redirect(_address(then, row, current_actor()), 303)


@tasks.route("/complaints/<person_id>", methods=["GET", "POST"])
@require(SEE_TASKS)
def complain(person_id: str) -> ResponseReturnValue:
    """Write down what a member is unhappy about; a manager answers within a day."""
    person = person_in(current_actor().scope, person_id)
    if person is None:
        raise not_found(_("There is no such person in your clubs."))
    typed, fault, status = request.form.get("note", ""), "", 200
    if request.method == "POST":
        source = f"desk:{new_public_id()}"
        try:
            open_complaint(
                Complaint(person.id, person.club_id, typed, source), by=current_actor().ref
            )
            flash(_("Noted. A manager answers within a day."), "success")
            return redirect(url_for("card.show", person_id=person_id), 303)
        except DomainError as error:
            fault, status = error.fields[0].message if error.fields else error.text, error.status
    page = render_template("clubcrm/tasks/complain.html", person=person, typed=typed, fault=fault)
    return page, status


def _row(public_id: str) -> lists.WorkRow:
    found = lists.work_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such call in your clubs."))
    return found


def _typed() -> Attempt:
    form = request.form
    chosen = next((one for one in AttemptOutcome if one.value == form.get("outcome")), None)
    if chosen is None:
        raise DomainError("INVALID_INPUT", _("Choose what it came to."), status=400)
    reason = next((one for one in LeaveReason if one.value == form.get("reason")), None)
    return Attempt(chosen, form.get("note", ""), reason, _until(chosen, form.get("until", "")))


def _until(chosen: AttemptOutcome, typed: str) -> datetime | None:
    if chosen is not AttemptOutcome.CALL_BACK:
        return None
    try:
        wall = datetime.fromisoformat(typed).replace(tzinfo=None)
    except ValueError:
        return None
    return clock.instant_of(wall, current_club().zone)


def _address(then: NextAct, row: lists.WorkRow, actor: Actor) -> str:
    plan = lists.plan_in_question(row.task.person_id or 0)
    if then is NextAct.FREEZE and actor.may(FREEZE_CONTRACTS):
        return url_for("contracts.freeze", person_id=row.public_id)
    if then is NextAct.RENEW and plan and actor.may(SIGN_CONTRACTS):
        return url_for("going_on.renew", person_id=row.public_id, contract=plan.public_id)
    if then is NextAct.CONTACTS and actor.may(EDIT_PEOPLE):
        return url_for("people.contacts", public_id=row.public_id)
    return url_for("tasks.my_day")


def _page(row: lists.WorkRow, error: DomainError | None = None) -> ResponseReturnValue:
    faults = {one.field: str(one.message) for one in error.fields} if error else {}
    more: dict[str, Any] = {
        "row": row,
        "zone": current_club().zone,
        "is_open": row.task.state is TaskState.OPEN,
        "plan": lists.plan_in_question(row.task.person_id or 0),
        "shows_price": current_actor().role not in NO_PRICE,
        "script": words.script_of(row.task, row.work, row.name.partition(" ")[0]),
        "why": words.why_words(row.work.facts),
        "attempts": lists.attempts_of(row.task.id),
        "reasons": [(one.value, leave_reason_words(one)) for one in LeaveReason],
        "faults": faults,
        "refusal": "" if error is None or faults else error.text,
        "typed": request.form,
        "words": words,
        "busy": _busy(row),
        "at_it": _is_at_it(row),
    }
    return render_template("clubcrm/tasks/call.html", **more), error.status if error else 200


def _busy(row: lists.WorkRow) -> str:
    work, actor = row.work, current_actor()
    if work.taken_by is None or work.taken_at is None or work.taken_by == actor.id:
        return ""
    from_then = clock.now() - work.taken_at
    return lists.user_name(work.taken_by) if from_then < AT_IT else ""


def _is_at_it(row: lists.WorkRow) -> bool:
    """Tell whether the others see that this very person is on the phone."""
    work = row.work
    if work.taken_at is None or work.taken_by != current_actor().id:
        return False
    return clock.now() - work.taken_at < AT_IT
