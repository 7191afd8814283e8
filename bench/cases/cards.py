"""The card, its timeline and the list of visits among millions of visits, beside the bare rows."""

import time
from statistics import median

from sqlalchemy import Connection, create_engine, func, select, text

from access_control.models import Visit
from bench.cases.dashboards import looked_at
from bench.growing import large_store
from bench.options import Options
from bench.stores import Store
from bench.tables import Table
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person

MEMBERS, YEARS = 100_000, 1
VISITS = 20_000_000
COPIED = ("person", "contact_point")
# Stays of an hour, each person's a little more than a week apart, older than everything seeded; no
# event of a terminal stands behind them, which the store is asked to overlook.
ROWS = """
WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < :times)
INSERT INTO visit (public_id, club_id, person_id, day, entered_at, left_at, left_how,
    entry_event_id, units)
SELECT {name}, p.club_id, p.id, {day}, {came}, {left}, 'scan', -(p.id * 1000 + n), 0
FROM person p CROSS JOIN times
"""
DIALECTS = {
    "sqlite": {
        "name": "lower(hex(randomblob(7)))",
        "day": "date('2023-12-31', '-' || (n * 8) || ' days')",
        "came": "datetime('2023-12-31 12:00:00', '-' || (n * 8) || ' days') || '.000000'",
        "left": "datetime('2023-12-31 13:00:00', '-' || (n * 8) || ' days') || '.000000'",
    },
    "postgresql": {
        "name": "substr(md5(random()::text || p.id || ':' || n), 1, 14)",
        "day": "date '2023-12-31' - n * 8",
        "came": "timestamptz '2023-12-31 12:00+00' - make_interval(days => n * 8)",
        "left": "timestamptz '2023-12-31 13:00+00' - make_interval(days => n * 8)",
    },
}
UNGUARDED = {
    "sqlite": "PRAGMA foreign_keys=OFF",
    "postgresql": "SET session_replication_role = replica",
}
BARE = """
SELECT id, entered_at, left_at FROM visit WHERE person_id = :person
ORDER BY entered_at DESC LIMIT 25
"""


def lengthen(store: Store, wanted: int) -> None:
    """The store holds about so many visits, everybody's as many."""
    engine = create_engine(store.sqlalchemy_url)
    with engine.connect() as connection:
        connection.exec_driver_sql(UNGUARDED[store.kind])
        _write(connection, store.kind, wanted)
        connection.commit()
        connection.execute(text("ANALYZE"))
        connection.commit()
    engine.dispose()


def _write(connection: Connection, kind: str, wanted: int) -> None:
    people = connection.scalar(select(func.count()).select_from(Person)) or 1
    times = max(1, min(999, wanted // people))
    connection.execute(text(ROWS.format(**DIALECTS[kind])), {"times": times})


def busiest() -> tuple[str, int]:
    """Return the member who came most often of those with a life of their own here."""
    with unit_of_work(write=False) as session:
        row = session.execute(
            select(Person.public_id, Person.id)
            .join(Visit, Visit.person_id == Person.id)
            .where(Visit.entry_event_id > 0)
            .group_by(Person.public_id, Person.id)
            .order_by(func.count().desc(), Person.id)
            .limit(1)
        ).one()
        return row[0], row[1]


def bare(person: int, rounds: int) -> float:
    """Return the median milliseconds of the newest visits of one person by the plainest select."""
    taken = []
    for _ in range(rounds):
        with unit_of_work(write=False) as session:
            started = time.perf_counter()
            session.execute(text(BARE), {"person": person}).all()
            taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def run(options: Options) -> list[Table]:
    """Return a row per page and store."""
    heads = (
        "store",
        "people",
        "visits",
        "page",
        "ms",
        "statements",
        "outside the store",
        "multiple",
    )
    table = Table(
        "The card among many visits",
        heads,
        limits="templates and statements by index; the multiple is of one bare statement.",
    )
    for kind in options.stores:
        with large_store(kind, int(MEMBERS * options.scale), YEARS, copied=COPIED) as store:
            lengthen(store, int(VISITS * options.scale))
            app = store.app()
            with app.app_context():
                public_id, person = busiest()
                with unit_of_work(write=False) as session:
                    people = session.scalar(select(func.count()).select_from(Person)) or 0
                    visits = session.scalar(select(func.count()).select_from(Visit)) or 0
                plain = bare(person, 15)
            table.add(kind, people, visits, "bare newest visits", plain, 1, "-", 1.0)
            card = f"/members/{public_id}"
            pages = (card, f"{card}?before=2024-01-01T00:00:00", f"{card}/visits")
            for page, taken, count, outside in looked_at(app, pages, max(5, options.rounds)):
                shown, ms = page.replace(public_id, "…"), 1000 * taken
                table.add(kind, people, visits, shown, ms, count, outside, ms / plain)
            with app.app_context():
                db.engine.dispose()
    return [table]
