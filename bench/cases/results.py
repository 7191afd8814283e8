"""Findings over a million eligibilities: rows read, effects estimated, page shown.

Beside it the same rows read by the bare driver, and the plain intervals of the library alone.
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Flask
from sqlalchemy import Connection, create_engine, func, select, text

from bench.cases.dashboards import looked_at
from bench.growing import large_store
from bench.options import Options
from bench.raw import bare_rows
from bench.stores import Store
from bench.tables import Table
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.reports.analyst import ask
from clubcrm.reports.effect_tables import TouchOutcome
from clubcrm.reports.eligible_columns import tables_of
from clubcrm.reports.evidence import LIVE, Seen
from clubcrm.reports.findings import tell_night

MEMBERS, YEARS = 100_000, 1
# Ten touchpoints with their outcome and the share that is held out.
CODES = (
    *(("J03", "visits", 200), ("J04", "visits", 200), ("J05", "visits", 200)),
    *(("J06a", "came", 500), ("J07", "visits", 100), ("J08", "visits", 100)),
    *(("J09", "visits", 100), ("J11", "visits", 200), ("J12", "visits", 200)),
    ("J13a", "renewal", 100),
)
CYCLE = 900  # of our own, so that no seeded row is met
READ = (
    "SELECT o.code, o.arm, o.is_control, o.club_id, o.person_id, o.kind, o.value, o.renewed,"
    " e.pre28, e.share, e.cycle_no, e.term_days"
    " FROM touch_outcome o JOIN eligibility e ON e.id = o.eligibility_id"
    " WHERE o.is_first ORDER BY o.eligibility_id"
)


def fill(connection: Connection) -> None:
    """Everybody was eligible once for each touchpoint, and what followed is known.

    Arms and outcomes come from the remainders of large products: the same on both stores.
    """
    first = int(connection.scalar(text("SELECT max(id) FROM eligibility")) or 0)
    people = int(connection.scalar(text("SELECT max(id) FROM person")) or 0)
    when = "date('now', '-90 days')" if connection.dialect.name == "sqlite" else "current_date - 90"
    at = f"{when} || ' 03:00:00.000000'" if connection.dialect.name == "sqlite" else when
    for number, (code, kind, share) in enumerate(CODES):
        lot = f"((id * 7919 + {number} * 104729) % 1009) % 1000 < {share}"
        arm = f"CASE WHEN {lot} THEN 'H' ELSE 'T' END"
        base = first + number * people
        connection.execute(
            text(
                "INSERT INTO eligibility (id, club_id, person_id, cycle_no, code, occurrence, arm,"
                " is_control, share, eligible_on, eligible_at, pre28, term_days, version)"
                f" SELECT id + {base}, club_id, id, {CYCLE}, '{code}', 1, {arm}, false,"
                f" {share / 1000}, {when}, {at}, (id * 31) % 13, 365, 0 FROM person"
            )
        )
        came = f"((id * 31) % 13 + (id * 17 + {number}) % 5) / 2.0"
        value = came if kind == "visits" else f"((id * 13 + {number}) % 10 < 6) * 1.0"
        if connection.dialect.name != "sqlite" and kind != "visits":
            value = f"CASE WHEN (id * 13 + {number}) % 10 < 6 THEN 1.0 ELSE 0.0 END"
        connection.execute(
            text(
                "INSERT INTO touch_outcome (eligibility_id, club_id, person_id, code, arm,"
                " is_control, is_first, is_rolling, kind, eligible_on, until_on, eligible_at,"
                " until_at, value, settled_on, renewed, involuntary, told_on, delivered,"
                " opted_out, complained, refunded)"
                f" SELECT id + {base}, club_id, id, '{code}', {arm}, false, true, false, '{kind}',"
                f" {when}, {when}, {at}, {at}, {value}, {when}, (id * 37 + {number}) % 10 < 6,"
                f" false, {when}, true, false, false, false FROM person"
            )
        )


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long one run of the work takes, and what it returned."""
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def filled(store: Store) -> Flask:
    """Return the product on the store, in which everything has been followed for three months."""
    engine = create_engine(store.sqlalchemy_url)
    with engine.begin() as connection:
        fill(connection)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return store.app()


def night(app: Flask) -> tuple[int, float, float, float]:
    """Return the rows compared, and the seconds of reading, of estimating, and of a whole night."""
    with app.app_context():
        with unit_of_work(write=False) as session:
            clubs = tuple(session.scalars(select(Club.id).order_by(Club.id)))
            count = select(func.count()).select_from(TouchOutcome).where(TouchOutcome.is_first)
            rows = session.scalar(count) or 0
            reading, tables = seconds(lambda: tables_of(session, Seen(clubs, LIVE), 0.0))
        order = {"touchpoints": {code: asdict(one) for code, one in tables.items()}}
        estimating, _found = seconds(lambda: ask("all_effects", {"orders": [order]}))
        owners = [(None, clubs)]
        today = clock.now().date()
        whole, _rows = seconds(lambda: tell_night(unit_of_work, owners, today, clock.now()))
    return rows, reading, estimating, whole


def run(options: Options) -> list[Table]:
    """Return the night of the findings and the page that shows them, on each store."""
    nights = Table(
        "Findings of one night over all eligibilities",
        (
            *("store", "eligibilities", "bare rows s", "columns s", "columns / bare"),
            *("estimates s", "whole night s", "night / bare"),
        ),
        limits="a night tells all so far and the last closed quarter: two sets of estimates.",
    )
    pages = Table(
        "Page of the findings", ("store", "page", "ms", "statements", "outside the store")
    )
    for kind in options.stores:
        members = int(MEMBERS * options.scale)
        with large_store(kind, members, YEARS, copied=("person",)) as store:
            app = filled(store)
            bare = min(bare_rows(store, READ) for _ in range(options.rounds))
            rows, reading, estimating, whole = night(app)
            ratio = reading / bare, whole / bare
            nights.add(kind, rows, bare, reading, ratio[0], estimating, whole, ratio[1])
            for page, taken, count, outside in looked_at(
                app, ("/reports/touchpoints?club=all", "/reports/touchpoints"), options.rounds
            ):
                pages.add(kind, page, 1000 * taken, count, outside)
            with app.app_context():
                db.engine.dispose()
    return [nights, pages]
