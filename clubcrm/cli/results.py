"""`clubcrm journeys results`: what each touchpoint does, from the store or from a file."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from clubcrm.cli.trial_file import read_trial
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.reports.analyst import ask
from clubcrm.reports.told import latest_runs


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
            found = ask("effects", {"touchpoints": read_trial(source)})
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


def _say(run: dict[str, Any]) -> None:
    where = run["club"] or ("all clubs" if run["night"] else "file")
    click.echo(f"{where}, {run['period']}{', ' + run['night'] if run['night'] else ''}")
    for code, one in sorted(run["touchpoints"].items()):
        for name in ("renewal", "primary"):
            if name in one:
                said = "visits" if one[name]["kind"] == "visits" else name
                click.echo(f"  {code:5} {said:8} {_line(one[name], run['period'])}")


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
