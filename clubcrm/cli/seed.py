"""`clubcrm seed`: deterministic believable data with rows in every table."""

import json
import os
import sys
from datetime import UTC, datetime, time

import click
from flask import current_app
from flask.cli import with_appcontext

from clubcrm.core import clock
from clubcrm.seed.grow import grow
from clubcrm.seed.order import SeedOrder
from clubcrm.seed.towns import TOWNS

BAR = 30
WORTH_SHARING = 200


def show_progress(step: str, share: float) -> None:
    """The bar on stderr stands where the work stands; nothing when nobody looks."""
    if sys.stderr.isatty():
        filled = round(share * BAR)
        end = "\n" if share >= 1 else ""
        click.echo(f"\r{step:<24} {'#' * filled}{'.' * (BAR - filled)}{end}", err=True, nl=False)


@click.command("seed")
@click.option("--members", type=click.IntRange(1, 500_000), default=600, show_default=True)
@click.option("--years", type=click.FloatRange(0.1, 6), default=1.5, show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed, the same data."
)
@click.option("--clubs", type=click.IntRange(1, len(TOWNS)), default=len(TOWNS), show_default=True)
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The history ends at noon of this day."
)
@click.option("--json", "as_json", is_flag=True, help="Counts as JSON on stdout.")
@with_appcontext
def seed(
    members: int, years: float, seed: int, clubs: int, today: datetime | None, *, as_json: bool
) -> None:
    """Fill an empty store with a believable club.

    Example: clubcrm seed --members 600 --years 1.5 --seed 7
    """
    moment = datetime.combine(today.date(), time(12), UTC) if today else clock.now()
    order = SeedOrder(members, years, seed, clubs, moment.replace(microsecond=0))
    workers = min(2, os.cpu_count() or 1) if members >= WORTH_SHARING else 1
    folder = current_app.extensions["club_settings"].data_dir
    counts = grow(order, folder, show_progress, workers)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(json.dumps(counts) if as_json else f"Seeded {told}.")
