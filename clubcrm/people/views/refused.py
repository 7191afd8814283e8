"""Views room: the rows of a table that were not taken, as a file to mend and bring again."""

from collections.abc import Iterator

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import not_found
from clubcrm.core.export import CSV, Cell, download
from clubcrm.core.web import current_actor, require
from clubcrm.people.models import ImportBatch
from clubcrm.people.permissions import IMPORT_PEOPLE
from clubcrm.people.queries.batches import all_refused, any_batch_in
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.clean_api import clean_api
from clubcrm.people.views.words import spoken


@people.get("/imports/done/<int:batch_id>/refused.csv")
@require(IMPORT_PEOPLE)
def take_refused(batch_id: int) -> ResponseReturnValue:
    return _file(batch_id)


@clean_api.get("/imports/<int:batch_id>/refused.csv")
@clean_api.doc(
    summary="The refused rows of a table as CSV, to mend and bring again",
    description="The columns of the table, and one more that says why; safe from formulas.",
)
@require(IMPORT_PEOPLE)
def take_refused_rows(batch_id: int) -> Response:
    """Return the file."""
    return _file(batch_id)


def _file(batch_id: int) -> Response:
    batch = any_batch_in(current_actor().scope, batch_id) if batch_id < 2**31 else None
    if batch is None:
        raise not_found(_("There is no such import in your clubs."))
    why = _("Why it was not taken")
    heads = [name for name in _heads(batch) if name != why]
    return download(f"refused-{batch.id}", CSV, [*heads, why], _lines(batch.id, heads))


def _lines(batch_id: int, heads: list[str]) -> Iterator[list[Cell]]:
    for cells, reason in all_refused(batch_id):
        yield [*(str(cells.get(name, "")) for name in heads), spoken(reason)]


def _heads(batch: ImportBatch) -> list[str]:
    """Return the columns in the order of the table; of old imports those that are known."""
    kept = batch.mapping.get("head")
    if kept:
        return [str(name) for name in kept]
    return list(dict.fromkeys(name for cells, _why in all_refused(batch.id) for name in cells))
