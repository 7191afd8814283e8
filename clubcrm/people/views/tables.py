"""Views room: bring in any kind of table: send it, say which column is what, look, confirm."""

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
from clubcrm.people.permissions import IMPORT_PEOPLE
from clubcrm.people.queries.batches import any_batch_in, newest_of_all, refused_rows
from clubcrm.people.rules.days import DayOrder
from clubcrm.people.rules.rows import neutral
from clubcrm.people.rules.table_kinds import TAKEN, TableKind, TablePlace, guess_fields
from clubcrm.people.tables_in import (
    TableOrder,
    TableReport,
    bring_in,
    kind_named,
    kinds,
    try_table,
)
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.table_words import in_order, outcome_words
from clubcrm.people.views.words import spoken

SHOWN_ROWS = 200
MOST_ROWS = 50_000


@people.get("/imports")
@require(IMPORT_PEOPLE)
def imports() -> ResponseReturnValue:
    club = current_club()
    return render_template(
        "clubcrm/people/imports.html",
        kinds=list(kinds().values()),
        batches=newest_of_all(current_actor().scope),
        titles={kind.name: kind.title for kind in kinds().values()},
        zone=club.zone,
    )


@people.get("/imports/<kind>")
@require(IMPORT_PEOPLE)
def table_start(kind: str) -> ResponseReturnValue:
    return _start_page(kind_named(kind), "")


@people.post("/imports/<kind>")
@require(IMPORT_PEOPLE, own_units=True)
def table_upload(kind: str) -> ResponseReturnValue:
    chosen = kind_named(kind)
    content, name = b"", ""
    if sent := request.files.get("table"):
        content, name = sent.read(), (sent.filename or "")[:100]
        sent.close()
    if not content:
        return _start_page(chosen, _("Choose a file first.")), 400
    token = staging.stage(content)
    try:
        column_names(staging.staged(token))
    except SheetError as error:
        staging.clear(token)
        return _start_page(chosen, str(error)), 400
    return redirect(url_for("people.table_preview", kind=kind, token=token, name=name), 303)


@people.get("/imports/<kind>/<token>")
@require(IMPORT_PEOPLE, own_units=True)
def table_preview(kind: str, token: str) -> ResponseReturnValue:
    chosen, path = kind_named(kind), staging.staged(token)
    return render_template(
        "clubcrm/people/import_table.html",
        kind=chosen,
        token=token,
        name=request.args.get("name", "")[:100],
        columns=column_names(path),
        told=guess_fields(chosen, column_names(path)),
        order="",
        report=None,
        refusal="",
        ask_order=False,
        outcome_words=outcome_words,
        in_order=in_order,
        spoken=spoken,
        shown=SHOWN_ROWS,
    )


@people.post("/imports/<kind>/<token>")
@require(IMPORT_PEOPLE, own_units=True)
def table_run(kind: str, token: str) -> ResponseReturnValue:
    """Tried until somebody confirms: trying takes back each step, so it is asked for by a form."""
    chosen, path = kind_named(kind), staging.staged(token)
    order = _order_of(chosen, token)
    club = current_club()
    end_reading()
    report, refusal, ask_order = None, "", False
    try:
        if request.form.get("do") == "bring":
            done = bring_in(order)
            staging.clear(token)
            return redirect(url_for("people.table_report", batch_id=done.batch_id), 303)
        report = try_table(order)
    except SheetError as error:
        refusal = str(error)
    except DomainError as error:
        refusal, ask_order = error.text, error.code == "DAY_OR_MONTH"
    page = render_template(
        "clubcrm/people/import_table.html",
        kind=chosen,
        token=token,
        name=order.file_name,
        club=club,
        columns=column_names(path),
        told=order.mapping or guess_fields(chosen, column_names(path)),
        order=order.order or "",
        report=report,
        refusal=refusal,
        ask_order=ask_order,
        too_long=report is not None and _rows(report) > MOST_ROWS,
        outcome_words=outcome_words,
        in_order=in_order,
        spoken=spoken,
        shown=SHOWN_ROWS,
    )
    return page, 400 if refusal else 200


@people.get("/imports/done/<int:batch_id>")
@require(IMPORT_PEOPLE)
def table_report(batch_id: int) -> ResponseReturnValue:
    batch = any_batch_in(current_actor().scope, batch_id) if batch_id < 2**31 else None
    if batch is None:
        raise not_found(_("There is no such import in your clubs."))
    club = next(one for one in my_clubs() if one.id == batch.club_id)
    return render_template(
        "clubcrm/people/import_done.html",
        batch=batch,
        kind=kinds().get(batch.kind),
        counts=batch.counts,
        refused=sum(count for name, count in batch.counts.items() if name not in TAKEN),
        rows=refused_rows(batch.id, SHOWN_ROWS),
        outcome_words=outcome_words,
        in_order=in_order,
        spoken=spoken,
        zone=club.zone,
    )


def _order_of(kind: TableKind, token: str) -> TableOrder:
    form: Mapping[str, str] = request.form
    wish = form.get("day_order", "")
    return TableOrder(
        kind.name,
        staging.staged(token),
        neutral(form.get("name", ""))[:100],
        TablePlace(current_club().id, form.get("source", "") or "import", current_actor().ref),
        {one.name: form[f"map_{one.name}"] for one in kind.fields if form.get(f"map_{one.name}")},
        DayOrder(wish) if wish in set(DayOrder) else None,
    )


def _rows(report: TableReport) -> int:
    return report.counts.total()


def _start_page(kind: TableKind, fault: str) -> str:
    return render_template(
        "clubcrm/people/import_kind.html", kind=kind, fault=fault, club=current_club()
    )
