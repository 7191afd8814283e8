"""Views room: the week of shifts, leave asked for, and who stands in."""

from datetime import date, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, forbidden, invalid, not_found
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.web import current_actor, require, signed_in
from memberships.permissions import PLAN_SHIFTS
from memberships.schedule import absences, rota, shifts
from memberships.schedule.duty import StaffAbsence
from memberships.schedule.duty_words import absence_state, absence_words
from memberships.schedule.rules.duty import AbsenceKind, monday_of

duty = Blueprint("duty", __name__, url_prefix="/schedule")


@duty.get("/shifts")
@signed_in("everybody who works here sees who works when")
def week() -> ResponseReturnValue:
    """Who works when this week, and who is away."""
    return _week_page()


@duty.post("/shifts")
@require(PLAN_SHIFTS)
def plan() -> ResponseReturnValue:
    """One more shift stands in the week."""
    club = current_club()
    try:
        made = shifts.plan_shift(_typed_shift(club), by=current_actor().ref)
    except DomainError as error:
        return _week_page(refusal=error.text, status=error.status)
    flash(_("Planned."), "success")
    monday = monday_of(made.on_day)
    return redirect(url_for("duty.week", week=monday.isoformat()), 303)


@duty.post("/shifts/<shift_id>/call-off")
@require(PLAN_SHIFTS)
def call_off(shift_id: str) -> ResponseReturnValue:
    """The shift does not take place."""
    shift = rota.shift_for(current_actor().scope, shift_id)
    if shift is None:
        raise not_found(_("There is no such shift."))
    try:
        shifts.call_off_shift(shift, by=current_actor().ref)
    except DomainError as error:
        return _week_page(refusal=error.text, status=error.status)
    flash(_("Called off."), "success")
    return redirect(url_for("duty.week", week=monday_of(shift.on_day).isoformat()), 303)


@duty.post("/shifts/copy")
@require(PLAN_SHIFTS)
def copy() -> ResponseReturnValue:
    """The next week has the same shifts."""
    club = current_club()
    monday = _monday(club)
    done = shifts.copy_week(club.id, monday, by=current_actor().ref)
    text = _(
        "%(planned)s shifts copied, %(left)s left out.", planned=done.planned, left=done.left_out
    )
    flash(text, "success")
    return redirect(url_for("duty.week", week=(monday + timedelta(days=7)).isoformat()), 303)


@duty.get("/absences")
@signed_in("everybody sees who is away and asks for own leave")
def away() -> ResponseReturnValue:
    """Who is away, what is asked for, and a form to ask."""
    return _away_page()


@duty.post("/absences")
@signed_in("everybody asks for own leave; who plans shifts notes it for others")
def ask() -> ResponseReturnValue:
    """Leave is asked for, and another person decides."""
    try:
        made = absences.ask_leave(_typed_leave(current_club()), by=current_actor().ref)
    except DomainError as error:
        return _away_page(refusal=error.text, status=error.status)
    waits = made.approved_at is None
    text = _("Asked. Another person decides it.") if waits else _("Noted. Get well soon.")
    flash(text, "success")
    return redirect(url_for("duty.away"), 303)


@duty.post("/absences/<absence_id>/take-back")
@signed_in("everybody takes back own leave; who plans shifts that of others")
def take_back(absence_id: str) -> ResponseReturnValue:
    """The person is not away after all."""
    found = _absence(absence_id)
    try:
        absences.take_back_leave(found, by=current_actor().ref)
    except DomainError as error:
        return _away_page(refusal=error.text, status=error.status)
    flash(_("Taken back."), "success")
    return redirect(url_for("duty.away"), 303)


@duty.post("/absences/<absence_id>/substitute")
@require(PLAN_SHIFTS)
def substitute(absence_id: str) -> ResponseReturnValue:
    """Somebody stands in; tasks come to him."""
    club, found = current_club(), _absence(absence_id)
    try:
        chosen = _person(club, request.form.get("substitute", ""), "substitute")
        absences.name_substitute(found, chosen, by=current_actor().ref)
    except DomainError as error:
        return _away_page(refusal=error.text, status=error.status)
    flash(_("Tasks of those days go to the substitute."), "success")
    return redirect(url_for("duty.away"), 303)


