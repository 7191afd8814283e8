"""The jobs that empty the outbox: claim, commit, send outside any transaction, commit again."""

import contextlib
import time
from dataclasses import dataclass, field

import structlog
from flask import current_app
from sqlalchemy.orm import Session

from clubcrm.core import clock, failpoints
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.outside import OutsideError
from clubcrm.messaging import sending
from clubcrm.messaging.channels.base import Line
from clubcrm.messaging.channels.lines import open_line, telegram_line
from clubcrm.messaging.concluding import Concluded, conclude
from clubcrm.messaging.handing import Handed, letters_of
from clubcrm.messaging.opened import open_channels
from clubcrm.messaging.prices import LONG_PAUSE, PAUSE, remember, remember_trouble
from clubcrm.messaging.progress import Progress
from clubcrm.messaging.queries import cursor_of, paused
from clubcrm.messaging.rules.delivery import Outcome as Fate
from clubcrm.messaging.rules.delivery import Receipt
from clubcrm.messaging.telegram_inbox import take_update
from clubcrm.people.models import Channel

log = structlog.get_logger(__name__)
MOST_PER_RUN = 5000
# A server that breaks the line after every text would put the whole outbox in doubt.
MOST_IN_DOUBT = 2
# A batch is dropped after so long: whoever stops the outbox, or takes his consent back, is heard.
LONGEST_BATCH_S = 3.0


def send_outbox(context: JobContext) -> Outcome:
    """Every message whose turn has come has been sent, put off, or given up with its reason."""
    sender = sending.new_sender(context.reign.fence if context.reign else 0)
    settings = current_app.extensions["club_settings"]
    with context.unit() as session:
        sending.settle_dead_claims(session, sender)
        resting = paused(session, clock.now())
    with unit_of_work(write=False) as session:
        sending.forget_dead_senders(session)
    outcome = Outcome()
    wanted = [
        channel for name in open_channels(settings) if (channel := Channel(name)) not in resting
    ]
    with sending.open_progress(sender) as progress:
        for channel in wanted:
            with open_line(settings, channel.value) as line:
                Round(context, sender, channel, line, progress, outcome).run()
    return outcome


@dataclass(slots=True)
class Round:
    """One emptying of a channel; it ends early when the server is away or breaks the line."""

    context: JobContext
    sender: sending.Sender
    channel: Channel
    line: Line
    progress: Progress
    outcome: Outcome
    tried: list[Concluded] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    count: int = 0
    in_doubt: int = 0
    halted: str = ""

    def run(self) -> None:
        """Every due message of the channel has been tried, or the channel rests."""
        while True:
            going, claimed = self._next_batch()
            if not claimed:
                return
            if going:
                self._send_all(self._letters(going))

    def goes_on(self) -> bool:
        """Tell whether the next message should be tried in this round."""
        return self.count < MOST_PER_RUN and not self.halted and self.in_doubt < MOST_IN_DOUBT

    def _next_batch(self) -> tuple[list[int], bool]:
        # One transaction ends the last batch and begins the next one.
        with self.context.unit() as session:
            conclude(session, self.tried, self.sender.token)
            sending.give_back(session, self.unsent, self.sender)
            self._remember(session)
            self.tried, self.unsent = [], []
            if not self.goes_on():
                return [], False
            claimed = sending.claim_batch(session, self.sender, self.channel)
            return sending.hand_over(session, claimed, self.sender), bool(claimed)

    def _remember(self, session: Session) -> None:
        moment = clock.now()
        if any(one.receipt.outcome is Fate.SENT for one in self.tried):
            remember(session, self.channel, sent_at=moment, paused_until=None)
        if self.halted:
            remember_trouble(session, self.channel, self.halted, moment, PAUSE)
        elif self.in_doubt >= MOST_IN_DOUBT:
            words = self.tried[-1].receipt.words if self.tried else ""
            remember_trouble(session, self.channel, words, moment, LONG_PAUSE)

    def _letters(self, going: list[int]) -> list[Handed]:
        with unit_of_work(write=False) as session:
            return letters_of(session, going)

    def _send_all(self, batch: list[Handed]) -> None:
        started = time.monotonic()
        for position, handed in enumerate(batch):
            if not self.goes_on() or time.monotonic() - started > LONGEST_BATCH_S:
                self.unsent = [one.message_id for one in batch[position:]]
                return
            self._send(handed)

    def _send(self, handed: Handed) -> None:
        failpoints.hit("send.before_smtp")
        self.progress.begins(handed.message_id)
        receipt = self._receipt(handed)
        failpoints.hit("send.after_smtp")
        self.progress.ends(handed.message_id, receipt)
        self.tried.append(Concluded(handed.message_id, receipt, clock.now()))
        self.count += 1
        self.outcome.done += 1
        self.halted = receipt.words[:300] or "no answer" if receipt.halts else ""
        self.in_doubt = self.in_doubt + 1 if receipt.outcome is Fate.UNKNOWN else 0

    def _receipt(self, handed: Handed) -> Receipt:
        if handed.letter is None:
            return Receipt(Fate.REFUSED, handed.trouble)
        try:
            return self.line.send(handed.letter)
        except Exception as error:
            # A channel answers for its own failures; this one may have sent before it broke.
            log.exception("message not sent", message_id=handed.message_id)
            self.outcome.failed += 1
            self.outcome.errors.append(f"message {handed.message_id}: {error!r}")
            return Receipt(Fate.UNKNOWN, repr(error)[:300])


def ask_telegram(context: JobContext) -> Outcome:
    """What was said to the bot is dealt with, each update once; a webhook makes this needless."""
    outcome = Outcome()
    settings = current_app.extensions["club_settings"]
    found = settings.channels
    if "CLUBCRM_TELEGRAM_TOKEN" not in found or "CLUBCRM_TELEGRAM_SECRET" in found:
        return outcome
    line = telegram_line(settings)
    with unit_of_work(write=False) as session:
        offset = cursor_of(session, Channel.TELEGRAM)
    try:
        updates = line.updates(offset)
    except OutsideError as error:
        with context.unit() as session:
            remember(session, Channel.TELEGRAM, failed_at=clock.now(), failed_why=error.words[:300])
        return outcome
    for update in updates:
        number = update.get("update_id")
        if not isinstance(number, int):
            continue
        with context.unit() as session:
            answer = take_update(update)
            remember(session, Channel.TELEGRAM, cursor=number + 1)
        if answer is not None:
            # A greeting that is lost is no harm; the update is not told again.
            with contextlib.suppress(OutsideError):
                line.ask("sendMessage", {"chat_id": answer.chat, "text": answer.text})
        outcome.done += 1
    return outcome
