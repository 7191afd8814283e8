"""Nightly work of dunning: invoices of the day, charges and further tries, debts on their steps."""

from functools import partial

import structlog
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome, Turn
from clubcrm.core.leases import LostLeaseError
from memberships.dunning import debtors, queries
from memberships.dunning.charging import CUT_SHORT, try_charge
from memberships.dunning.debts import walk_case
from memberships.dunning.following import follow_up, note_paid
from memberships.dunning.invoicing import invoice_charges

log = structlog.get_logger(__name__)
BY = "system"
CHUNK = 100
REFUSABLE, OWN_UNITS = Turn(may_refuse=True), Turn(own_units=True, may_refuse=True)


def invoice_due(context: JobContext) -> Outcome:
    """Fees of the club whose day has come have their invoice, a hundred in one unit of work.

    A chunk that fails is done again one by one, so that one bad fee stops no other.
    """
    if context.club_id is None or context.day is None:
        return Outcome()
    day = context.day
    with unit_of_work(write=False):
        due = queries.charges_to_invoice(context.club_id, day)
    outcome = Outcome()
    for first in range(0, len(due), CHUNK):
        piece = due[first : first + CHUNK]
        try:
            with context.unit():
                outcome.done += invoice_charges(piece, day, by=BY)
        except LostLeaseError:
            raise
        except Exception:
            log.exception("chunk failed", job=context.job, first=piece[0])
            context.each(piece, lambda one: invoice_charges([one], day, by=BY), outcome, REFUSABLE)
    return outcome


def charge_due(context: JobContext) -> Outcome:
    """Fees whose try has come are charged, and what follows a failure day by day is on its way."""
    if context.club_id is None or context.day is None:
        return Outcome()
    day = context.day
    with unit_of_work(write=False):
        due = queries.charges_to_try(context.club_id, day, context.moment - CUT_SHORT)
        paid = queries.charges_paid_elsewhere(context.club_id)
    outcome = context.each(paid, partial(note_paid, by=BY), turn=REFUSABLE)
    context.each(due, partial(try_charge, day=day, by=BY, unit=context.unit), outcome, OWN_UNITS)
    with unit_of_work(write=False):
        failing = queries.failing_charges(context.club_id)
    return context.each(failing, lambda one: follow_up(one, day, by=BY), outcome, REFUSABLE)


def resolve_charges(context: JobContext) -> Outcome:
    """Charges whose asking was cut short are looked up and ended, without waiting for the night."""
    outcome = Outcome()
    before = context.moment - CUT_SHORT
    with unit_of_work(write=False) as session:
        clubs = session.execute(select(Club.id, Club.zone)).all()
        due = [
            (charge_id, zone)
            for club_id, zone in clubs
            for charge_id in queries.charges_in_doubt(club_id, before)
        ]
    for charge_id, zone in due:
        day = clock.local_day(context.moment, zone)
        act = partial(try_charge, day=day, by=BY, unit=context.unit)
        context.each([charge_id], act, outcome, OWN_UNITS)
    return outcome


def walk_debtors(context: JobContext) -> Outcome:
    """Every payer who is behind stands on the step his debt has reached; who has paid is let go."""
    if context.club_id is None or context.day is None:
        return Outcome()
    club_id, day = context.club_id, context.day
    with unit_of_work(write=False):
        owed = {one.payer_id: one for one in debtors.overdue_payers(club_id, day)}
        behind = sorted(owed.keys() | debtors.open_cases(club_id).keys())

    def walk(payer_id: int) -> None:
        walk_case(club_id, payer_id, owed.get(payer_id), day, by=BY)

    return context.each(behind, walk, turn=REFUSABLE)
