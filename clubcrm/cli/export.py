"""Commands `export` and `import archive`: everything out, and everything in again."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core import exports
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.exports import Everything
from clubcrm.messaging.api import hold_outbox

TOTALS = ("person", "contract", "visit", "invoice", "payment", "package_entry", "message")


@click.command("export")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def export(folder: Path) -> None:
    """Write every row and every file into a new folder, in open formats, while the club works.

    Rows are JSON lines, a file a table; a manifest holds their numbers and sums. The key of the
    settings is not in it: keep a copy of it in another place.

    Example: clubcrm export --to /exports/club-2026-11
    """
    refuse_unknown_schema()
    _tell(exports.export_all(db.engine, _data(), folder), folder)


@click.command("archive")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@with_appcontext
def import_archive(folder: Path) -> None:
    """Bring in all that `clubcrm export` wrote, into a store that was only migrated.

    SQLite and PostgreSQL read each other's archives. No message leaves until a person releases the
    outbox: the old place may still be sending.

    Example: clubcrm import archive /exports/club-2026-11
    """
    refuse_unknown_schema()
    found = exports.import_all(db.engine, _data(), folder)
    with unit_of_work():
        hold_outbox(f"brought in from {folder.name}")
    _tell(found, folder)
    click.echo("equal to the archive; the outbox is held: `clubcrm outbox release` lets it go")


def _data() -> Path:
    data: Path = current_app.extensions["club_settings"].data_dir
    return data


def _tell(found: Everything, folder: Path) -> None:
    for name in TOTALS:
        click.echo(f"{name:>14} {found.rows.get(name, 0):>12,}")
    click.echo(f"{folder}: {len(found.rows)} tables, {found.total:,} rows, {found.files} files")
