"""`clubcrm phone`: listens to the telephone system, shows who rings, and dials."""

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from clubcrm.tickets.ami_line import AmiPlace, listen

SETTING = "CLUBCRM_AMI_URL"


@click.command()
@with_appcontext
def phone() -> None:
    """Listen to Asterisk's manager interface until stopped; one process is enough.

    Example: CLUBCRM_AMI_URL=ami://club:secret@10.0.0.5 clubcrm phone
    """
    url = current_app.extensions["club_settings"].channels.get(SETTING, "")
    if not url:
        click.echo(f"clubcrm: {SETTING} is not set", err=True)
        raise SystemExit(2)
    over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: over.set())
    place = AmiPlace.of(url)
    click.echo(f"listening to {place.host}:{place.port}")
    listen(place, over.is_set)
