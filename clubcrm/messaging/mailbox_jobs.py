"""Jobs room: answers and returned mails that came to the club's mailbox are dealt with."""

import structlog
from flask import current_app

from clubcrm.core import clock
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.leases import LostLeaseError
from clubcrm.messaging.channels.mailbox import PUT_ASIDE, Mailbox, MailboxError, open_mailbox
from clubcrm.messaging.prices import remember
from clubcrm.messaging.reports import TooEarlyError, take_mail
from clubcrm.people.models import Channel

SETTING = "CLUBCRM_IMAP_URL"
log = structlog.get_logger(__name__)


def read_mailbox(context: JobContext) -> Outcome:
    """Every unread mail of the club's mailbox is a bounce, an answer, or of no concern.

    A mail is marked after the unit of work that took it, so a kill in between takes it once more,
    which changes nothing.
    """
    outcome = Outcome()
    url = current_app.extensions["club_settings"].channels.get(SETTING, "")
    if not url:
        return outcome
    try:
        with open_mailbox(url) as mailbox:
            for uid in mailbox.unread():
                _take(context, mailbox, uid, outcome)
    except MailboxError as error:
        with context.unit() as session:
            remember(session, Channel.EMAIL, failed_at=clock.now(), failed_why=error.words)
        outcome.errors.append(f"mailbox: {error.words}")
    return outcome


def _take(context: JobContext, mailbox: Mailbox, uid: str, outcome: Outcome) -> None:
    raw = mailbox.raw(uid)
    if raw is None:
        mailbox.mark(uid, PUT_ASIDE)
        return
    try:
        with context.unit():
            take_mail(raw)
    except TooEarlyError:
        # Our own note of the message is still on its way: it stays unread until the next round.
        return
    except (MailboxError, LostLeaseError):
        raise
    except Exception as error:
        log.exception("a mail could not be read", uid=uid)
        outcome.failed += 1
        outcome.errors.append(f"mail {uid}: {error!r}"[:200])
        mailbox.mark(uid, PUT_ASIDE)
        return
    mailbox.mark(uid)
    outcome.done += 1
