"""A backlog of scans in batches, beside a bulk insert of as many rows by the bare driver."""

import time
from datetime import timedelta

from bench.gate import Gate, open_gate
from bench.load import drive
from bench.options import Options
from bench.raw import INPUTS, Raw
from bench.servers import club_server
from bench.stores import STORES, Store
from bench.tables import Table, share
from clubcrm.core import clock

MEMBERS, YEARS = 10_000, 2
BATCH, BATCHES = 5_000, 4
PATH = "/api/v1/access/events:batch"


def bulk_rate(store: Store, count: int) -> float:
    """Return rows per second by executemany in one transaction."""
    raw = Raw(store)
    rows = [(1, f"bulk-{n}", n, "2026-11-22T10:00:00+00:00", INPUTS) for n in range(count)]
    started = time.perf_counter()
    raw.insert_many(rows)
    taken = time.perf_counter() - started
    raw.close()
    return count / taken


def batch_rate(store: Store, gate: Gate, size: int) -> tuple[float, int]:
    """Return events per second over HTTP, and how many batches were refused."""
    ended = clock.now() - timedelta(hours=1)
    bodies = [
        gate.backlog(f"batch-{n}", size, ended - n * timedelta(seconds=10 * size))
        for n in reversed(range(BATCHES))
    ]
    with club_server(store.environment) as port:
        load = drive(port, lambda n: gate.signed(PATH, bodies[n]), range(BATCHES), 1)
    return load.rate * size, load.refused


def run(options: Options) -> list[Table]:
    """Return one row per store."""
    table = Table(
        f"Batch ingest, {BATCHES} batches one after the other",
        ("store", "events per batch", "bulk insert /s", "events /s", "share of bulk", "refused"),
        limits="a decision with its facts for every scan; the bulk insert decides nothing.",
    )
    for kind in options.stores:
        with STORES[kind](max(500, int(MEMBERS * options.scale)), YEARS) as store:
            gate = open_gate(store.app())
            size = max(500, int(BATCH * options.scale))
            bulk = bulk_rate(store, size * BATCHES)
            events, refused = batch_rate(store, gate, size)
        table.add(kind, size, bulk, events, share(events, bulk), refused)
    return [table]
