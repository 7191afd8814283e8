"""`clubcrm journeys results`: what each touchpoint does, from the store or from a file."""

import csv
import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.reports.analyst import ask
from clubcrm.reports.told import latest_runs

COLUMNS = ("member", "touchpoint", "arm", "pre28", "post28", "renewed")
UNKNOWN = -1.0
ARMS = {"T": 1, "H": 0}
YES_OR_NO = {"1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "": UNKNOWN}


@click.command()
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with the columns member,touchpoint,arm(T|H),pre28,post28,renewed.",
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def results(context: click.Context, source: Path | None, *, as_json: bool) -> None:
    """Say what each touchpoint does: difference, interval, verdict; analysed as assigned.

    Example: clubcrm journeys results --from trial.csv --json
    """
    if source is not None:
        try:
            found = ask("effects", {"touchpoints": read_file(source)})
        except DomainError as refusal:
            raise click.ClickException(refusal.text) from refusal
        told = [{"club": None, "period": "file", "night": None, **found}]
    else:
        told = context.invoke(with_appcontext(stored))
    if as_json:
        click.echo(json.dumps(told[0] if source else told, ensure_ascii=False))
        return
    for run in told:
        _say(run)


def stored() -> list[dict[str, Any]]:
    """Return the newest findings of every club, and of all clubs together."""
    with unit_of_work(write=False) as session:
        return latest_runs(session)


def read_file(source: Path) -> dict[str, dict[str, Any]]:
    """Return the columns of each touchpoint of a file; ends with the line that is wrong.

    A member's later lines of the same touchpoint are further cycles; errors allow for them.
    """
    tables: dict[str, dict[str, Any]] = {}
    people: dict[str, int] = {}
    with source.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise click.ClickException(f"The file lacks the columns {', '.join(missing)}.")
        for row in reader:
            try:
                _take(row, tables, people)
            except (KeyError, ValueError) as wrong:
                raise click.ClickException(f"Line {reader.line_num}: {wrong}.") from wrong
    if not tables:
        raise click.ClickException("The file has no rows.")
    return tables


def _take(row: dict[str, str], tables: dict[str, dict[str, Any]], people: dict[str, int]) -> None:
    code = row["touchpoint"].strip()
    table = tables.setdefault(code, {"outcome": "visits"})
    values = {
        "treated": ARMS[row["arm"].strip().upper()],
        "before": _number(row["pre28"]),
        "primary": _number(row["post28"]),
        "renewed": YES_OR_NO[row["renewed"].strip().lower()],
        "person": people.setdefault(row["member"].strip(), len(people)),
    }
    for name, value in values.items():
        table.setdefault(name, []).append(value)


def _number(text: str) -> float:
    value = float(text) if text.strip() else UNKNOWN
    if value != UNKNOWN and not 0 <= value < 1000:
        raise ValueError(f"{text} is no number of visits")
    return value


def _say(run: dict[str, Any]) -> None:
    where = run["club"] or ("all clubs" if run["night"] else "file")
    click.echo(f"{where}, {run['period']}{', ' + run['night'] if run['night'] else ''}")
    for code, one in sorted(run["touchpoints"].items()):
        for name in ("renewal", "primary"):
            if name in one:
                click.echo(f"  {code:5} {name:8} {_line(one[name], run['period'])}")


def _line(one: dict[str, Any], period: str) -> str:
    look = "live" if period == "live" else "fixed"
    treated, held = one["sizes"]
    if not one["shown"]:
        return f"treated {treated}, held out {held}: too few to say anything"
    unit, by = ("visits", 1) if one["kind"] == "visits" else ("points", 100)
    low, high = (by * end for end in one[look])
    more = one.get(f"more_{look}")
    needs = f", needs about {more['rows']} more" if more else ""
    return (
        f"treated {treated}, held out {held}: {by * one['difference']:+.1f} {unit} "
        f"[{low:+.1f}, {high:+.1f}] {one[f'verdict_{look}'].upper().replace('_', ' ')}{needs}"
    )
