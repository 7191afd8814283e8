"""`clubcrm club`: clubs from the shell."""

import json

import click
from flask.cli import with_appcontext

from clubcrm.accounts.api import ClubPlan, open_club
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core.db import unit_of_work


@click.group("club")
def club() -> None:
    """Open clubs."""


@club.command("add")
@click.option("--name", required=True)
@click.option("--zone", required=True, help="Time zone, such as Asia/Dhaka.")
@click.option("--currency", default="", help="Three letters; by default the country's own.")
@click.option("--locale", default="en", show_default=True, help="Language, such as en or bn.")
@click.option("--country", default="", help="Two letters; by default that of the zone.")
@click.option("--capacity", type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def add(  # noqa: PLR0913 - one argument per option of the command
    name: str,
    zone: str,
    currency: str,
    locale: str,
    country: str,
    capacity: int | None,
    *,
    as_json: bool,
) -> None:
    """Open a club.

    Example: clubcrm club add --name Mitte --zone Europe/Berlin --currency EUR --locale de
    """
    refuse_unknown_schema()
    with unit_of_work():
        made = open_club(ClubPlan(name, zone, currency, locale, country, capacity))
        line = {"id": made.public_id, "name": made.name, "zone": made.zone}
    words = f"{line['name']} ({line['zone']}) is open"
    click.echo(json.dumps(line) if as_json else words)
