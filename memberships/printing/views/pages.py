"""Views room: the printers of a club, what waits for them, and a slip to try one."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from memberships.permissions import MANAGE_TILLS, USE_TILL
from memberships.printing.forms import PrinterForm
from memberships.printing.queries import job_for, newest_jobs, printer_for, printers_of
from memberships.printing.rules import PrintState
from memberships.printing.running import print_after
from memberships.printing.services import (
    PrinterOrder,
    add_printer,
    ask_for_sample,
    remove_printer,
    settle_job,
)
from memberships.tills.queries import tills_of

printers = Blueprint("printers", __name__)


@printers.get("/settings/printers")
@require(USE_TILL)
def show() -> ResponseReturnValue:
    """The printers and the newest slips; those that wait stand first."""
    return _page(_form())


@printers.post("/settings/printers")
@require(MANAGE_TILLS)
def add() -> ResponseReturnValue:
    """The club has one printer more, and a first slip is on its way."""
    form = _form(request.form)
    if not form.validate():
        return _page(form, 400)
    order = PrinterOrder(
        form.name.data or "",
        (form.host.data or "").strip(),
        form.port.data or 0,
        form.paper_mm.data,
        form.drawer_pin.data,
        form.till_id.data or None,
    )
    club, by = current_club(), current_actor().ref
    try:
        printer = add_printer(club.id, order, by=by)
    except DomainError as error:
        form.accept(error)
        return _page(form, error.status)
    ask_for_sample(printer, club.name, by=by)
    flash(_("The printer is there. A slip is on its way to it."), "success")
    return _back(club.id)


@printers.post("/settings/printers/<printer_id>/sample")
@require(USE_TILL)
def sample(printer_id: str) -> ResponseReturnValue:
    """A slip with four scripts is printed, and the drawer opens."""
    printer = printer_for(current_actor().scope, printer_id)
    if printer is None:
        raise not_found(_("There is no such printer."))
    ask_for_sample(printer, current_club().name, by=current_actor().ref)
    flash(_("A slip is on its way."), "success")
    return _back(printer.club_id)


@printers.post("/settings/printers/<printer_id>/remove")
@require(MANAGE_TILLS)
def remove(printer_id: str) -> ResponseReturnValue:
    """The printer is out of use."""
    printer = printer_for(current_actor().scope, printer_id)
    if printer is None:
        raise not_found(_("There is no such printer."))
    remove_printer(printer, by=current_actor().ref)
    flash(_("The printer is gone. What waited for it is dropped."), "success")
    return redirect(url_for("printers.show"), 303)


@printers.post("/settings/printers/slips/<slip_id>/<act>")
@require(USE_TILL)
def settle(slip_id: str, act: str) -> ResponseReturnValue:
    """A slip that waits is tried now, or dropped."""
    job = job_for(current_actor().scope, slip_id)
    if job is None or act not in {"again", "drop"}:
        raise not_found(_("There is no such slip."))
    settle_job(job, again=act == "again", by=current_actor().ref)
    return _back(current_club().id)


def _back(club_id: int) -> ResponseReturnValue:
    return print_after(make_response(redirect(url_for("printers.show"), 303)), club_id)


def _form(typed: ImmutableMultiDict[str, str] | None = None) -> PrinterForm:
    form = PrinterForm(typed)
    form.offer(tills_of(current_club().id))
    return form


def _page(form: PrinterForm, status: int = 200) -> ResponseReturnValue:
    club = current_club()
    page = render_template(
        "memberships/printing/printers.html",
        form=form,
        club=club,
        printers=printers_of(club.id),
        slips=newest_jobs(club.id),
        waits=PrintState.WAITING,
        printed=PrintState.PRINTED,
    )
    return page, status
