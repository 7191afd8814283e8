"""Work of the night and the day: late tickets move up, solved ones are closed after a while."""

from datetime import timedelta

from clubcrm.core import clock
from clubcrm.core.db import end_reading
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.tickets import calls, overdue, queries
from clubcrm.tickets.rules.cases import TicketState
from clubcrm.tickets.rules.phone import RECORDINGS_KEPT
from clubcrm.tickets.services import close
from clubcrm.tickets.steering import escalate_late

CHUNK = 200
QUIET = "quiet"


def watch_tickets(context: JobContext) -> Outcome:
    """What is overdue is with the manager, then the owner; what was solved long ago is closed."""
    outcome = Outcome()
    _move_up(context, outcome)
    _close_quiet(context, outcome)
    return outcome


def _move_up(context: JobContext, outcome: Outcome) -> None:
    moment, after = clock.now(), 0
    while True:
        found = overdue.late_ones(moment, after, CHUNK)
        end_reading()
        for ticket_id in found:
            with context.unit():
                ticket = queries.locked(ticket_id)
                if queries.rules_of(ticket.club_id).escalate and escalate_late(ticket, moment):
                    outcome.done += 1
        if len(found) < CHUNK:
            return
        after = found[-1]


def _close_quiet(context: JobContext, outcome: Outcome) -> None:
    moment, after = clock.now(), 0
    while True:
        found = overdue.solved_before(moment - timedelta(days=1), after, CHUNK)
        end_reading()
        for ticket_id, club_id, solved_at in found:
            with context.unit():
                waits = timedelta(days=queries.rules_of(club_id).close_after)
                ticket = queries.locked(ticket_id)
                if solved_at + waits < moment and ticket.state is TicketState.SOLVED:
                    close(ticket, QUIET, by="system")
                    outcome.done += 1
        if len(found) < CHUNK:
            return
        after = found[-1][0]


def forget_recordings(context: JobContext) -> Outcome:
    """Recordings of calls are known for three months, and no longer."""
    outcome = Outcome()
    while True:
        with context.unit():
            found = calls.forget_recordings(clock.now() - RECORDINGS_KEPT)
        outcome.done += found
        if not found:
            return outcome
