"""What follows from a grown history: books, shifts, reports, findings and everybody's facts.

Each lane writes tables of its own, so that lanes told at the same time give the same rows as lanes
told one after the other.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from multiprocessing.synchronize import Event

from sqlalchemy.orm import Session

from clubcrm.core.db import Unit, db, unit_of_work
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.risk_log import keep_scores, score_past
from clubcrm.journeys.risk_past import EVERY_DAYS
from clubcrm.seed.bar_tickets import ring_bars
from clubcrm.seed.bookkeeping import keep_books
from clubcrm.seed.counters import keep_counters
from clubcrm.seed.ground import Ground, Progress
from clubcrm.seed.hands import in_parts
from clubcrm.seed.larder import keep_larders
from clubcrm.seed.reports import foretell, learn, note_introduction, tell_ends, tell_findings
from clubcrm.seed.segments import count_segments
from clubcrm.seed.shifts import keep_shifts
from clubcrm.seed.web_forms import open_forms

Lane = Callable[[Ground, Unit], None]


def tell_last_night(ground: Ground, progress: Progress, workers: int) -> None:
    """Everything that a club's nights and its desk would have made of the history stands."""
    progress("Books, reports and facts", 0.0)
    note_introduction(ground, unit_of_work)
    open_forms(ground, unit_of_work)
    # No connection may be open when a process is copied: the copy opens its own.
    db.session.remove()
    db.engine.dispose()
    context = multiprocessing.get_context("fork")
    ends_stand = context.Event()
    lanes = _find_out(ends_stand), _count, _foretell(ends_stand)
    if workers == 1:
        for lane in lanes:
            lane(ground, unit_of_work)
    else:
        unit = _one_writer(context.Lock())
        in_parts(lambda number: lanes[number](ground, unit), len(lanes))
    progress("Books, reports and facts", 1.0)


def _find_out(ends_stand: Event) -> Lane:
    """The paid ends stand in the store, and what was found out of each touchpoint."""

    def lane(ground: Ground, unit: Unit) -> None:
        try:
            tell_ends(ground, unit)
        finally:
            ends_stand.set()
        tell_findings(ground, unit)

    return lane


def _count(ground: Ground, unit: Unit) -> None:
    """Takings are counted and booked, the bars have their goods, and leavers their model."""
    # What the bars took is in the books and in the shifts, so it is rung up before both.
    rung = ring_bars(ground, unit)
    keep_books(ground, unit)
    keep_shifts(ground, unit)
    keep_larders(ground, unit, rung)
    keep_counters(ground, unit)
    learn(ground, unit)


def _foretell(ends_stand: Event) -> Lane:
    """The facts of every member are those of the last day, and renewals are foretold."""

    def lane(ground: Ground, unit: Unit) -> None:
        day = ground.order.last_day
        for club_id in ground.club_ids:
            refresh_all(unit, club_id, day)
            with unit() as session:
                score_past(session, club_id, day - timedelta(days=EVERY_DAYS))
                keep_scores(session, club_id, day)
        count_segments(ground, unit)
        ends_stand.wait()
        foretell(ground, unit)

    return lane


def _one_writer(lock: AbstractContextManager[object]) -> Unit:
    """Units of work that wait for each other as long as it takes, in whichever process they are."""

    @contextmanager
    def unit(*, write: bool = True) -> Iterator[Session]:
        with lock if write else nullcontext(), unit_of_work(write=write) as session:
            yield session

    return unit
