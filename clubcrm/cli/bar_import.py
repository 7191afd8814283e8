"""`clubcrm import products`, `stock` and `past-sales`: tables of a bar, tried first or written."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from bar_inventory.purchasing.importing import (
    Report,
    TableOrder,
    faults_told,
    import_products,
    import_sales,
    import_stock,
)
from bar_inventory.purchasing.looking_back import forecast_errors
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.sheets import SheetError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXAMPLE = """
\b
Examples:
  clubcrm import products products.csv --club Harbour --dry-run
  clubcrm import stock shelf.xlsx --club Harbour
  clubcrm import past-sales sales.csv --club Harbour --errors 6
"""


@click.command("products", epilog=EXAMPLE)
@click.argument("file", type=FILE)
@click.option("--club", required=True, help="Name or id of the club.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@with_appcontext
def import_goods(file: Path, club: str, *, dry_run: bool) -> None:
    """Bring in products from FILE: name, kind, unit, sku, barcode, price, member price."""
    _run(import_products, file, club, dry_run=dry_run)


@click.command("stock", epilog=EXAMPLE)
@click.argument("file", type=FILE)
@click.option("--club", required=True, help="Name or id of the club.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@with_appcontext
def import_shelf(file: Path, club: str, *, dry_run: bool) -> None:
    """Bring in what lies on the shelf from FILE: product, place, units, cost, expires."""
    _run(import_stock, file, club, dry_run=dry_run)


@click.command("past-sales", epilog=EXAMPLE)
@click.argument("file", type=FILE)
@click.option("--club", required=True, help="Name or id of the club.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--errors", type=click.IntRange(1, 26), help="Tell the error of so many last weeks.")
@with_appcontext
def import_bar_sales(file: Path, club: str, errors: int | None, *, dry_run: bool) -> None:
    """Bring in what another till sold from FILE: date, time, ticket, item, quantity, amount."""
    club_id = _run(import_sales, file, club, dry_run=dry_run)
    if errors is None:
        return
    with unit_of_work(write=False):
        rows = forecast_errors(club_id, errors)
    click.echo(f"{'product':<24}{'sold':>8}{'error':>8}{'last week':>11}")
    for row in rows:
        click.echo(f"{row.name[:23]:<24}{row.sold:>8}{row.error:>8.1%}{row.last_week:>11.1%}")


def _run(take: Callable[[TableOrder], Report], file: Path, club: str, *, dry_run: bool) -> int:
    refuse_unknown_schema()
    club_id = _club(club)
    try:
        report = take(TableOrder(file, club_id, is_dry=dry_run))
    except SheetError as error:
        raise DomainError("BAD_TABLE", str(error), status=400) from error
    verb = "would be taken" if dry_run else "taken"
    click.echo(
        f"{report.taken} {verb}, {report.known} known, {report.skipped} skipped, "
        f"{report.created} new products, {len(report.faults)} refused."
    )
    for line in faults_told(report):
        click.echo(line, err=True)
    if report.faults:
        sys.exit(1)
    return club_id


def _club(name: str) -> int:
    with unit_of_work(write=False) as session:
        found = session.scalar(
            select(Club.id).where(or_(Club.public_id == name, Club.name == name))
        )
    if found is None:
        raise not_found(f"There is no club called {name}.")
    return found
