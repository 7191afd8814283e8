"""Commands `backup` and `restore`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from clubcrm.app import create_app
from clubcrm.core import backups
from clubcrm.core.config import read_settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.api import hold_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.api import erase_again, refuse_again


@click.command("backup")
@click.option("--to", "path", required=True, type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup(path: Path) -> None:
    """Write a checked copy of the store and all files while the club goes on working.

    The key of the settings is not in it: keep a copy of it in another place.

    Example: clubcrm backup --to /backups/club.backup
    """
    report = backups.backup(current_app.extensions["club_settings"], db.engine, path)
    click.echo(f"{report.path}: {report.size_bytes} bytes, with {report.files} files")


@click.command("restore")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(path: Path) -> None:
    """Put a backup in place of store and files. Stop the server and the scheduler first.

    No marketing message leaves afterwards until a person releases the outbox. What members refused
    since the copy was made stands in the journal of the data folder and is refused again.

    Example: clubcrm restore /backups/club.backup
    """
    settings = read_settings()
    backups.restore(settings, path)
    with create_app(settings).app_context(), unit_of_work() as session:
        hold_outbox(f"restored from {path.name}")
        refused = refuse_again(by="restore")
        queued = Message.state == MessageState.QUEUED
        waiting = session.scalar(select(func.count()).select_from(Message).where(queued))
    with create_app(settings).app_context():
        erased = erase_again(by="restore")
    click.echo(f"restored from {path}; {refused} refusals since then stand again")
    click.echo(f"{erased} people who were erased since then are erased again")
    click.echo(f"{waiting} messages wait, the outbox is held: `clubcrm outbox release` lets it go")
