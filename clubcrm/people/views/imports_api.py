"""Views room: tables come in by a program: tried or written, their state, the rows refused."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from clubcrm.core.db import end_reading
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.sheets import SheetError, read_rows
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people import importer, staging
from clubcrm.people.models import ImportBatch
from clubcrm.people.permissions import IMPORT_PEOPLE
from clubcrm.people.queries.batches import any_batch_in, newest_of_all, refused_rows
from clubcrm.people.rules.days import DayOrder
from clubcrm.people.rules.rows import neutral
from clubcrm.people.rules.table_kinds import TablePlace
from clubcrm.people.tables_in import TableOrder, bring_in, kinds, try_table
from clubcrm.people.views.clean_api import clean_api

PEOPLE = "people"
MOST_ROWS = 50_000
LONGEST_SOURCE = 60


class ImportFault(InputSchema):
    """A row that is not taken, and why."""

    number = fields.Integer()
    category = fields.String()
    field = fields.String()
    reason = fields.String()


class ImportReport(InputSchema):
    """What became, or would become, of every row."""

    kind = fields.String()
    dry_run = fields.Boolean()
    batch = fields.Integer(allow_none=True)
    rows = fields.Integer()
    refused = fields.Integer()
    categories = fields.Dict(keys=fields.String(), values=fields.Integer())
    columns = fields.Dict(keys=fields.String(), values=fields.String())
    faults = fields.List(fields.Nested(ImportFault))


class ImportState(InputSchema):
    """A table that was or is being brought in."""

    batch = fields.Integer()
    kind = fields.String()
    file_name = fields.String()
    next_row = fields.Integer()
    categories = fields.Dict(keys=fields.String(), values=fields.Integer())
    started_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class ImportStates(InputSchema):
    """Tables, the newest first, and the kinds that can be brought in."""

    kinds = fields.List(fields.String())
    items = fields.List(fields.Nested(ImportState))


class ImportFaults(InputSchema):
    """Refused rows in the order of the table."""

    items = fields.List(fields.Nested(ImportFault))


class ImportWish(InputSchema):
    """How to read the table that comes as `file` of a form."""

    dry_run = fields.Boolean(load_default=False)
    day_order = fields.Enum(DayOrder, by_value=True, load_default=None)
    source = fields.String(
        load_default="import", validate=validate.Length(min=1, max=LONGEST_SOURCE)
    )


@clean_api.get("/imports")
@clean_api.doc(summary="Tables brought in so far, and what kinds there are")
@require(IMPORT_PEOPLE)
@clean_api.response(200, ImportStates)
def list_imports() -> dict[str, Any]:
    """Return the newest tables."""
    found = newest_of_all(current_actor().scope)
    return {"kinds": [PEOPLE, *kinds()], "items": [_state(one) for one in found]}


@clean_api.post("/imports/<string:kind>")
@clean_api.doc(
    summary="Bring in a table, or try it",
    description=(
        "multipart/form-data: file (CSV or XLSX); with map_FIELD=COLUMN only the named columns are "
        "read, without them the headings are guessed. A killed run goes on where it stopped when "
        "the same table is sent again. 400 DAY_OR_MONTH asks for day_order; "
        "a table of more than 20,000 rows is for `clubcrm import`."
    ),
)
@require(IMPORT_PEOPLE, own_units=True)
@clean_api.arguments(ImportWish, location="query")
@clean_api.response(200, ImportReport)
def post_import(wish: dict[str, Any], kind: str) -> dict[str, Any]:
    """The good rows are kept, each once, or nothing is written when it was only tried."""
    if kind != PEOPLE and kind not in kinds():
        raise not_found(_("There is no such kind of table."))
    club_id, by = current_club().id, current_actor().ref
    token, name = _sent()
    mapping = {
        key.removeprefix("map_"): value
        for key, value in request.form.items()
        if key.startswith("map_") and value
    }
    end_reading()
    place = TablePlace(club_id, wish["source"], by)
    try:
        if kind == PEOPLE:
            return _people(token, name, (mapping, place), wish)
        order = TableOrder(kind, staging.staged(token), name, place, mapping, wish["day_order"])
        found = try_table(order) if wish["dry_run"] else bring_in(order)
    except SheetError as error:
        raise DomainError("BAD_TABLE", str(error), status=400) from error
    finally:
        staging.clear(token)
    return {
        "kind": kind,
        "dry_run": wish["dry_run"],
        "batch": found.batch_id,
        "rows": found.counts.total(),
        "refused": found.refused,
        "categories": dict(found.counts),
        "columns": found.mapping,
        "faults": found.faults,
    }


@clean_api.get("/imports/<int:batch_id>")
@clean_api.doc(summary="How far a table has come")
@require(IMPORT_PEOPLE)
@clean_api.response(200, ImportState)
def get_import(batch_id: int) -> dict[str, Any]:
    """Return the state of the table."""
    return _state(_batch(batch_id))


@clean_api.get("/imports/<int:batch_id>/faults")
@clean_api.doc(summary="The rows of a table that were refused, with the reason of each")
@require(IMPORT_PEOPLE)
@clean_api.arguments(PageArgs, location="query")
@clean_api.response(200, ImportFaults)
def list_faults(asked: dict[str, Any], batch_id: int) -> dict[str, Any]:
    """Return the first refused rows."""
    found = refused_rows(_batch(batch_id).id, asked["limit"])
    names = ("number", "category", "field", "reason")
    return {"items": [{name: getattr(one, name) for name in names} for one in found]}


def _people(
    token: str,
    name: str,
    told: tuple[Mapping[str, str], TablePlace],
    wish: Mapping[str, Any],
) -> dict[str, Any]:
    mapping, place = told
    order = importer.ImportOrder(
        staging.staged(token),
        name,
        place.club_id,
        mapping,
        wish["day_order"],
        place.source,
        place.by,
        current_actor().role,
    )
    found = importer.try_import(order) if wish["dry_run"] else importer.run_import(order)
    plain = found.as_json()
    names = ("rows", "refused", "categories", "columns", "faults")
    shown = {one: plain[one] for one in names}
    return {"kind": PEOPLE, "dry_run": wish["dry_run"], "batch": found.batch_id, **shown}


def _sent() -> tuple[str, str]:
    sent = request.files.get("file")
    if sent is None:
        raise invalid({"file": _("Choose a file first.")})
    content, name = sent.read(), neutral(sent.filename or "")[:100]
    sent.close()
    token = staging.stage(content)
    try:
        rows = sum(1 for _row in read_rows(staging.staged(token)))
    except SheetError as error:
        staging.clear(token)
        raise DomainError("BAD_TABLE", str(error), status=400) from error
    if rows > MOST_ROWS:
        staging.clear(token)
        text = _("This table is long. Bring it in by the command clubcrm import.")
        raise DomainError("TABLE_TOO_LONG", text, status=413)
    return token, name


def _batch(batch_id: int) -> ImportBatch:
    found = any_batch_in(current_actor().scope, batch_id) if batch_id < 2**31 else None
    if found is None:
        raise not_found(_("There is no such import in your clubs."))
    return found


def _state(batch: ImportBatch) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "kind": batch.kind,
        "file_name": batch.file_name,
        "next_row": batch.next_row,
        "categories": batch.counts,
        "started_at": batch.started_at,
        "finished_at": batch.finished_at,
    }
