"""Jobs: letters of forms that a crash left unread are read."""

from datetime import timedelta

import structlog

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.core.leases import LostLeaseError
from clubcrm.leads.door import letters
from clubcrm.leads.door.queries import unread_before

PIECE = 200
PATIENCE = timedelta(seconds=30)
log = structlog.get_logger(__name__)


def read_letters(context: JobContext) -> Outcome:
    """Every letter that waits for longer than half a minute is an inquiry, or told apart."""
    outcome = Outcome()
    with unit_of_work(write=False):
        waiting = unread_before(clock.now() - PATIENCE, PIECE)
    for letter_id in waiting:
        _read(context, letter_id, outcome)
    return outcome


def _read(context: JobContext, letter_id: int, outcome: Outcome) -> None:
    try:
        with context.unit():
            letters.settle(letter_id)
    except LostLeaseError:
        raise
    except DomainError as error:
        with context.unit():
            letters.refuse(letter_id, error.text)
    except Exception as error:
        log.exception("a form's letter could not be read", letter=letter_id)
        outcome.failed += 1
        outcome.errors.append(f"letter {letter_id}: {error!r}"[:200])
        with context.unit():
            letters.stumble(letter_id, repr(error))
        return
    outcome.done += 1
