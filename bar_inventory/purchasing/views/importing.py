"""Views room: tables come in: their columns named by hand, then tried, then written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bar_inventory.permissions import EDIT_PRODUCTS
from bar_inventory.purchasing.importing import (
    MOST_FAULTS,
    Report,
    TableOrder,
    guess_columns,
    import_products,
    import_sales,
    import_stock,
)
from bar_inventory.purchasing.uploads import (
    LARGEST_FILE,
    forget_upload,
    keep_upload,
    upload_path,
)
from bar_inventory.purchasing.words import column_words
from clubcrm.core.db import end_reading
from clubcrm.core.errors import not_found
from clubcrm.core.sheets import SheetError, column_names, read_rows
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require

bar_import = Blueprint("bar_import", __name__, url_prefix="/stock/import")
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """What a table may hold: its columns, those that are needed, and who brings it in."""

    columns: tuple[str, ...]
    needed: tuple[str, ...]
    bring_in: Callable[[TableOrder], Report]


KINDS: Mapping[str, Kind] = {
    "products": Kind(
        ("name", "kind", "unit", "sku", "barcode", "price", "member_price"),
        ("name",),
        import_products,
    ),
    "stock": Kind(
        ("name", "barcode", "sku", "place", "units", "cost", "expires"),
        ("units",),
        import_stock,
    ),
    "sales": Kind(
        ("name", "day", "time", "ticket", "units", "amount"), ("name", "day"), import_sales
    ),
}


@bar_import.get("")
@require(EDIT_PRODUCTS)
def start() -> ResponseReturnValue:
    """What may be brought in, and the file."""
    return _start()


@bar_import.post("")
@require(EDIT_PRODUCTS)
def send() -> ResponseReturnValue:
    """The table is here; its columns are named next."""
    content = b""
    if sent := request.files.get("table"):
        content = sent.read(LARGEST_FILE + 1)
        sent.close()
    if not content:
        return _start(_("Choose a file first."))
    if len(content) > LARGEST_FILE:
        return _start(_("The file is larger than 25 MB. Split it and send the parts."))
    club = current_club()
    key = keep_upload(club.id, content)
    try:
        column_names(_path(key))
    except SheetError as error:
        forget_upload(club.id, key)
        return _start(str(error))
    return redirect(url_for("bar_import.columns", key=key, what=_what()), 303)


@bar_import.get("/<key>")
@require(EDIT_PRODUCTS)
def columns(key: str) -> ResponseReturnValue:
    """Which heading means what, with the first rows beside it."""
    return _columns(key, guess_columns(column_names(_path(key))))


@bar_import.post("/<key>")
@require(EDIT_PRODUCTS, own_units=True)
def run(key: str) -> ResponseReturnValue:
    """The table was tried, or it is in."""
    club, by, path = current_club(), current_actor().ref, _path(key)
    kind, is_dry = KINDS[_what()], request.form.get("act") != "write"
    headings = set(column_names(path))
    chosen = {
        ours: request.form[ours] for ours in kind.columns if request.form.get(ours) in headings
    }
    missing = [ours for ours in kind.needed if ours not in chosen]
    if missing:
        return _columns(key, chosen, missing=missing, status=400)
    end_reading()
    report = kind.bring_in(
        TableOrder(path, club.id, is_dry=is_dry, source="import", by=by, columns=chosen)
    )
    if is_dry:
        return _columns(key, chosen, report=report)
    forget_upload(club.id, key)
    if not report.faults:
        flash(
            _(
                "%(taken)s rows are in, %(known)s were here already.",
                taken=report.taken,
                known=report.known,
            ),
            "success",
        )
        return redirect(url_for(_after(_what())), 303)
    return _start(report=report)


def _start(said: str = "", report: Report | None = None) -> ResponseReturnValue:
    page = render_template(
        "bar_inventory/purchasing/import.html",
        said=said,
        report=report,
        faults=report.faults[:MOST_FAULTS] if report else [],
        what=_what(),
    )
    return page, 400 if said else 200


def _columns(
    key: str,
    chosen: Mapping[str, str],
    *,
    missing: list[str] | None = None,
    report: Report | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    path = _path(key)
    kind, headings = KINDS[_what()], column_names(path)
    page = render_template(
        "bar_inventory/purchasing/import_columns.html",
        key=key,
        what=_what(),
        kind=kind,
        headings=headings,
        pairs=[("", "–"), *((one, one) for one in headings)],
        rows=list(islice(read_rows(path), SAMPLE)),
        chosen=chosen,
        missing=missing or [],
        report=report,
        faults=report.faults[:MOST_FAULTS] if report else [],
        column_words=column_words,
    )
    return page, status


def _after(what: str) -> str:
    return {"stock": "stock.index", "sales": "orders.index"}.get(what, "bar_products.index")


def _what() -> str:
    wanted = request.values.get("what", "")
    return wanted if wanted in KINDS else "products"


def _path(key: str) -> Path:
    path = upload_path(current_club().id, key)
    if path is None:
        raise not_found(_("This file is no longer here. Send it again."))
    return path
