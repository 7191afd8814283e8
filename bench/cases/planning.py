"""Nightly planning for all members: facts first, then what is due, at growing sizes of the club."""

import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from bench.options import Options
from bench.stores import STORES
from bench.tables import Table
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.candidates import candidates
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.planning import Planned, plan_club
from clubcrm.journeys.situations import ground_of

MEMBERS, YEARS = 25_000, 1
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


def net() -> int:
    """Return how many members the night looks at."""
    found = 0
    for club_id, zone in clubs():
        day = clock.today(zone)
        with unit_of_work(write=False) as session:
            ground = ground_of(session, club_id, day)
            found += len(candidates(session, club_id, day, ground.versions.values()))
    return found


def plan() -> Planned:
    """What is due today is planned in every club."""
    total = Planned()
    for club_id, zone in clubs():
        part = plan_club(unit_of_work, club_id, clock.today(zone))
        total.planned += part.planned
        total.held_out += part.held_out
        total.refused += part.refused
    return total


def measure(app: Flask) -> tuple[float, ...]:
    """Return members, looked at and planned, each with the seconds that it took."""
    with app.app_context():
        facts = seconds(refresh)
        with unit_of_work(write=False):
            members = db.session.scalar(select(func.count()).select_from(MemberFacts)) or 0
        looked: list[int] = []
        netting = seconds(lambda: looked.append(net()))
        done: list[Planned] = []
        first = seconds(lambda: done.append(plan()))
        again = seconds(plan)
        db.engine.dispose()
    return members, facts, looked[0], netting, done[0].planned, first, again


def run(options: Options) -> list[Table]:
    """Return one row per store and size."""
    table = Table(
        "Nightly planning for all members at 1x, 2x, 4x",
        ("store", "members", "facts s", "looked at", "net s", "planned", "first s", "again s"),
        limits="the first night of an unplanned club plans weeks at once; later nights plan a day.",
    )
    for kind in options.stores:
        for size in SIZES:
            with STORES[kind](int(MEMBERS * size * options.scale), YEARS) as store:
                table.add(kind, *measure(store.app()))
    return [table]
