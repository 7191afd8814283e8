"""`clubcrm import people`: a table of people, tried first or written, with a row-by-row report."""

import csv
import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.sheets import FORMULA_STARTS, SheetError
from clubcrm.people.importer import ImportOrder, Report, run_import, try_import
from clubcrm.people.rules.days import DayOrder
from clubcrm.people.tables_in import TableReport

SHOWN_FAULTS = 30
EXAMPLE = """
\b
Examples:
  clubcrm import people members.csv --dry-run
  clubcrm import people members.xlsx --mapping "full_name=Name,phone=Mobile" --day-first
"""


@click.command("people", epilog=EXAMPLE)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", default="", help="field=column,... or a JSON file; else guessed.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
@click.option("--club", default="", help="Id or name of the club; by default the first one.")
@click.option(
    "--source", default="import", show_default=True, help="Where member numbers are from."
)
@click.option("--day-first/--month-first", "day_first", default=None, help="How 03/04/2001 reads.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Faults as CSV.")
@with_appcontext
def import_people(  # noqa: PLR0913 - one argument per option of the command
    file: Path,
    mapping: str,
    club: str,
    source: str,
    report: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
    day_first: bool | None,
) -> None:
    """Bring in people from FILE; exit 1 when some rows were refused.

    A second run of the same file changes nothing; a killed run goes on where it stopped.
    """
    refuse_unknown_schema()
    order = ImportOrder(
        path=file,
        file_name=file.name,
        club_id=_club_id(club),
        mapping=_mapping(mapping),
        order=_order(day_first),
        source=source,
        by="system",
    )
    try:
        found = try_import(order) if dry_run else run_import(order)
    except SheetError as error:
        raise DomainError("BAD_TABLE", str(error), status=400) from error
    if report is not None:
        _write_faults(report, found)
    _tell(found, as_json=as_json)
    sys.exit(1 if found.refused else 0)


def _club_id(wish: str) -> int:
    with unit_of_work(write=False):
        wanted = select(Club.id).order_by(Club.id)
        if wish:
            wanted = wanted.where(or_(Club.public_id == wish, Club.name == wish))
        found = db.session.scalars(wanted).first()
    if found is None:
        raise invalid({"club": f"There is no club {wish!r}." if wish else "There is no club yet."})
    return found


def _mapping(text: str) -> dict[str, str]:
    if not text:
        return {}
    if Path(text).is_file():
        try:
            told = json.loads(Path(text).read_text(encoding="utf-8"))
        except ValueError as error:
            raise invalid({"mapping": f"{text} is not valid JSON."}) from error
        if isinstance(told, dict):
            return {str(field): str(column) for field, column in told.items()}
        raise invalid({"mapping": f"{text} must hold an object of field: column."})
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(field.strip() and equals for field, equals, _column in pairs):
        raise invalid({"mapping": "Write field=column pairs, joined by commas."})
    return {field.strip(): column.strip() for field, _equals, column in pairs}


def _order(day_first: bool | None) -> DayOrder | None:
    if day_first is None:
        return None
    return DayOrder.DAY_FIRST if day_first else DayOrder.MONTH_FIRST


def _tell(report: Report, *, as_json: bool) -> None:
    told = report.as_json()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    verb = "would be " if report.is_dry else ""
    click.echo(f"{told['rows']} rows read")
    click.echo(f"  {told['new']} {verb}new")
    click.echo(f"  {told['linked']} {verb}linked to people already here")
    click.echo(f"  {told['known']} already here, unchanged")
    click.echo(f"  {told['repeated']} repeat a row above")
    click.echo(f"  {told['refused']} refused")
    for name, column in told["columns"].items():
        click.echo(f"  column {column!r} read as {name}")
    for column in told["unused_columns"]:
        click.echo(f"  column {column!r} not used")
    for fault in report.faults[:SHOWN_FAULTS]:
        click.echo(f"  row {fault.number}: {fault.field}: {fault.reason}", err=True)
    if len(report.faults) > SHOWN_FAULTS:
        rest = len(report.faults) - SHOWN_FAULTS
        click.echo(f"  and {rest} more; --report FILE writes them all", err=True)


def _write_faults(path: Path, report: Report | TableReport) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["row", "category", "field", "reason"])
        for fault in report.faults:
            line = [str(fault.number), fault.category, fault.field, fault.reason]
            lines.writerow(
                [f"'{text}" if text.startswith(FORMULA_STARTS) else text for text in line]
            )
