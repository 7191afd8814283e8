"""Views room: bring in people from a table: send it, look at what would happen, confirm, report."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.db import end_reading
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.sheets import SheetError, column_names
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people import staging
from clubcrm.people.importer import TAKEN, ImportOrder, Report, run_import, try_import
from clubcrm.people.models import ImportBatch
from clubcrm.people.permissions import IMPORT_PEOPLE
from clubcrm.people.queries.about import own_columns
from clubcrm.people.queries.batches import batch_in, newest_batches, refused_rows
from clubcrm.people.rules.columns import FIELDS, guess_columns
from clubcrm.people.rules.days import DayOrder
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.words import category_words, field_words, spoken

MOST_ROWS = 50_000
SHOWN_ROWS = 200
Told = dict[str, str]


@people.get("/members/import")
@require(IMPORT_PEOPLE)
def import_start() -> ResponseReturnValue:
    return _start_page("")


@people.post("/members/import")
@require(IMPORT_PEOPLE, own_units=True)
def import_upload() -> ResponseReturnValue:
    content, name = b"", ""
    if sent := request.files.get("table"):
        content, name = sent.read(), (sent.filename or "")[:100]
        sent.close()
    if not content:
        return _start_page(_("Choose a file first.")), 400
    token = staging.stage(content)
    try:
        column_names(staging.staged(token))
    except SheetError as error:
        staging.clear(token)
        return _start_page(str(error)), 400
    return redirect(url_for("people.import_preview", token=token, name=name), 303)


@people.get("/members/import/<token>")
@require(IMPORT_PEOPLE, own_units=True)
def import_preview(token: str) -> ResponseReturnValue:
    path = staging.staged(token)
    told, club, own = _told(request.args), current_club(), _own_labels()
    end_reading()
    columns = column_names(path)
    order = ImportOrder(
        path,
        request.args.get("name", "")[:100],
        club.id,
        told,
        _order(request.args),
        by=current_actor().ref,
        role=current_actor().role,
    )
    report, refusal, ask_order = _tried(order)
    page = render_template(
        "clubcrm/people/import_preview.html",
        token=token,
        name=order.file_name,
        club=club,
        columns=columns,
        told=told or guess_columns(columns, own),
        fields=[*((field, field_words(field)) for field in FIELDS), *own.items()],
        order=order.order,
        ask_order=ask_order,
        refusal=refusal,
        report=report,
        too_long=report is not None and report.counts.total() > MOST_ROWS,
        category_words=category_words,
        spoken=spoken,
        shown=SHOWN_ROWS,
    )
    return page, 200


@people.post("/members/import/<token>")
@require(IMPORT_PEOPLE, own_units=True)
def import_run(token: str) -> ResponseReturnValue:
    club, by = current_club(), current_actor().ref
    path = staging.staged(token)
    told, role = _told(request.form), current_actor().role
    end_reading()
    name = request.form.get("name", "")[:100]
    order = ImportOrder(path, name, club.id, told, _order(request.form), by=by, role=role)
    try:
        report = run_import(order)
    except SheetError as error:
        raise DomainError("BAD_TABLE", str(error), status=400) from error
    staging.clear(token)
    return redirect(url_for("people.import_report", batch_id=report.batch_id), 303)


@people.get("/members/import/done/<int:batch_id>")
@require(IMPORT_PEOPLE)
def import_report(batch_id: int) -> ResponseReturnValue:
    batch = batch_in(current_actor().scope, batch_id) if batch_id < 2**63 else None
    if batch is None:
        raise not_found(_("There is no such import in your clubs."))
    return render_template(
        "clubcrm/people/import_report.html",
        batch=batch,
        counts=batch.counts,
        refused=sum(count for name, count in batch.counts.items() if name not in TAKEN),
        rows=refused_rows(batch.id, SHOWN_ROWS),
        category_words=category_words,
        field_words=field_words,
        spoken=spoken,
        zone=_zone(batch),
    )


def _tried(order: ImportOrder) -> tuple[Report | None, str, bool]:
    try:
        return try_import(order), "", False
    except SheetError as error:
        return None, str(error), False
    except DomainError as error:
        return None, spoken(error.text), error.code == "DAY_OR_MONTH"


def _told(given: Mapping[str, str]) -> Told:
    """Return field -> column as chosen on the page; empty while nobody chose."""
    names = (*FIELDS, *_own_labels())
    return {field: given[f"map_{field}"] for field in names if given.get(f"map_{field}")}


def _own_labels() -> Told:
    """Return the club's own fields that the reader's role sees, by their names in the mapping."""
    return {one.name: one.label for one in own_columns(current_actor().role)}


def _order(given: Mapping[str, str]) -> DayOrder | None:
    wish = given.get("day_order", "")
    return DayOrder(wish) if wish in set(DayOrder) else None


def _start_page(fault: str) -> str:
    club = current_club()
    return render_template(
        "clubcrm/people/import_start.html",
        fault=fault,
        club=club,
        batches=newest_batches(current_actor().scope),
        zone=club.zone,
    )


def _zone(batch: ImportBatch) -> str:
    return next((club.zone for club in my_clubs() if club.id == batch.club_id), "UTC")
