"""`clubcrm outbox`: see what waits or is in doubt, decide on one message, let a held outbox go."""

from collections.abc import Callable
from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.messaging import queries
from clubcrm.messaging.api import cancel, release_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.services import drop, send_again

SHELL = "command line"


@click.group()
def outbox() -> None:
    """Messages that wait to leave."""


@outbox.command("list")
@click.option("--state", type=click.Choice([one.value for one in MessageState]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_appcontext
def list_messages(state: str | None, limit: int) -> None:
    """Print messages of all clubs, the newest first, and why each stands where it does.

    Example: clubcrm outbox list --state failed
    """
    _print(MessageState(state) if state else None, limit)


@outbox.command("in-doubt")
@with_appcontext
def in_doubt() -> None:
    """Print the messages that may have arrived or not; exit code 1 when there are any.

    Example: clubcrm outbox in-doubt
    """
    raise SystemExit(1 if _print(MessageState.UNKNOWN, 1000) else 0)


@outbox.command()
@click.argument("message_id")
@with_appcontext
def retry(message_id: str) -> None:
    """Send a held or failed message, or one in doubt, once more.

    Example: clubcrm outbox retry 01jdm3v7k2x9ab
    """
    _decide(message_id, lambda message: send_again(message, by=SHELL))


@outbox.command("drop")
@click.argument("message_id")
@with_appcontext
def drop_message(message_id: str) -> None:
    """Leave a message that waits, failed or is in doubt: it will not be sent.

    Example: clubcrm outbox drop 01jdm3v7k2x9ab
    """
    _decide(message_id, lambda message: drop(message, by=SHELL))


def _print(state: MessageState | None, limit: int) -> int:
    with unit_of_work(write=False) as session:
        scope = Scope(tuple(session.scalars(select(Club.id))))
        rows, _more = queries.outbox(scope, queries.Wanted(state, None, None, limit))
        for row in rows:
            one = row.message
            words = f"{one.public_id}  {one.state.value:<9} {one.channel.value:<8} {one.code:<5}"
            click.echo(f"{words} {one.created_at:%Y-%m-%d %H:%M}  {row.person_name}  {one.why}")
    return len(rows)


def _decide(message_id: str, decision: Callable[[Message], None]) -> None:
    with unit_of_work() as session:
        chosen = select(Message).where(Message.public_id == message_id).with_for_update()
        message = session.scalars(chosen).first()
        if message is None:
            raise DomainError("NOT_FOUND", f"There is no message {message_id}.")
        decision(message)
        click.echo(f"{message_id}: {message.state.value}")


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
            cancelled = sum(cancel(message_id, "expired", by=SHELL) for message_id in old)
        holds = release_outbox(by=SHELL)
        waiting = session.scalar(
            select(func.count()).select_from(Message).where(Message.state == MessageState.QUEUED)
        )
    click.echo(f"{holds} holds lifted, {cancelled} old messages cancelled, {waiting} may leave")
