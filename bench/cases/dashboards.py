"""The owner's dashboards over a large club, beside their statements run by the bare driver."""

import re
import time
from collections.abc import Iterator, Sequence
from statistics import median

from flask import Flask
from sqlalchemy import event, func, select

from access_control.models import VisitDay
from bench.growing import large_store
from bench.options import Options
from bench.tables import Table, share
from clubcrm.accounts.api import require_second_factor, set_password, user_by_email
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from clubcrm.reports.rolling_up import roll_up
from clubcrm.seed.house import STAFF, email_of

MEMBERS, YEARS, EARLIER = 100_000, 1, 6
PAGES = ("/reports/", "/reports/renewals", "/reports/renewals?by=plan", "/reports/forecast")
SECRET = "green-light-at-the-gate"  # noqa: S105 - of a store made for the measurement


class Watched:
    """Counts the statements of a page and the time the store takes for them."""

    def __init__(self) -> None:
        self.count, self.seconds, self._began = 0, 0.0, 0.0
        event.listen(db.engine, "before_cursor_execute", self._before)
        event.listen(db.engine, "after_cursor_execute", self._after)

    def _before(self, *_: object) -> None:
        self._began = time.perf_counter()

    def _after(self, *_: object) -> None:
        self.count += 1
        self.seconds += time.perf_counter() - self._began


def measure(app: Flask, rounds: int, table: Table, store: str) -> None:
    """Each page has its line: time, statements, and the share of the time outside the store."""
    with app.app_context(), unit_of_work(write=False) as session:
        people = session.scalar(select(func.count()).select_from(Person)) or 0
        visits = session.scalar(select(func.count()).select_from(VisitDay)) or 0
    for page, taken, count, outside in looked_at(app, PAGES, rounds):
        table.add(store, people, visits, page, 1000 * taken, count, outside)


def looked_at(
    app: Flask, pages: Sequence[str], rounds: int
) -> Iterator[tuple[str, float, int, str]]:
    """Yield for each page its median seconds, its statements, and the share outside the store."""
    with app.app_context(), unit_of_work():
        require_second_factor(False)
        owner = user_by_email(email_of(STAFF[0][0]))
        if owner is not None:
            set_password(owner, SECRET)
    client = app.test_client()
    form = client.get("/sign-in").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', form)
    data = {"email": email_of(STAFF[0][0]), "password": SECRET}
    client.post("/sign-in", data=data | {"csrf_token": found[1] if found else ""})
    for page in pages:
        taken, watched = [], None
        for _ in range(rounds):
            with app.app_context():
                watched = Watched()
            started = time.perf_counter()
            answer = client.get(page)
            taken.append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{page} answered {answer.status_code}")
        whole = median(taken)
        count, inside = (watched.count, watched.seconds) if watched else (0, 0.0)
        outside = share(max(0.0, taken[-1] - inside), taken[-1])
        yield page, whole, count, outside


def night(app: Flask) -> float:
    """Return how long the roll-up of all clubs takes."""
    with app.app_context():
        with unit_of_work(write=False) as session:
            clubs = [(club.id, clock.today(club.zone)) for club in session.scalars(select(Club))]
        started = time.perf_counter()
        for club_id, day in clubs:
            roll_up(unit_of_work, club_id, day)
        return time.perf_counter() - started


def run(options: Options) -> list[Table]:
    """Return the pages on each store, and the night before them."""
    heads = ("store", "members", "visit-days", "page", "ms", "statements", "outside the store")
    table = Table("Owner's dashboards", heads, limits="rows of the paid ends that a page adds up.")
    nights = Table("Roll-up of the reports", ("store", "members", "s"))
    for kind in options.stores:
        people = int(MEMBERS * options.scale)
        with large_store(kind, people, YEARS, EARLIER) as store:
            app = store.app()
            nights.add(kind, people, night(app))
            measure(app, options.rounds, table, kind)
            with app.app_context():
                db.engine.dispose()
    return [table, nights]
