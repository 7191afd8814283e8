"""Nightly planning for all members: facts first, then what is due, at growing sizes of the club."""

import gc
import time
from collections.abc import Callable
from datetime import timedelta

import time_machine
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
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.planning import Planned, plan_club

MEMBERS, YEARS, EARLIER = 25_000, 1, 6
SIZES = (1, 2, 4)


def seconds(work: Callable[[], object]) -> float:
    """Return how long one run of the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def clubs() -> list[tuple[int, str]]:
    """Return every club with its zone."""
    with unit_of_work(write=False) as session:
        return [(club.id, club.zone) for club in session.scalars(select(Club))]


def refresh() -> None:
    """The facts of every club are those of its today."""
    for club_id, zone in clubs():
        refresh_all(unit_of_work, club_id, clock.today(zone))


def plan() -> Planned:
    """What is due today is planned in every club."""
    total = Planned()
    for club_id, zone in clubs():
        part = plan_club(unit_of_work, club_id, clock.today(zone))
        total.planned += part.planned
        total.held_out += part.held_out
        total.refused += part.refused
    return total


def settle() -> None:
    """What is loaded is looked through for garbage no more, as in the process of the jobs."""
    gc.collect()
    gc.freeze()


def raw(app: Flask) -> float:
    """Return how long the bare statements of a night take: counts and last visits of everybody."""
    since = clock.now().date() - timedelta(days=112)
    counted = select(
        VisitDay.person_id,
        func.max(VisitDay.day),
        func.count(),
        func.sum(case((VisitDay.day >= since, 1), else_=0)),
    ).group_by(VisitDay.person_id)
    with app.app_context(), unit_of_work(write=False) as session:
        return seconds(lambda: session.execute(counted).all())


def measure(app: Flask) -> tuple[float, ...]:
    """Return members, visit-days, the bare statement, and the seconds of two nights in a row.

    The first night finds a club that nobody planned for; the second is what every later one costs.
    """
    bare = raw(app)
    with app.app_context():
        settle()
        refresh()
        first: list[Planned] = []
        beginning = seconds(lambda: first.append(plan()))
        with time_machine.travel(clock.now() + timedelta(days=1)):
            facts = seconds(refresh)
            second: list[Planned] = []
            planning = seconds(lambda: second.append(plan()))
        with unit_of_work(write=False):
            members = db.session.scalar(select(func.count()).select_from(MemberFacts)) or 0
            days = db.session.scalar(select(func.count()).select_from(VisitDay)) or 0
        db.engine.dispose()
    told = first[0].planned, beginning, facts, second[0].planned, planning
    return members, days, bare, *told, (facts + planning) / bare


def run(options: Options) -> list[Table]:
    """Return one row per store and size."""
    table = Table(
        "Nightly facts, risk and planning for all members at 1x, 2x, 4x",
        (
            *("store", "members", "visit-days", "bare s", "first planned", "first s"),
            *("facts s", "planned", "plan s", "(facts + plan) / bare"),
        ),
        limits="a first night plans weeks at once; of a later one, the facts of all are most.",
    )
    for kind in options.stores:
        for size in SIZES:
            with large_store(kind, int(MEMBERS * size * options.scale), YEARS, EARLIER) as store:
                table.add(kind, *measure(store.app()))
    return [table]
