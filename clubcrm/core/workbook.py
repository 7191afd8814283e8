"""The child process that opens one XLSX file under limits and prints its rows as JSON lines.

A hostile workbook can cost a gigabyte and never end; here it costs this process only.
"""

import json
import resource
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 60
UNPACKED = 50 * 1024 * 1024
ENTRIES = 1_000
RATIO = 100
ROWS = 200_000
COLUMNS = 200
HEAD = 65_536
REFUSED = 3


class WorkbookRefusedError(Exception):
    """The workbook goes beyond the limits; the text says which."""


def check_archive(path: Path) -> None:
    """The archive may be unpacked: few entries, honest ratio, no document types. Else raises."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = max(1, sum(entry.compress_size for entry in entries))
        if len(entries) > ENTRIES or unpacked > UNPACKED or unpacked / packed > RATIO:
            raise WorkbookRefusedError("The workbook is too large once unpacked. Save it as CSV.")
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    if b"<!DOCTYPE" in part.read(HEAD).upper():
                        raise WorkbookRefusedError("The workbook holds a document type.")


def text_of(value: object) -> str:
    """A cell as text: ISO dates, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def print_rows(path: Path) -> None:
    """Every row of the first sheet stands on stdout; raises WorkbookRefusedError beyond limits."""
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > ROWS or len(row) > COLUMNS:
            raise WorkbookRefusedError(
                f"A sheet may have {ROWS:,} rows and {COLUMNS} columns."
                " Split it, or save it as CSV."
            )
        cells = [text_of(value) for value in row]
        sys.stdout.write(json.dumps(cells, ensure_ascii=True) + "\n")


def main(path: Path) -> int:
    """The rows are printed, or one line on stderr says why not (exit 3)."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        check_archive(path)
        print_rows(path)
    except WorkbookRefusedError as cause:
        sys.stderr.write(f"{cause}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
