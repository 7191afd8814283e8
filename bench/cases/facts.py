"""Nightly facts and risk for all members, beside one plain statement over the same rows."""

import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import case, func, select

from access_control.models import VisitDay
from bench.growing import large_store
from bench.options import Options
from bench.tables import Table
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.facts import refresh_all
from clubcrm.people.models import Person

MEMBERS, YEARS = 100_000, 1


def seconds(work: Callable[[], object]) -> float:
    """Return how long one run of the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def plain_scan() -> None:
    """Last visit and counts of each member by one full scan, as any report would ask."""
    since = clock.now().date()
    recent = func.sum(case((VisitDay.day >= since, 1), else_=0))
    asked = select(VisitDay.person_id, func.max(VisitDay.day), func.count(), recent)
    with unit_of_work(write=False) as session:
        session.execute(asked.group_by(VisitDay.person_id)).all()


def nightly() -> None:
    """The facts of every club are those of its yesterday."""
    with unit_of_work(write=False) as session:
        clubs = [(club.id, clock.today(club.zone)) for club in session.scalars(select(Club))]
    for club_id, day in clubs:
        refresh_all(unit_of_work, club_id, day)


def sizes() -> tuple[int, int]:
    """Return how many people and visit-days the store holds."""
    with unit_of_work(write=False):
        people = db.session.scalar(select(func.count()).select_from(Person)) or 0
        return people, db.session.scalar(select(func.count()).select_from(VisitDay)) or 0


def measure(app: Flask, rounds: int) -> tuple[int, int, float, float, float]:
    """Return people, visit-days, and seconds of plain scan, first and repeated nightly run."""
    with app.app_context():
        people, days = sizes()
        plain = sorted(seconds(plain_scan) for _ in range(max(rounds, 3)))[1]
        first = seconds(nightly)
        again = sorted(seconds(nightly) for _ in range(rounds))[rounds // 2]
        db.engine.dispose()
    return people, days, plain, first, again


def run(options: Options) -> list[Table]:
    """Return one row per store."""
    table = Table(
        "Nightly facts, R1, R2, score and stage for all members",
        ("store", "people", "visit-days", "plain scan s", "first run s", "again s", "again / scan"),
        limits="set-based statements over visit_day; cost follows the number of visit-days.",
    )
    for kind in options.stores:
        with large_store(kind, int(MEMBERS * options.scale), YEARS) as store:
            people, days, plain, first, again = measure(store.app(), options.rounds)
        table.add(kind, people, days, plain, first, again, again / plain)
    return [table]
