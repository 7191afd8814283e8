"""Segments counted over many people, beside the plain count of those who came lately."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from statistics import median

from sqlalchemy import func, select

from access_control.models import VisitDay
from bench.options import Options
from bench.stores import STORES
from bench.tables import Table
from clubcrm.campaigns.rules.tree import Condition, Group, Join
from clubcrm.campaigns.segment_queries import count_people, ground_of
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from clubcrm.people.rules.trait_kinds import Op
from clubcrm.people.traits import Ground

MEMBERS, YEARS = 100_000, 1
ROUNDS = 3
FEW = Condition("visits", Op.AT_MOST, ("3",), 28)
MEMBER = Condition("member", Op.IS)
RULES = {
    "one condition": Group(Join.ALL, (FEW,)),
    "three conditions": Group(Join.ALL, (MEMBER, FEW, Condition("ends", Op.WITHIN_NEXT, (), 60))),
    "nine in groups": Group(
        Join.ALL,
        (
            MEMBER,
            FEW,
            Group(
                Join.ANY,
                (
                    Condition("ends", Op.WITHIN_NEXT, (), 60),
                    Condition("frozen", Op.IS),
                    Condition("units_left", Op.AT_LEAST, ("1",)),
                    Condition("bar_spent", Op.AT_LEAST, ("100",), 90),
                ),
            ),
            Group(
                Join.NONE,
                (
                    Condition("overdue", Op.AT_LEAST, ("1",)),
                    Condition("stage", Op.ANY_OF, ("lost",)),
                    Condition("missed", Op.AT_LEAST, ("3",), 90),
                ),
            ),
        ),
    ),
}


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of one run."""
    taken = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        with unit_of_work(write=False):
            work()
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def largest() -> Ground:
    """Return where and when the people of the largest club are chosen."""
    with unit_of_work(write=False) as session:
        club_id = session.execute(
            select(Person.club_id).group_by(Person.club_id).order_by(func.count().desc()).limit(1)
        ).scalar_one()
        return ground_of(session.get_one(Club, club_id))


def bare(ground: Ground) -> int:
    """Return how many people of the club came within 28 days, by the plainest statement."""
    first = ground.today - timedelta(days=27)
    return int(
        db.session.execute(
            select(func.count(VisitDay.person_id.distinct())).where(
                VisitDay.club_id == ground.club_id, VisitDay.day >= first
            )
        ).scalar_one()
    )


def run(options: Options) -> list[Table]:
    """Return one row per store and rule."""
    table = Table(
        "Counting a segment beside the plain count of those who came lately",
        ("store", "rule", "people", "plain ms", "segment ms", "times"),
        limits="days count back from today, so a store that was seeded long ago is quieter.",
    )
    for kind in options.stores:
        people = max(500, int(MEMBERS * options.scale))
        with STORES[kind](people, YEARS) as store, store.app().app_context():
            ground = largest()
            plain = milliseconds(partial(bare, ground))
            for name, tree in RULES.items():
                with unit_of_work(write=False):
                    found = count_people(tree, ground)
                taken = milliseconds(partial(count_people, tree, ground))
                table.add(kind, name, found, plain, taken, taken / plain)
            db.session.remove()
            db.engine.dispose()
    return [table]
