"""What lies where, the moves and the report of the bar over a long ledger, beside its bare sums."""

import time
from statistics import median

from flask import Flask
from sqlalchemy import func, select, text

from bar_inventory.stock.models import StockMove
from bench.cases.dashboards import looked_at
from bench.options import Options
from bench.stores import STORES
from bench.tables import Table, share
from clubcrm.core.db import db, unit_of_work

MEMBERS, YEARS = 1_000, 1
MOVES = 1_000_000
PAGES = ("/stock", "/stock/moves", "/stock/moves?kind=count", "/stock/report")
# Lines as they are, spread over two years, each under a name of its own.
COPY = """
INSERT INTO stock_move (club_id, place_id, product_id, lot_id, kind, units, unit_cost_micro,
    value_micro, waste, reason, source_kind, source_id, position, on_day, at, "by", public_id)
WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < :times)
SELECT m.club_id, m.place_id, m.product_id, NULL, m.kind, m.units, m.unit_cost_micro,
    m.value_micro, m.waste, m.reason, 'bench', m.id || ':' || n, 0, {day}, m.at, m."by", {name}
FROM stock_move m CROSS JOIN times WHERE m.reverses_id IS NULL
"""
DIALECTS = {
    "sqlite": {
        "day": "date(m.on_day, '-' || (n % 700) || ' days')",
        "name": "lower(hex(randomblob(7)))",
    },
    "postgresql": {
        "day": "m.on_day - (n % 700)::int",
        "name": "substr(md5(random()::text || n::text || m.id::text), 1, 14)",
    },
}
SUMS = """
SELECT product_id, place_id, sum(units), sum(value_micro) FROM stock_move
GROUP BY product_id, place_id
"""


def lengthen(app: Flask, kind: str, wanted: int) -> int:
    """The ledger has about so many lines; returns how many."""
    with app.app_context():
        with unit_of_work() as session:
            now = session.scalar(select(func.count()).select_from(StockMove)) or 1
            copies = max(1, wanted // now)
            session.execute(text(COPY.format(**DIALECTS[kind])), {"times": copies})
        with unit_of_work(write=False) as session:
            return session.scalar(select(func.count()).select_from(StockMove)) or 0


def bare_sums(app: Flask, rounds: int) -> float:
    """Return the median seconds of summing the whole ledger up once."""
    taken = []
    with app.app_context():
        for _ in range(rounds):
            with unit_of_work(write=False) as session:
                started = time.perf_counter()
                session.execute(text(SUMS)).all()
                taken.append(time.perf_counter() - started)
    return median(taken)


def run(options: Options) -> list[Table]:
    """Return a row per page and store."""
    table = Table(
        "Pages of the stock over a long ledger",
        ("store", "moves", "page", "ms", "statements", "outside the store", "of summing it all"),
        limits="levels and days that are kept; only the report reads moves of its own days.",
    )
    for kind in options.stores:
        with STORES[kind](MEMBERS, YEARS) as store:
            app = store.app()
            moves = lengthen(app, kind, int(MOVES * options.scale))
            whole = bare_sums(app, options.rounds)
            for page, taken, count, outside in looked_at(app, PAGES, options.rounds):
                ratio = share(taken, whole)
                table.add(kind, moves, page, 1000 * taken, count, outside, ratio)
            with app.app_context():
                db.engine.dispose()
    return [table]
