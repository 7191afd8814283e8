"""Nightly work of the memberships: what ends, what lapses, and what comes again by itself."""

from functools import partial

from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from memberships.billing import overdue
from memberships.billing.vouchers import expire_voucher, vouchers_to_expire
from memberships.books.kinds import RecurringState
from memberships.books.lines import items_to_book
from memberships.books.recurring import book_due
from memberships.contracts import period_units
from memberships.contracts.changes import perform_change
from memberships.contracts.everyone import items_in, mass_changes_open
from memberships.contracts.families import end_with_holder
from memberships.contracts.gift_tables import ItemState
from memberships.contracts.history import contracts_to_end
from memberships.contracts.mass import carry_out, close_if_through, restore, set_aside
from memberships.contracts.outlook import changes_due
from memberships.contracts.paperwork import (
    papers_lapsing,
    papers_to_settle,
    settle_paper,
    tell_lapsing,
)
from memberships.contracts.period_units import contracts_to_renew
from memberships.contracts.renewals import carry_over
from memberships.contracts.services import end_contract
from memberships.contracts.transfers import hand_units_over
from memberships.packages.queries import lots_to_expire
from memberships.packages.services import expire_lot

BY = "system"
# How many contracts of a mass change one run carries out, so that other jobs are not kept waiting.
PIECE = 400


def end_due(context: JobContext) -> Outcome:
    """Contracts of the club whose last day lies before the job's day are ended."""
    if context.club_id is None or context.day is None:
        return Outcome()
    with unit_of_work(write=False):
        due = contracts_to_end(context.club_id, context.day)
    return context.each(due, _end_one)


def change_plans(context: JobContext) -> Outcome:
    """Contracts whose change of plan has come go on as the other plan."""
    if context.club_id is None or context.day is None:
        return Outcome()
    with unit_of_work(write=False):
        due = changes_due(context.club_id, context.day)
    return context.each(due, lambda change_id: perform_change(change_id, by=BY))


def renew_units(context: JobContext) -> Outcome:
    """Members whose rolling contract has begun another paid period have the units it brings."""
    if context.club_id is None or context.day is None:
        return Outcome()
    club_id, day = context.club_id, context.day
    with unit_of_work(write=False):
        due = contracts_to_renew(club_id, day)
    return context.each(due, lambda contract_id: period_units.renew_units(contract_id, day, by=BY))


def expire_units(context: JobContext) -> Outcome:
    """Units whose last day is a grace time ago are taken off by a line of the ledger."""
    if context.club_id is None or context.day is None:
        return Outcome()
    with unit_of_work(write=False):
        due = lots_to_expire(context.club_id, context.day)
    return context.each(due, lambda lot_id: expire_lot(lot_id, by=BY))


def expire_vouchers(context: JobContext) -> Outcome:
    """What is left of vouchers and bonuses whose last day has passed lapses by its ledger."""
    if context.club_id is None or context.day is None:
        return Outcome()
    club_id, day = context.club_id, context.day
    with unit_of_work(write=False):
        due = vouchers_to_expire(club_id, day)
    return context.each(due, lambda voucher_id: expire_voucher(voucher_id, day, by=BY))


def mark_overdue(context: JobContext) -> Outcome:
    """Payers of the club whose parts have become late are told of once and blocked by the debt."""
    if context.club_id is None or context.day is None:
        return Outcome()
    club_id, day = context.club_id, context.day
    with unit_of_work(write=False):
        late = overdue.payers_with_news(club_id, day)
    return context.each(late, lambda payer: overdue.mark_overdue(payer, club_id, day, by=BY))


def _end_one(contract_id: int) -> None:
    """The contract is over, and what its plan lets go on stands in the next one."""
    end_contract(contract_id, by=BY)
    carry_over(contract_id, by=BY)
    hand_units_over(contract_id, by=BY)
    end_with_holder(contract_id, by=BY)


def book_recurring(context: JobContext) -> Outcome:
    """Each due day of the club's recurring items up to the job's day has its line of the book."""
    if context.club_id is None or context.day is None:
        return Outcome()
    day = context.day
    with unit_of_work(write=False):
        due = items_to_book(context.club_id, RecurringState.RUNNING)
    return context.each(due, lambda item_id: book_due(item_id, day, by=BY))


def run_mass_changes(context: JobContext) -> Outcome:
    """Changes for all members of a club go on by one piece, and close when nobody waits."""
    with unit_of_work(write=False):
        open_ones = mass_changes_open()
    outcome = Outcome()
    for change_id, is_undo in open_ones:
        act = restore if is_undo else carry_out
        with unit_of_work(write=False):
            due = items_in(change_id, ItemState.DONE if is_undo else ItemState.WAITING, PIECE)
        piece = context.each(due, partial(act, change_id))
        outcome.done, outcome.failed = outcome.done + piece.done, outcome.failed + piece.failed
        outcome.errors += piece.errors
        with context.unit():
            # What failed is set aside, or the change would wait for it for ever.
            if piece.failed:
                set_aside(change_id, [int(error.split(":")[0]) for error in piece.errors])
            close_if_through(change_id)
    return outcome


def ask_for_papers(context: JobContext) -> Outcome:
    """Members whose waiver or certificate ends in a fortnight are told of it, once."""
    club_id, day = context.club_id, context.day
    if club_id is None or day is None:
        return Outcome()
    with unit_of_work(write=False):
        due = papers_lapsing(club_id, day)
    return context.each(range(len(due)), lambda place: tell_lapsing(club_id, due[place]))


def settle_papers(context: JobContext) -> Outcome:
    """Blocks of missing waivers and certificates stand where they should on the job's day."""
    if context.club_id is None or context.day is None:
        return Outcome()
    with unit_of_work(write=False):
        due = papers_to_settle(context.club_id, context.day)
    return context.each(range(len(due)), lambda place: settle_paper(due[place], by=BY))
