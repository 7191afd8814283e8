"""`clubcrm outbox`: let held messages leave again."""

from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.messaging.api import cancel, release_outbox
from clubcrm.messaging.models import Message, MessageState


@click.group()
def outbox() -> None:
    """Messages that wait to leave."""


@outbox.command()
@click.option("--older-than", type=click.FloatRange(min=0), help="Cancel those older, in hours.")
@with_appcontext
def release(older_than: float | None) -> None:
    """Let messages leave again after a restore or a jump of the clock.

    Example: clubcrm outbox release --older-than 24
    """
    cancelled = 0
    with unit_of_work() as session:
        if older_than is not None:
            limit = clock.now() - timedelta(hours=older_than)
            old = session.scalars(
                select(Message.id).where(
                    Message.state == MessageState.QUEUED, Message.created_at < limit
                )
            ).all()
            cancelled = sum(cancel(message_id, "expired", by="command line") for message_id in old)
        holds = release_outbox(by="command line")
        waiting = session.scalar(
            select(func.count()).select_from(Message).where(Message.state == MessageState.QUEUED)
        )
    click.echo(f"{holds} holds lifted, {cancelled} old messages cancelled, {waiting} may leave")
