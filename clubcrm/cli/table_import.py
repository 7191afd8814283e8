"""`clubcrm import contracts|packages|leads`: a table of a registered kind, with a row report."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from clubcrm.cli.people import _club_id, _mapping, _order, _write_faults
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core.errors import DomainError
from clubcrm.core.sheets import SheetError
from clubcrm.core.types import JsonObject
from clubcrm.people.rules.table_kinds import KNOWN, NEW, REPEATED, TablePlace
from clubcrm.people.tables_in import TableOrder, TableReport, bring_in, try_table

SHOWN_FAULTS = 30
ONCE = (
    "Exit 1 when some rows were refused. A second run adds nothing; a killed run goes on where it "
    "stopped."
)
KINDS = {
    "contracts": "Bring in contracts from FILE, of people who are here or come along.",
    "packages": "Bring in packages of units from FILE with what is left of them.",
    "leads": "Bring in leads from FILE with their stage, source and owner.",
}


def commands() -> list[click.Command]:
    """Return one command for each kind of table."""
    return [_command(kind, words) for kind, words in KINDS.items()]


def _command(kind: str, words: str) -> click.Command:
    example = (
        f"\n\b\nExamples:\n  clubcrm import {kind} {kind}.csv --dry-run\n"
        f'  clubcrm import {kind} {kind}.xlsx --mapping "phone=Mobile" --day-first\n'
    )

    @click.command(kind, epilog=example, help=f"{words}\n\n{ONCE}")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--mapping", default="", help="field=column,... or a JSON file; else guessed.")
    @click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
    @click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
    @click.option("--club", default="", help="Id or name of the club; by default the first one.")
    @click.option("--source", default="import", show_default=True, help="Whose numbers.")
    @click.option("--day-first/--month-first", "day_first", default=None, help="How 3/4/01 reads.")
    @click.option(
        "--report", type=click.Path(dir_okay=False, path_type=Path), help="Faults as CSV."
    )
    @with_appcontext
    def bring(  # noqa: PLR0913 - one argument per option of the command
        file: Path, mapping: str, club: str, source: str, report: Path | None, *, dry_run: bool,
        as_json: bool, day_first: bool | None,
    ) -> None:  # fmt: skip
        refuse_unknown_schema()
        place = TablePlace(_club_id(club), source, "system")
        order = TableOrder(kind, file, file.name, place, _mapping(mapping), _order(day_first))
        try:
            found = try_table(order) if dry_run else bring_in(order)
        except SheetError as error:
            raise DomainError("BAD_TABLE", str(error), status=400) from error
        if report is not None:
            _write_faults(report, found)
        _tell(found, dry_run=dry_run, as_json=as_json)
        sys.exit(1 if found.refused else 0)

    return bring


def report_of(found: TableReport, *, dry_run: bool) -> JsonObject:
    """Return the report as plain values, in the words of the other imports."""
    return {
        "dry_run": dry_run,
        "rows": found.counts.total(),
        "new": found.counts[NEW],
        "known": found.counts[KNOWN],
        "repeated": found.counts[REPEATED],
        "refused": found.refused,
        "categories": dict(sorted(found.counts.items())),
        "columns": found.mapping,
        "faults": [asdict(one) for one in found.faults],
    }


def _tell(found: TableReport, *, dry_run: bool, as_json: bool) -> None:
    told = report_of(found, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    verb = "would be " if dry_run else ""
    click.echo(f"{told['rows']} rows read")
    click.echo(f"  {told['new']} {verb}new")
    click.echo(f"  {told['known']} already here, unchanged")
    click.echo(f"  {told['repeated']} repeat a row above")
    click.echo(f"  {told['refused']} refused")
    for name, column in found.mapping.items():
        click.echo(f"  column {column!r} read as {name}")
    for fault in found.faults[:SHOWN_FAULTS]:
        click.echo(f"  row {fault.number}: {fault.field}: {fault.reason}", err=True)
    if len(found.faults) > SHOWN_FAULTS:
        rest = len(found.faults) - SHOWN_FAULTS
        click.echo(f"  and {rest} more; --report FILE writes them all", err=True)
