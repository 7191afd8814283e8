"""Views room: plan work, see the team's, hand it on, and what comes again by itself."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from clubcrm.accounts.forms import role_words
from clubcrm.accounts.models import Role
from clubcrm.core import clock
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from clubcrm.tasks import planned, queries, team
from clubcrm.tasks.permissions import SEE_TASKS, SEE_TEAM
from clubcrm.tasks.plan_words import repeat_words, rhythm_words
from clubcrm.tasks.repeats import ROLES, Repeat, Rhythm, next_day

team_tasks = Blueprint("team_tasks", __name__, url_prefix="/tasks")
ROLE, USER = "role:", "user:"


@team_tasks.route("/new", methods=["GET", "POST"])
@require(SEE_TASKS)
def new() -> ResponseReturnValue:
    """Work that somebody plans, for himself, a colleague or a role, about a member or nobody."""
    club, actor = current_club(), current_actor()
    member = request.values.get("member", "")
    person = person_in(actor.scope, member) if member else None
    if request.method == "GET":
        return _new_page(club, person)
    try:
        task = planned.add_task(_draft(club, person.id if person else None), by=actor.ref)
    except DomainError as error:
        return _new_page(club, person, error)
    flash(_("Planned: %(what)s", what=task.title), "success")
    if person is not None:
        return redirect(url_for("card.show", person_id=person.public_id), 303)
    return redirect(url_for("tasks.my_day"), 303)


@team_tasks.get("/team")
@require(SEE_TEAM)
def board() -> ResponseReturnValue:
    """Who has how much open work, what is late, and who is away."""
    return _board()


@team_tasks.post("/team/escalation")
@require(SEE_TEAM)
def escalation() -> ResponseReturnValue:
    """From so many hours after its due instant on, work counts as late."""
    typed = request.form.get("escalate_hours", "").strip()
    try:
        hours = int(typed) if typed.isascii() and typed.isdigit() else 0
        planned.save_escalation(current_club().id, hours, by=current_actor().ref)
    except DomainError as error:
        return _board(error)
    flash(_("Saved."), "success")
    return redirect(url_for("team_tasks.board"), 303)


@team_tasks.post("/<public_id>/assign")
@require(SEE_TEAM)
def assign(public_id: str) -> ResponseReturnValue:
    """The work is a colleague's now, or anybody's of its role."""
    task = queries.task_for(current_actor().scope, public_id)
    if task is None:
        raise not_found(_("There is no such task in your clubs."))
    staff = {one.public_id: one for one in team.staff_of(task.club_id)}
    chosen = request.form.get("person", "")
    if chosen and chosen not in staff:
        raise invalid({"person": _("Choose somebody who works in this club.")})
    who = staff.get(chosen)
    planned.assign(task, who.user_id if who else None, by=current_actor().ref)
    words = _("%(name)s has it now.", name=who.name) if who else _("It is anybody's now.")
    flash(words, "success")
    return redirect(url_for("team_tasks.board"), 303)


@team_tasks.route("/again", methods=["GET", "POST"])
@require(SEE_TEAM)
def again() -> ResponseReturnValue:
    """Work that comes again by itself, and a form for more of it."""
    club = current_club()
    if request.method == "GET":
        return _again_page(club)
    try:
        planned.add_rule(_rule(club), by=current_actor().ref)
    except DomainError as error:
        return _again_page(club, error)
    flash(_("It comes by itself from now on."), "success")
    return redirect(url_for("team_tasks.again"), 303)


@team_tasks.post("/again/<rule_id>/end")
@require(SEE_TEAM)
def end(rule_id: str) -> ResponseReturnValue:
    """The work comes no more."""
    rule = team.rule_for(current_actor().scope, rule_id)
    if rule is None:
        raise not_found(_("There is no such rule."))
    planned.end_rule(rule, by=current_actor().ref)
    flash(_("It comes no more."), "success")
    return redirect(url_for("team_tasks.again"), 303)


def _board(error: DomainError | None = None) -> ResponseReturnValue:
    club = current_club()
    page = render_template(
        "clubcrm/tasks/team.html",
        columns=team.board(club.id, clock.now(), club.zone),
        staff=team.staff_of(club.id),
        hours=request.form.get("escalate_hours", "") or team.escalate_hours(club.id),
        faults=_faults(error),
        zone=club.zone,
        role_words=_role_words,
    )
    return page, error.status if error else 200


def _new_page(
    club: ClubChoice, person: Any, error: DomainError | None = None
) -> ResponseReturnValue:
    page = render_template(
        "clubcrm/tasks/new.html",
        person=person,
        typed=request.form,
        doers=_doers(club),
        own=_own(club),
        today=clock.today(club.zone),
        hours=team.escalate_hours(club.id),
        faults=_faults(error),
    )
    return page, error.status if error else 200


def _again_page(club: ClubChoice, error: DomainError | None = None) -> ResponseReturnValue:
    today = clock.today(club.zone)
    names = {one.user_id: one.name for one in team.staff_of(club.id)}
    rules = team.rules_of(club.id)
    page = render_template(
        "clubcrm/tasks/again.html",
        rows=[
            (
                rule,
                rhythm_words(rule.rhythm, _weekdays()),
                names.get(rule.assigned_to or 0) or _role_words(rule.role),
                next_day(rule.rhythm, max(today, rule.from_on - timedelta(days=1))),
            )
            for rule in rules
        ],
        typed=request.form,
        doers=_doers(club),
        repeats=[(one.value, repeat_words(one)) for one in Repeat],
        weekdays=_weekdays(),
        chosen=request.form.getlist("weekdays"),
        today=today,
        faults=_faults(error),
    )
    return page, error.status if error else 200


def _draft(club: ClubChoice, person_id: int | None) -> planned.TaskDraft:
    role, user = _doer(club)
    due = _wall("due_on", "due_at", club.zone)
    if due is None:
        raise invalid({"due_on": _("Choose a day and a time.")})
    return planned.TaskDraft(
        club_id=club.id,
        title=request.form.get("title", ""),
        sentence=request.form.get("sentence", ""),
        due_at=due,
        role=role,
        assigned_to=user,
        person_id=person_id,
        remind_at=_wall("remind_on", "remind_at", club.zone),
        escalate_hours=_number("escalate_hours"),
    )


def _rule(club: ClubChoice) -> planned.RuleDraft:
    role, user = _doer(club)
    form = request.form
    if form.get("repeat") not in set(Repeat):
        raise invalid({"repeat": _("Choose how often.")})
    days = [one for one in form.getlist("weekdays") if one in {str(day) for day in range(7)}]
    due, first = _time("due_at"), _date("from_on")
    if due is None:
        raise invalid({"due_at": _("Choose a time.")})
    rhythm = Rhythm(
        Repeat(form["repeat"]), frozenset(int(one) for one in days), _number("month_day")
    )
    return planned.RuleDraft(
        club_id=club.id,
        title=form.get("title", ""),
        sentence=form.get("sentence", ""),
        rhythm=rhythm,
        due=due,
        from_on=first or clock.today(club.zone),
        until_on=_date("until_on"),
        role=role,
        assigned_to=user,
        escalate_hours=_number("escalate_hours"),
    )


def _doer(club: ClubChoice) -> tuple[str, int | None]:
    """Return the role and the person that were chosen."""
    typed = request.form.get("doer", "")
    if typed.startswith(ROLE) and typed.removeprefix(ROLE) in ROLES:
        return typed.removeprefix(ROLE), None
    staff = {one.public_id: one for one in team.staff_of(club.id)}
    found = staff.get(typed.removeprefix(USER))
    if found is None:
        raise invalid({"doer": _("Choose who does it.")})
    return found.role, found.user_id


def _doers(club: ClubChoice) -> list[tuple[str, str]]:
    people = [(f"{USER}{one.public_id}", one.name) for one in team.staff_of(club.id)]
    roles = [
        (f"{ROLE}{role}", _("anybody: %(role)s", role=_role_words(role)))
        for role in ROLES
        if role != "owner"
    ]
    return [*people, *roles]


def _own(club: ClubChoice) -> str:
    actor = current_actor()
    mine = [one.public_id for one in team.staff_of(club.id) if one.user_id == actor.id]
    return f"{USER}{mine[0]}" if mine and actor.kind == "user" else f"{ROLE}desk"


def _role_words(role: str) -> str:
    return str(role_words(Role(role)))


def _weekdays() -> Sequence[str]:
    names = get_day_names("wide", locale=str(get_locale() or "en"))
    return [str(names[number]) for number in range(7)]


def _wall(day: str, at: str, zone: str) -> datetime | None:
    found, when = _date(day), _time(at)
    if found is None or when is None:
        return None
    return clock.instant_of(datetime.combine(found, when), zone)


def _date(name: str) -> date | None:
    typed = request.form.get(name, "")
    try:
        found = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise invalid({name: _("Choose a day.")}) from None
    if found is not None and not 2000 < found.year < 2100:
        raise invalid({name: _("Choose a day.")})
    return found


def _time(name: str) -> time | None:
    typed = request.form.get(name, "")
    try:
        return time.fromisoformat(typed).replace(tzinfo=None) if typed else None
    except ValueError:
        raise invalid({name: _("Choose a time.")}) from None


def _number(name: str) -> int | None:
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise invalid({name: _("Expected a number.")})
    return int(typed)


def _faults(error: DomainError | None) -> dict[str, str]:
    if error is None:
        return {}
    return {one.field: one.message for one in error.fields} or {"": error.text}
