"""Services room: printing what waits, outside of any transaction, as soon as somebody asked."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from flask import Flask, Response, current_app
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import Outcome
from memberships.printing.queries import due_jobs
from memberships.printing.services import claim, conclude, put_on_paper

Unit = Callable[[], AbstractContextManager[Session]]


def print_after(response: Response, club_id: int) -> Response:
    """What waits in the club is printed as soon as the browser has its answer."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    response.call_on_close(lambda: _print_now(app, club_id))
    return response


def print_all(due: Sequence[tuple[int, int]], unit: Unit) -> Outcome:
    """Each (slip, printer) is on paper or waits for its next turn, in the order of the list."""
    outcome, away = Outcome(), set[int]()
    for job_id, printer_id in due:
        if printer_id in away:
            continue
        with unit() as session:
            claimed = claim(session, job_id)
        if claimed is None:
            continue
        trouble = put_on_paper(claimed)
        with unit() as session:
            conclude(session, claimed, trouble)
        if trouble:
            # Slips come out in their order: nothing overtakes one that could not be printed.
            away.add(printer_id)
        outcome.done += not trouble
    return outcome


def _print_now(app: Flask, club_id: int) -> None:
    with app.app_context():
        with unit_of_work(write=False):
            due = due_jobs(clock.now(), club_id)
        print_all(due, unit_of_work)
