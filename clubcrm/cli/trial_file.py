"""Columns of a trial in a CSV of anybody's: what each row says, or which cell of it is wrong."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from clubcrm.core.sheets import DELIMITERS, SheetError, decode

COLUMNS = ("member", "touchpoint", "arm", "pre28", "post28", "renewed")
UNKNOWN = -1.0
ARMS = {"T": 1, "H": 0}
YES_OR_NO = {"1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "": UNKNOWN}
MOST_VISITS = 1000
SHOWN_FAULTS = 20


class WrongCellError(ValueError):
    """A cell does not say what its column asks for; the text names the column and the cell."""

    def __init__(self, column: str, cell: str, expected: str) -> None:
        """The text says what stands in the column and what is expected there."""
        super().__init__(f"column {column}: {cell!r} is not {expected}.")


def read_trial(source: Path) -> dict[str, dict[str, Any]]:
    """Return the columns of each touchpoint of a file; ends with every cell that is wrong.

    A member's later lines of the same touchpoint are further cycles; errors allow for them.
    """
    tables: dict[str, dict[str, Any]] = {}
    people: dict[str, int] = {}
    faults: list[str] = []
    try:
        for number, row in _rows(source):
            try:
                _take(row, tables, people)
            except WrongCellError as wrong:
                faults.append(f"Row {number}, {wrong}")
    except (SheetError, csv.Error) as unread:
        raise click.ClickException(str(unread)) from unread
    if faults:
        left = len(faults) - SHOWN_FAULTS
        more = [f"... and {left} more rows that are wrong."] if left > 0 else []
        raise click.ClickException("\n".join([*faults[:SHOWN_FAULTS], *more]))
    if not tables:
        raise click.ClickException("The file has no rows.")
    return tables


def _rows(source: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row that is not empty, with the number that a spreadsheet shows beside it."""
    lines = decode(source.read_bytes()).splitlines()
    head = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=max(DELIMITERS, key=head.count))
    names = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise click.ClickException(
            f"Row 1 lacks the columns {', '.join(missing)}. Expected: {','.join(COLUMNS)}."
        )
    for number, line in enumerate(reader, start=2):
        cells = [cell.strip() for cell in line]
        if any(cells):
            padded = cells + [""] * (len(names) - len(cells))
            yield number, dict(zip(names, padded, strict=False))


def _take(row: dict[str, str], tables: dict[str, dict[str, Any]], people: dict[str, int]) -> None:
    for name in ("member", "touchpoint"):
        if not row[name]:
            raise WrongCellError(name, "", "a name or number")
    arm = ARMS.get(row["arm"].upper())
    if arm is None:
        raise WrongCellError("arm", row["arm"], "T (spoken to) or H (held out)")
    renewed = YES_OR_NO.get(row["renewed"].lower())
    if renewed is None:
        raise WrongCellError("renewed", row["renewed"], "1, 0, yes, no, or empty while unknown")
    values = {
        "treated": arm,
        "before": _visits(row, "pre28"),
        "primary": _visits(row, "post28"),
        "renewed": renewed,
        "person": people.setdefault(row["member"], len(people)),
    }
    table = tables.setdefault(row["touchpoint"], {"outcome": "visits"})
    for name, value in values.items():
        table.setdefault(name, []).append(value)


def _visits(row: dict[str, str], name: str) -> float:
    if not row[name]:
        return UNKNOWN
    try:
        value = float(row[name])
    except ValueError:
        value = UNKNOWN
    if not 0 <= value < MOST_VISITS:
        raise WrongCellError(name, row[name], "a number of visits, or empty while unknown")
    return value
