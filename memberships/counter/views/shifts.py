"""Views room: a shift at the till: open it, put cash in or out, look, count and close."""

import json
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.api import page_key
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import DomainError, forbidden, not_found
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.core.web import current_actor, require
from memberships.approvals.queries import names_of
from memberships.billing.orders import Tender
from memberships.billing.words import tender_icon, tender_words
from memberships.counter.drawer import close_shift, put_cash
from memberships.counter.forms import CashForm, CountForm, OpenForm, typed_pieces
from memberships.counter.words import move_icon, move_words, purpose_words, report_words
from memberships.permissions import MANAGE_TILLS, USE_TILL
from memberships.tills.counting import FACES, counted_sum
from memberships.tills.models import Purpose, ReportKind, Shift, ShiftMove, ShiftState
from memberships.tills.queries import (
    last_count,
    lines_of,
    moved_in,
    open_shifts,
    report_for,
    reports_of,
    shift_at,
    shift_for,
    shifts_page,
    till_for,
    tills_of,
)
from memberships.tills.rules import Counted, expected_by_tender
from memberships.tills.services import CashMove, look, open_shift

shifts = Blueprint("shifts", __name__, url_prefix="/till")
PER_PAGE = 50


@shifts.context_processor
def words() -> dict[str, Any]:
    """Templates of shifts name things by these words."""
    return {
        "move_words": move_words,
        "move_icon": move_icon,
        "purpose_words": purpose_words,
        "report_words": report_words,
        "tender_words": tender_words,
        "tender_icon": tender_icon,
        "Tender": Tender,
        "ReportKind": ReportKind,
        "ShiftState": ShiftState,
        "move_kinds": tuple(ShiftMove),
    }


@shifts.get("/shift")
@require(USE_TILL)
def mine() -> ResponseReturnValue:
    """One's own shift with what should be in the drawer; without one, the way to open it."""
    shift = shift_at(current_club().id, current_actor().ref)
    if shift is None:
        return _open_page(_open_form())
    return _shift_page(shift)


@shifts.post("/shift")
@require(USE_TILL)
def begin() -> ResponseReturnValue:
    form = _open_form()
    if not form.validate() or form.change.minor is None:
        return _open_page(form, status=400)
    till = till_for(Scope((current_club().id,)), form.till.data)
    if till is None:
        raise not_found(_("There is no such till."))
    try:
        open_shift(till.id, form.change.minor, by=current_actor().ref)
    except DomainError as error:
        return _open_page(form, refusal=form.accept(error), status=error.status)
    flash(_("The shift is open."), "success")
    onward = request.form.get("next", "")
    return redirect(onward if onward == "/till" else url_for("shifts.mine"), 303)


@shifts.get("/shifts")
@require(MANAGE_TILLS)
def index() -> ResponseReturnValue:
    """Every shift of one's clubs, the newest first."""
    scope = current_actor().scope
    before = page_key(request.args.get("after", ""))
    rows = shifts_page(scope, limit=PER_PAGE + 1, before_id=before)
    shown = rows[:PER_PAGE]
    return render_template(
        "memberships/counter/shifts.html",
        rows=shown,
        clubs={club.id: club for club in my_clubs()},
        names=names_of(shift.opened_by for shift, _till in shown),
        more=shown[-1][0].id if len(rows) > PER_PAGE else None,
        first=before is not None,
    )


@shifts.get("/shifts/<public_id>")
@require(USE_TILL)
def show(public_id: str) -> ResponseReturnValue:
    return _shift_page(_reachable(public_id))


@shifts.post("/shifts/<public_id>/cash")
@require(USE_TILL)
def cash(public_id: str) -> ResponseReturnValue:
    """Cash is in the drawer or out of it; the line says why."""
    shift = _reachable(public_id)
    form = CashForm(request.form)
    form.offer(shift.currency)
    if not form.validate() or form.amount.minor is None:
        return _shift_page(shift, form, status=400)
    amount = form.amount.minor if form.way.data == "in" else -form.amount.minor
    move = CashMove(shift.id, amount, Purpose(form.purpose.data), form.reason.data or "")
    try:
        put_cash(move, by=current_actor().ref)
    except DomainError as error:
        return _shift_page(shift, form, refusal=form.accept(error), status=error.status)
    sums = formats.money(form.amount.minor, shift.currency)
    if amount > 0:
        flash(_("%(sum)s put in.", sum=sums), "success")
    else:
        flash(_("%(sum)s taken out.", sum=sums), "success")
    return redirect(url_for("shifts.show", public_id=public_id), 303)


@shifts.post("/shifts/<public_id>/x")
@require(USE_TILL)
def x_report(public_id: str) -> ResponseReturnValue:
    report = look(_reachable(public_id).id, by=current_actor().ref)
    return redirect(url_for("shifts.report", public_id=report.public_id), 303)


