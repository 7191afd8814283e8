"""Views room: what the desk does for one person: check in by name, photo, day pass, next step."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access_control.permissions import SCAN_AT_DESK
from clubcrm.card import acts
from clubcrm.card.desk import answer_scan, desk
from clubcrm.card.queries.person import PersonRow, person_for
from clubcrm.core.clock import now, visit_day, visit_day_bounds
from clubcrm.core.db import end_reading
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.people.api import save_photo
from clubcrm.people.permissions import EDIT_PEOPLE
from clubcrm.people.portraits import LARGEST_UPLOAD
from clubcrm.tasks.api import finish, put_off, set_aside
from clubcrm.tasks.models import Task
from clubcrm.tasks.queries import task_for
from memberships.api import PlanKind, plans_on_sale, sell_day_pass
from memberships.permissions import SIGN_CONTRACTS


@desk.post("/desk/people/<person_id>/check-in")
@require(SCAN_AT_DESK, own_units=True)
def check_in(person_id: str) -> ResponseReturnValue:
    """A member without a card goes through the gate's own rules, found by name."""
    person = _person(person_id)
    made = acts.check_in(current_club().id, person.public_id, by=current_actor().ref)
    return answer_scan(made)


@desk.post("/desk/people/<person_id>/photo")
@require(EDIT_PEOPLE, own_units=True)
def photo(person_id: str) -> ResponseReturnValue:
    """The person has a new photo."""
    person = _person(person_id)
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        raise invalid({"photo": _("Take a photo or choose a picture.")})
    by = current_actor().ref
    end_reading()
    save_photo(person.id, upload.stream.read(LARGEST_UPLOAD + 1), by=by)
    flash(_("The photo of %(name)s is saved.", name=person.name))
    return redirect(_back(url_for("desk.show")))


@desk.get("/desk/people/<person_id>/day-pass")
@require(SIGN_CONTRACTS)
def day_pass(person_id: str) -> str:
    """What a day pass costs, before it is sold."""
    person, club = _person(person_id), current_club()
    plans = [one for one in plans_on_sale(club.id) if one.terms.kind is PlanKind.DAY]
    cheapest = min(plans, key=lambda one: one.terms.price_minor, default=None)
    return render_template("clubcrm/desk/day_pass.html", person=person, club=club, plan=cheapest)


@desk.post("/desk/people/<person_id>/day-pass")
@require(SIGN_CONTRACTS)
def sell_pass(person_id: str) -> ResponseReturnValue:
    """The person has today's pass of the club."""
    person = _person(person_id)
    contract = sell_day_pass(person.id, current_club().id, by=current_actor().ref)
    flash(
        _("%(name)s has a day pass, number %(number)s.", name=person.name, number=contract.number)
    )
    return redirect(url_for("desk.sold", person_id=person.public_id))


@desk.get("/desk/people/<person_id>/sold")
@require(SIGN_CONTRACTS)
def sold(person_id: str) -> str:
    """The pass is sold; one button lets the member through the gate's rules."""
    return render_template("clubcrm/desk/sold.html", person=_person(person_id))


@desk.post("/desk/tasks/<task_id>")
@require(SCAN_AT_DESK)
def task_outcome(task_id: str) -> ResponseReturnValue:
    """The next best action is done, waits for another day, or is not to be done."""
    task = task_for(current_actor().scope, task_id)
    if task is None:
        raise not_found(_("There is no such task."))
    words = _settle(task, request.form.get("outcome", ""))
    if request.headers.get("HX-Request"):
        return render_template("clubcrm/desk/_task_settled.html", words=words)
    flash(words)
    return redirect(_back(url_for("desk.show")))


def _settle(task: Task, outcome: str) -> str:
    by = current_actor().ref
    if outcome == "done":
        finish(task, _("Done at the desk"), by=by)
        return _("Done: %(title)s", title=task.title)
    if outcome == "not_now":
        set_aside(task, _("Not now, said the desk"), by=by)
        return _("Set aside: %(title)s", title=task.title)
    if outcome == "later":
        zone = current_club().zone
        _begins, ends = visit_day_bounds(visit_day(now(), zone), zone)
        put_off(task, ends + timedelta(hours=1), by=by)
        return _("Comes back tomorrow: %(title)s", title=task.title)
    raise DomainError("INVALID_INPUT", _("Choose done, later or not now."), status=400)


def _person(public_id: str) -> PersonRow:
    found = person_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such person in your clubs."))
    return found


def _back(otherwise: str) -> str:
    back = request.form.get("back", "")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else otherwise
