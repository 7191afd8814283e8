"""Tables that leave the house: CSV and XLSX in which no text can ever run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from clubcrm.core.sheets import FORMULA_STARTS

Cell = str | int | Decimal | date | None
CSV, XLSX = "csv", "xlsx"
KINDS = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def amount(minor: int, currency: str) -> Decimal:
    """Return minor units as the exact number a sheet calculates with."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def safe(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula; the import undoes it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the table as CSV in UTF-8 with a mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(head) for head in heads])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the table as a workbook of one sheet; texts are cells of text, amounts numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    for row in ([*heads], *rows):
        sheet.append([_typed(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def download(
    name: str, kind: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Response:
    """Return the answer that hands over the table as a file, CSV unless a workbook is wanted."""
    chosen = kind if kind in KINDS else CSV
    content = as_xlsx(heads, rows) if chosen == XLSX else as_csv(heads, rows)
    answer = Response(content, mimetype=KINDS[chosen].partition(";")[0])
    answer.headers["Content-Type"] = KINDS[chosen]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{chosen}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return safe(cell) if isinstance(cell, str) else str(cell)


def _typed(sheet: Any, cell: Cell) -> object:
    if not isinstance(cell, str):
        return cell
    made = WriteOnlyCell(sheet, value=safe(cell))
    made.data_type = "s"
    return made
