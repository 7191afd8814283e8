"""Check-in over HTTP beside a bare Flask route, and beside the bare driver without HTTP."""

from functools import partial

from bench.gate import Gate, open_gate
from bench.load import Load, drive, middle, post_json
from bench.options import Options
from bench.raw import Raw, per_second
from bench.servers import bare_server, club_server
from bench.stores import STORES, Store
from bench.tables import Table, share

MEMBERS, YEARS = 10_000, 2
REQUESTS = 2_000
CONNECTIONS = (1, 8, 64)
PATH = "/api/v1/access/events"


def loads(port: int, make: object, count: int, connections: int, rounds: int) -> Load:
    """Return the medians of several runs, each with numbers of its own."""
    runs = []
    for number in range(rounds):
        first = (number * len(CONNECTIONS) + CONNECTIONS.index(connections)) * count
        runs.append(drive(port, make, range(first, first + count), connections))  # type: ignore[arg-type]
    return middle(runs)


def bare_request(gate: Gate, number: int) -> bytes:
    """Return the same body, sent to the yardstick."""
    return post_json("/bare", gate.body("bare", number))


def scan_request(gate: Gate, number: int) -> bytes:
    """Return the signed scan, sent to the product."""
    return gate.signed(PATH, gate.body("scan", number))


def raw_rate(store: Store, gate: Gate, count: int) -> float:
    """Return check-ins per second by the bare driver, one after the other."""
    raw = Raw(store)

    def once(number: int) -> None:
        kind, value, person = gate.credentials[number % len(gate.credentials)]
        raw.check_in(f"raw-{number}", kind, value, person)

    rate = per_second(count, once)
    raw.close()
    return rate


def measure(store: Store, options: Options) -> Table:
    """Return the table of one store."""
    gate = open_gate(store.app())
    count = max(200, int(REQUESTS * options.scale))
    raw = raw_rate(store, gate, count)
    table = Table(
        f"Check-in over HTTP, {store.kind}, {len(gate.credentials):,} credentials",
        (
            *("connections", "bare /s", "check-in /s", "share of bare", "share of raw"),
            *("bare p50 ms", "p50 ms", "bare p99 ms", "p99 ms", "p99 multiple", "refused"),
        ),
        limits=f"raw driver without HTTP: {raw:,.0f}/s, one connection, every commit durable.",
    )
    for connections in CONNECTIONS:
        with bare_server() as port:
            bare = loads(port, partial(bare_request, gate), count, connections, options.rounds)
        with club_server(store.environment) as port:
            ours = loads(port, partial(scan_request, gate), count, connections, options.rounds)
        table.add(
            *(connections, bare.rate, ours.rate, share(ours.rate, bare.rate)),
            *(share(ours.rate, raw), bare.p50_ms, ours.p50_ms, bare.p99_ms, ours.p99_ms),
            *(ours.p99_ms / bare.p99_ms, ours.refused),
        )
    return table


def run(options: Options) -> list[Table]:
    """Return one table per store."""
    tables = []
    for kind in options.stores:
        with STORES[kind](max(500, int(MEMBERS * options.scale)), YEARS) as store:
            tables.append(measure(store, options))
    return tables
