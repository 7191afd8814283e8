"""Reads tables people send: CSV in any encoding and dialect, XLSX in a limited child process."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

LARGEST_FILE = 25 * 1024 * 1024
LARGEST_CELL = 20_000
SAMPLE = 200_000
DELIMITERS = ",;\t|"
XLSX_SECONDS = 120
# What the reader of workbooks says in English, named here so that the catalogues know it.
WORKBOOK_SENTENCES = (
    _l("A sheet may have 200,000 rows and 200 columns. Split it, or save it as CSV."),
    _l("The workbook holds a document type."),
    _l("The workbook is too large once unpacked. Save it as CSV."),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class SheetError(ValueError):
    """The file cannot be read as a table; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line below the header, with the number a person sees beside it."""

    number: int
    cells: dict[str, str]


def read_rows(path: Path) -> Iterator[Row]:
    """Every non-empty row below the header, cells as trimmed text; raises SheetError."""
    lines = _lines(path)
    header = _header(next(lines, []))
    for number, line in enumerate(lines, start=2):
        cells = [_plain(cell) for cell in line]
        if any(cells):
            names = header + [f"column {n}" for n in range(len(header) + 1, len(cells) + 1)]
            padded = cells + [""] * (len(names) - len(cells))
            yield Row(number, dict(zip(names, padded, strict=True)))


def column_names(path: Path) -> list[str]:
    """The names in the header row; raises SheetError."""
    return _header(next(_lines(path), []))


def _lines(path: Path) -> Iterator[list[str]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SheetError(_("The file is larger than 25 MB. Split it and send the parts."))
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as cause:
        text = _("%(name)s cannot be read (%(why)s).", name=path.name, why=cause.strerror)
        raise SheetError(text) from cause
    if start == b"PK\x03\x04":
        return _workbook_lines(path)
    return _csv_lines(decode(path.read_bytes()))


def decode(content: bytes) -> str:
    """The text of a file: UTF-8 first, then what its bytes look like; raises SheetError."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if (silent := _silent_utf16(content)) is not None:
        return content.decode(silent, "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(content[:SAMPLE]).best()
    if best is None:
        raise SheetError(_("The letters of this file cannot be made out. Save it as UTF-8."))
    return content.decode(best.encoding, "replace")


def _silent_utf16(content: bytes) -> str | None:
    """Which UTF-16 it is without saying so: every other byte of its plain letters is zero."""
    start = content[:SAMPLE]
    low, high = start[1::2].count(0), start[::2].count(0)
    most, least = max(low, high), min(low, high)
    if len(content) % 2 or most < max(4, len(start) // 16) or least * 20 > most:
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _csv_lines(text: str) -> Iterator[list[str]]:
    if "\0" in text:
        raise SheetError(_("This is not a table: it holds bytes that are not text."))
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as cause:
        text = _("Line %(line)s cannot be read (%(why)s).", line=reader.line_num, why=str(cause))
        raise SheetError(text) from cause


def _workbook_lines(path: Path) -> Iterator[list[str]]:
    reader = Path(__file__).with_name("workbook.py")
    command = [sys.executable, "-I", str(reader), str(path.resolve())]
    try:
        answer = subprocess.run(  # noqa: S603 - our own module, the path is one argument
            command, capture_output=True, timeout=XLSX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as cause:
        text = _("The workbook takes too long to read. Save the sheet as CSV.")
        raise SheetError(text) from cause
    if answer.returncode != 0:
        told = answer.stderr.decode("utf-8", "replace").strip().splitlines()
        plain = told[-1] if answer.returncode == 3 and told else ""
        damaged = _("The workbook is damaged or too large. Save the sheet as CSV.")
        raise SheetError(_(plain) if plain else damaged)
    for line in answer.stdout.splitlines():
        yield json.loads(line)


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1)]
    if not names:
        raise SheetError(_("The file is empty."))
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        text = _("Two columns have the same name: %(names)s.", names=", ".join(sorted(doubled)))
        raise SheetError(text)
    return names


def _plain(cell: str) -> str:
    # A leading apostrophe is how exports keep a spreadsheet from running text as a formula.
    if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS:
        cell = cell[1:]
    return cell.strip()
