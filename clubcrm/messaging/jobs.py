"""The job that empties the outbox: claim, commit, send outside any transaction, commit again."""

from dataclasses import dataclass, field

import structlog
from flask import current_app

from clubcrm.core import failpoints
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.leases import LostLeaseError
from clubcrm.messaging import sending
from clubcrm.messaging.channels.base import Line
from clubcrm.messaging.channels.smtp import SmtpLine
from clubcrm.messaging.rules.delivery import Outcome as Fate

log = structlog.get_logger(__name__)
MOST_PER_RUN = 2000
# A server that breaks the line after every text would put the whole outbox in doubt.
MOST_IN_DOUBT = 2


def send_outbox(context: JobContext) -> Outcome:
    """Every message whose turn has come has been sent, put off, or given up with its reason."""
    sender = sending.new_sender(context.reign.fence if context.reign else 0)
    with context.unit() as session:
        sending.settle_dead_claims(session, sender)
    smtp_url = current_app.extensions["club_settings"].smtp_url
    if not smtp_url:
        return Outcome()
    with SmtpLine(smtp_url) as line:
        work = Round(context, sender, line)
        while work.goes_on():
            with context.unit() as session:
                batch = sending.claim_batch(session, sender)
            if not batch:
                break
            work.send_all(batch)
    return work.outcome


@dataclass(slots=True)
class Round:
    """One emptying of the outbox; it ends early when the server is away or breaks the line."""

    context: JobContext
    sender: sending.Sender
    line: Line
    outcome: Outcome = field(default_factory=Outcome)
    in_doubt: int = 0
    server_is_away: bool = False

    def goes_on(self) -> bool:
        """Tell whether the next message should be tried in this round."""
        tried = self.outcome.done + self.outcome.failed
        broken = self.server_is_away or self.in_doubt >= MOST_IN_DOUBT
        return tried < MOST_PER_RUN and not broken

    def send_all(self, batch: list[int]) -> None:
        """Each claimed message has been tried, or is free again."""
        for position, message_id in enumerate(batch):
            if not self.goes_on():
                with self.context.unit() as session:
                    sending.unclaim(session, batch[position:], self.sender)
                return
            try:
                self._send(message_id)
                self.outcome.done += 1
            except LostLeaseError:
                raise
            except Exception as error:
                log.exception("message not sent", message_id=message_id)
                self.outcome.failed += 1
                self.outcome.errors.append(f"message {message_id}: {error!r}")

    def _send(self, message_id: int) -> None:
        failpoints.hit("send.before_smtp")
        with self.context.unit() as session:
            letter = sending.hand_over(session, message_id, self.sender)
        if letter is None:
            return
        receipt = self.line.send(letter)
        failpoints.hit("send.after_smtp")
        with self.context.unit() as session:
            sending.conclude(session, message_id, self.sender, receipt)
        self.server_is_away = receipt.outcome is Fate.RETRY and receipt.code is None
        self.in_doubt = self.in_doubt + 1 if receipt.outcome is Fate.UNKNOWN else 0
