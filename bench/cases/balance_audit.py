"""The audit of all balances over a million ledger lines, beside the same sums said raw."""

import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import Connection, create_engine, text

from bench.options import Options
from bench.stores import STORES, Store, measured
from bench.tables import Table
from clubcrm import wiring
from clubcrm.core.db import db, end_reading

# The lines beyond those of the seed are written by statements of sets, so a small club is enough.
MEMBERS, YEARS = 4_000, 1
LINES = 1_000_000
PIECE = 50_000
LEDGERS = ("package_entry", "invoice_line", "allocation", "payment", "refund", "voucher_entry")
BALANCES = ("I1", "I4", "I5", "I6")
# What the checks have to find out, by the plainest statements: each ledger summed by its owner.
SUMS = (
    "SELECT lot_id, SUM(delta) FROM package_entry GROUP BY lot_id",
    "SELECT invoice_id, SUM(total_minor) FROM invoice_line GROUP BY invoice_id",
    "SELECT instalment_id, SUM(amount_minor) FROM allocation GROUP BY instalment_id",
    "SELECT payment_id, SUM(amount_minor) FROM allocation GROUP BY payment_id",
    "SELECT payment_id, SUM(amount_minor) FROM refund GROUP BY payment_id",
    "SELECT voucher_id, SUM(delta_minor) FROM voucher_entry GROUP BY voucher_id",
)
ADD_LINES = text(
    "INSERT INTO package_entry"
    " (lot_id, kind, delta, source_kind, source_id, reason, at, by, unit_id)"
    " SELECT lot_id, 'correct', :delta, 'bench', CAST(:first + id AS TEXT), 'bench', at, by, ''"
    " FROM package_entry WHERE source_kind <> 'bench' ORDER BY id LIMIT :wanted"
)


def seconds(work: Callable[[], object]) -> float:
    """Return how long one run of the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def count_lines(connection: Connection) -> int:
    """Return how many lines all ledgers hold."""
    asked = [text("SELECT COUNT(*) FROM " + name) for name in LEDGERS]  # names of ours
    return sum(int(connection.execute(one).scalar() or 0) for one in asked)


def fill(store: Store, wanted: int) -> int:
    """The ledgers hold so many lines: units corrected up and down again; returns how many."""
    engine = create_engine(store.sqlalchemy_url)
    with engine.begin() as connection:
        have, first = count_lines(connection), 0
        highest = int(connection.execute(text("SELECT MAX(id) FROM package_entry")).scalar() or 1)
        while have < wanted:
            piece = min(PIECE, (wanted - have + 1) // 2)
            for delta in (1, -1):
                values = {"delta": delta, "first": first, "wanted": piece}
                have += connection.execute(ADD_LINES, values).rowcount
                first += 2 * highest
    engine.dispose()
    return have


def raw_sums(store: Store) -> float:
    """Return the seconds the plain sums take by the bare driver."""
    engine = create_engine(store.sqlalchemy_url)
    with engine.connect() as connection:
        taken = seconds(lambda: [connection.execute(text(one)).all() for one in SUMS])
    engine.dispose()
    return taken


def audit(app: Flask) -> float:
    """Return the seconds the checks of balances take; ends the bench when one of them fails."""
    found: list[str] = []

    def check() -> None:
        for name in BALANCES:
            found.extend(wiring.INVARIANTS[name]())
            end_reading()

    with app.app_context():
        taken = seconds(check)
        db.engine.dispose()
    if found:
        raise SystemExit(f"bench: {found[0]}")
    return taken


def run(options: Options) -> list[Table]:
    """Return one row per store."""
    table = Table(
        "Audit of balances beside the plain sums of the ledgers",
        (
            *("store", "ledger lines", "plain sums s", "balance checks s"),
            *("all invariants s", "memory MB"),
        ),
        limits="the goal is 60 s for all invariants; most of it is reading every page and index.",
    )
    for kind in options.stores:
        with STORES[kind](max(500, int(MEMBERS * options.scale)), YEARS) as store:
            lines = fill(store, int(LINES * options.scale))
            raw = raw_sums(store)
            checked = audit(store.app())
            whole, memory = measured(store, "invariants")
        table.add(kind, lines, raw, checked, whole, memory)
    return [table]