@shifts.route("/shifts/<public_id>/close", methods=["GET", "POST"])
@require(USE_TILL)
def close(public_id: str) -> ResponseReturnValue:
    """First the count, blind; then what it comes to; then the closing."""
    shift = _reachable(public_id)
    if shift.state is ShiftState.CLOSED:
        return redirect(url_for("shifts.show", public_id=public_id), 303)
    form = CountForm(request.form)
    form.offer(shift.currency)
    if request.method == "GET":
        return _close_page(shift, form)
    counted = _typed_count(form, shift)
    if counted is None:
        return _close_page(shift, form, status=400)
    if request.form.get("confirmed") != "yes":
        return _close_page(shift, form, counted)
    try:
        report = close_shift(shift.id, counted, by=current_actor().ref)
    except DomainError as error:
        return _close_page(shift, form, refusal=form.accept(error), status=error.status)
    flash(_("The shift is closed. Its Z report stays as it is now."), "success")
    return redirect(url_for("shifts.report", public_id=report.public_id), 303)


@shifts.get("/reports/<public_id>")
@require(USE_TILL)
def report(public_id: str) -> ResponseReturnValue:
    found = report_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such report in your clubs."))
    kept, shift, till = found
    _check_reach(shift)
    figures = json.loads(kept.figures)
    return render_template(
        "memberships/counter/report.html",
        report=kept,
        shift=shift,
        till=till,
        club=_club(shift),
        figures=figures,
        names=names_of([shift.opened_by, shift.closed_by, kept.by]),
    )


def _reachable(public_id: str) -> Shift:
    shift = shift_for(current_actor().scope, public_id)
    if shift is None:
        raise not_found(_("There is no such shift in your clubs."))
    _check_reach(shift)
    return shift


def _check_reach(shift: Shift) -> None:
    """An open till serves whoever sells there; a closed one is read by its own people and above."""
    actor = current_actor()
    own = actor.ref in (shift.opened_by, shift.closed_by)
    if not (own or actor.may(MANAGE_TILLS) or shift.state is ShiftState.OPEN):
        raise forbidden(_("This is the shift of somebody else."))


def _club(shift: Shift) -> ClubChoice:
    found = next((club for club in my_clubs() if club.id == shift.club_id), None)
    return found or abort(404)


def _open_form() -> OpenForm:
    club = current_club()
    form = OpenForm(request.form)
    tills = tills_of(club.id)
    form.offer(club.currency, tills)
    if request.method == "GET" and tills:
        busy = {shift.till_id for shift in open_shifts(club.id)}
        free = next((till for till in tills if till.id not in busy), tills[0])
        form.till.data = free.public_id
        form.change.show(last_count(free.id) or 0)
    return form


def _open_page(form: OpenForm, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    club = current_club()
    running = open_shifts(club.id)
    page = render_template(
        "memberships/counter/open.html",
        form=form,
        club=club,
        tills={till.id: till for till in tills_of(club.id)},
        running=running,
        names=names_of(shift.opened_by for shift in running),
        refusal=refusal,
        onward=request.values.get("next", ""),
    )
    return page, status


def _shift_page(
    shift: Shift, form: CashForm | None = None, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    if form is None:
        form = CashForm()
        form.offer(shift.currency)
    lines = lines_of(shift.id)
    page = render_template(
        "memberships/counter/shift.html",
        shift=shift,
        till=next((till for till in tills_of(shift.club_id) if till.id == shift.till_id), None),
        club=_club(shift),
        expected=expected_by_tender(moved_in(shift.id)),
        lines=lines,
        reports=reports_of(shift.id),
        names=names_of([shift.opened_by, shift.closed_by, *(line.by for line in lines)]),
        form=form,
        refusal=refusal,
    )
    return page, status


def _typed_count(form: CountForm, shift: Shift) -> Counted | None:
    if not form.validate():
        return None
    try:
        pieces = typed_pieces(request.form, shift.currency)
    except ValueError:
        form.form_errors.append(_("Expected a number of pieces for each coin and note."))
        return None
    cash = counted_sum(pieces) if pieces else form.counted.minor
    if cash is None:
        form.counted.errors = [_("Count the drawer: by coin and note, or as one sum.")]
        return None
    return Counted(pieces, cash, form.card.minor, form.note.data or "")


def _close_page(
    shift: Shift,
    form: CountForm,
    counted: Counted | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    expected = expected_by_tender(moved_in(shift.id))
    page = render_template(
        "memberships/counter/close.html",
        shift=shift,
        form=form,
        faces=FACES.get(shift.currency, ()),
        typed=request.form,
        counted=counted,
        expected=expected,
        refusal=" ".join([*map(str, form.form_errors), refusal]).strip(),
    )
    return page, status