def _absence(absence_id: str) -> StaffAbsence:
    actor = current_actor()
    found = rota.absence_for(actor.scope, absence_id)
    if found is None:
        raise not_found(_("There is no such absence."))
    is_own = actor.kind == "user" and found.user_id == actor.id
    if not is_own and not actor.may(PLAN_SHIFTS):
        raise forbidden(_("Only the person or who plans shifts may do this."))
    return found


def _monday(club: ClubChoice) -> date:
    typed = request.values.get("week", "")
    try:
        return monday_of(date.fromisoformat(typed) if typed else clock.today(club.zone))
    except ValueError:
        raise invalid({"week": _("Choose a week.")}) from None


def _person(club: ClubChoice, public_id: str, field: str) -> int | None:
    if not public_id:
        return None
    found = [one[0] for one in rota.staff_of(club.id) if one[1] == public_id]
    if not found:
        raise invalid({field: _("Choose somebody who works in this club.")})
    return found[0]


def _typed_shift(club: ClubChoice) -> shifts.ShiftOrder:
    form = request.form
    person = _person(club, form.get("person", ""), "person")
    try:
        day = date.fromisoformat(form.get("day", ""))
        opens, closes = (time.fromisoformat(form.get(name, "")) for name in ("opens", "closes"))
    except ValueError:
        raise invalid({"day": _("Choose a day, a beginning and an end.")}) from None
    if person is None:
        raise invalid({"person": _("Choose somebody who works in this club.")})
    opens, closes = opens.replace(tzinfo=None), closes.replace(tzinfo=None)
    return shifts.ShiftOrder(club.id, person, day, opens, closes, form.get("note", ""))


def _typed_leave(club: ClubChoice) -> absences.LeaveOrder:
    form, actor = request.form, current_actor()
    person = actor.id if actor.kind == "user" else 0
    if form.get("person") and actor.may(PLAN_SHIFTS):
        person = _person(club, form["person"], "person") or person
    kind = form.get("kind", "")
    if kind not in set(AbsenceKind):
        raise invalid({"kind": _("Choose why.")})
    try:
        first, last = (date.fromisoformat(form.get(name, "")) for name in ("from_on", "until_on"))
    except ValueError:
        raise invalid({"from_on": _("Choose the first and the last day.")}) from None
    stands_in = _person(club, form.get("substitute", ""), "substitute")
    return absences.LeaveOrder(
        club.id, person, AbsenceKind(kind), first, last, form.get("reason", ""), stands_in
    )


def _week_page(*, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    club = current_club()
    monday = _monday(club)
    days = [monday + timedelta(days=number) for number in range(7)]
    planned: dict[tuple[int, date], list[object]] = {}
    for shift in rota.shifts_of_week(club.id, monday):
        planned.setdefault((shift.user_id, shift.on_day), []).append(shift)
    page = render_template(
        "memberships/schedule/shifts.html",
        club=club,
        monday=monday,
        days=days,
        today=clock.today(club.zone),
        staff=rota.staff_of(club.id),
        planned=planned,
        absences=[row for row in rota.absences_of(club.id, days[0], days[6]) if row.counts],
        may_plan=current_actor().may(PLAN_SHIFTS),
        typed=request.form,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        refusal=refusal,
        absence_words=absence_words,
    )
    return page, status


def _away_page(*, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    club, actor = current_club(), current_actor()
    today = clock.today(club.zone)
    found = rota.absences_of(club.id, today - timedelta(days=30), today + timedelta(days=365))
    page = render_template(
        "memberships/schedule/absences.html",
        club=club,
        today=today,
        rows=found,
        staff=[("", _("nobody yet")), *((one[1], one[2]) for one in rota.staff_of(club.id))],
        kinds=[(one.value, absence_words(one)) for one in AbsenceKind],
        own_id=actor.id if actor.kind == "user" else 0,
        may_plan=actor.may(PLAN_SHIFTS),
        typed=request.form,
        refusal=refusal,
        absence_words=absence_words,
        absence_state=absence_state,
    )
    return page, status
