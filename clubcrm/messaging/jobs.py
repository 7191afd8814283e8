"""The job that empties the outbox: claim, commit, send outside any transaction, commit again."""

import structlog
from flask import current_app

from clubcrm.core import failpoints
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.leases import LostLeaseError
from clubcrm.messaging import sending
from clubcrm.messaging.channels.base import Line
from clubcrm.messaging.channels.smtp import SmtpLine

log = structlog.get_logger(__name__)
MOST_PER_RUN = 2000


def send_outbox(context: JobContext) -> Outcome:
    """Every message whose turn has come has been sent, put off, or given up with its reason."""
    sender = sending.new_sender(context.reign.fence if context.reign else 0)
    outcome = Outcome()
    with context.unit() as session:
        sending.settle_dead_claims(session, sender)
    smtp_url = current_app.extensions["club_settings"].smtp_url
    if not smtp_url:
        return outcome
    with SmtpLine(smtp_url) as line:
        while outcome.done + outcome.failed < MOST_PER_RUN:
            with context.unit() as session:
                batch = sending.claim_batch(session, sender)
            if not batch or not _send_batch(context, sender, line, batch, outcome):
                break
    return outcome


def _send_batch(
    context: JobContext, sender: sending.Sender, line: Line, batch: list[int], outcome: Outcome
) -> bool:
    """Send a claimed batch; False when the server is away, so that the rest waits unclaimed."""
    for position, message_id in enumerate(batch):
        try:
            goes_on = _send(context, sender, line, message_id)
        except LostLeaseError:
            raise
        except Exception as error:
            log.exception("message not sent", message_id=message_id)
            outcome.failed += 1
            outcome.errors.append(f"message {message_id}: {error!r}")
            continue
        outcome.done += 1
        if not goes_on:
            with context.unit() as session:
                sending.unclaim(session, batch[position + 1 :], sender)
            return False
    return True


def _send(context: JobContext, sender: sending.Sender, line: Line, message_id: int) -> bool:
    failpoints.hit("send.before_smtp")
    with context.unit() as session:
        letter = sending.hand_over(session, message_id, sender)
    if letter is None:
        return True
    receipt = line.send(letter)
    failpoints.hit("send.after_smtp")
    with context.unit() as session:
        sending.conclude(session, message_id, sender, receipt)
    return receipt.code is not None
