"""`clubcrm import visits`: a table of past visits, tried first or written, with a row report."""

import json
import sys
from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from access_control.importer import VisitOrder, VisitReport, import_visits
from access_control.rules.visit_rows import MappingError
from access_control.services.newcomers import NewcomerTerms
from clubcrm.cli.people import _mapping
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.sheets import SheetError

SHOWN_FAULTS = 30
EXAMPLE = """
\b
Examples:
  clubcrm import visits visits.csv --dry-run
  clubcrm import visits visits.csv --take club=3 --club Harbour --create-people --contract-days 90
"""


@click.command("visits", epilog=EXAMPLE)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", default="", help="field=column,... or a JSON file; else guessed.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
@click.option("--club", default="", help="Name or id of the club of all rows; else per row.")
@click.option("--take", default="", help="Only rows with column=value,...")
@click.option("--source", default="import", show_default=True, help="Whose member numbers.")
@click.option("--create-people", is_flag=True, help="Members known only by number come in.")
@click.option("--contract-days", type=click.IntRange(1, 3660), help="With a contract so long,")
@click.option("--contract-from", type=click.DateTime(["%Y-%m-%d"]), help="from here on.")
@click.option("--people-only", is_flag=True, help="Members only; terminals bring the visits.")
@with_appcontext
def import_visits_command(  # noqa: PLR0913 - one argument per option of the command
    file: Path, mapping: str, club: str, take: str, source: str, contract_days: int | None,
    contract_from: datetime | None, *, dry_run: bool, as_json: bool, create_people: bool,
    people_only: bool,
) -> None:  # fmt: skip
    """Bring in past visits from FILE; exit 1 when some rows were refused.

    A second run of the same file adds nothing.
    """
    refuse_unknown_schema()
    starts_on: date | None = contract_from.date() if contract_from else None
    order = VisitOrder(
        path=file,
        club=club,
        mapping=_mapping(mapping),
        take=_pairs(take),
        source=source,
        newcomers=NewcomerTerms(contract_days, starts_on) if create_people else None,
        people_only=people_only,
    )
    try:
        report = import_visits(order, dry_run=dry_run)
    except (SheetError, MappingError) as error:
        raise DomainError("BAD_TABLE", str(error), status=400) from error
    _tell(report, as_json=as_json)
    sys.exit(1 if report.refused else 0)


def _pairs(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair]
    if not all(name and equals for name, equals, _value in pairs):
        raise invalid({"take": "Write column=value pairs, joined by commas."})
    return {name.strip(): value.strip() for name, _equals, value in pairs}


def _tell(report: VisitReport, *, as_json: bool) -> None:
    told = report.as_json()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    verb = "would be " if report.is_dry else ""
    click.echo(f"{told['rows']} rows read")
    click.echo(f"  {told['new']} {verb}new visits")
    click.echo(f"  {told['known']} already here, unchanged")
    click.echo(f"  {told['repeated']} repeat a row above")
    click.echo(f"  {told['refused']} refused")
    click.echo(f"  {told['people_created']} members {verb}created")
    for fault in report.faults[:SHOWN_FAULTS]:
        click.echo(f"  row {fault.number}: {fault.field}: {fault.reason}", err=True)
    if len(report.faults) > SHOWN_FAULTS:
        click.echo(f"  and {len(report.faults) - SHOWN_FAULTS} more", err=True)
