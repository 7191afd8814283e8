"""Dirty tables of each kind brought in: rows a second, memory; a second run adds nothing."""

import csv
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, insert, select

from bench.options import Options
from bench.stores import STORES, Store
from bench.tables import Table
from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.importer import ImportOrder, run_import, try_import
from clubcrm.people.models import Person
from clubcrm.people.rules.table_kinds import KNOWN, NEW, TAKEN, TablePlace
from clubcrm.people.tables_in import TableOrder, bring_in, try_table
from memberships.contracts.catalogue import plans_of
from memberships.packages.offers import products_of

MEMBERS, YEARS = 500, 1
ROWS = 50_000
SOURCE, BY = "bench", "user:1"
Told = dict[str, float]
# How many rows in a hundred are faulty: a wrong day, nobody's number, the same row once more.
WRONG_DAY, NOBODY, AGAIN = 2, 2, 2
Line = list[str]


def people(rows: int) -> Iterator[Line]:
    """Give a table of people: in each hundred a wrong day of birth, no name and a row again."""
    yield ["No", "First name", "Last name", "Mobile", "E-mail", "Date of birth"]
    for number in range(rows):
        kind = number % 100
        again = number - 1 if kind == AGAIN else number
        name = "" if kind == 1 else f"Anika{again % 997}"
        born = "31.02.1994" if kind == 0 else f"{again % 28 + 1:02}.05.{1950 + again % 50}"
        phone = f"017{again:08}"
        yield [str(again), name, f"Sultana{again}", phone, f"a{again}@example.com", born]


def numbered(rows: int, make: Callable[[int], Line]) -> Iterator[Line]:
    """Give the lines of a table about people: some of nobody, some said twice."""
    for number in range(rows):
        line = make(number - 1 if number % 100 == AGAIN else number)
        if number % 100 == NOBODY + 1:
            line[0] = f"nobody-{number}"
        yield line


def contracts(rows: int, plan: str) -> Iterator[Line]:
    """Give a table of contracts, each of a year that is over, one in fifty without a first day."""
    yield ["member", "plan", "starts_on", "ends_on", "number"]
    first = clock.now().date() - timedelta(days=900)

    def line(number: int) -> Line:
        starts = first + timedelta(days=number % 300)
        told = "31.02.2025" if number % 50 == 7 else starts.isoformat()
        ends = starts + timedelta(days=364)
        return [str(number), plan, told, ends.isoformat(), f"C{number}"]

    yield from numbered(rows, line)


def packages(rows: int, product: str) -> Iterator[Line]:
    """Give a table of packages, one in fifty with units that are none."""
    yield ["member", "package", "units_left", "number"]
    yield from numbered(
        rows,
        lambda n: [str(n), product, "many" if n % 50 == 7 else str(n % 9 + 1), f"P{n}"],
    )


def visits(rows: int, _name: str) -> Iterator[Line]:
    """Give a table of visits, one in fifty at an hour that is none."""
    yield ["member", "entered_at"]
    first, chance = clock.now() - timedelta(days=300), Random(7)

    def line(number: int) -> Line:
        at = first + timedelta(minutes=chance.randrange(250 * 1440))
        told = "2025-02-31 25:00" if number % 50 == 7 else at.strftime("%Y-%m-%d %H:%M")
        return [str(number), told]

    yield from numbered(rows, line)


def leads(rows: int, _name: str) -> Iterator[Line]:
    """Give a table of leads, one in fifty with a phone that is none."""
    yield ["number", "name", "phone", "email", "created"]
    first = clock.now() - timedelta(days=90)
    for number in range(rows):
        again = number - 1 if number % 100 == AGAIN else number
        phone = "12" if number % 50 == 7 else f"018{again:08}"
        at = (first + timedelta(minutes=again)).strftime("%Y-%m-%d %H:%M")
        yield [f"L{again}", f"Lead {again}", phone, f"l{again}@example.com", at]


KINDS: dict[str, Callable[[int, str], Iterator[Line]]] = {
    "visits": visits,
    "packages": packages,
    "contracts": contracts,
    "leads": leads,
}


def write(path: Path, lines: Iterator[Line]) -> None:
    """The lines lie in a file."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(lines)


def apart(work: Callable[..., Told], *given: object) -> Told:
    """Return what the work told in a process of its own, with the memory it took at most."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (work, given))


def _measured(work: Callable[..., Told], given: tuple[object, ...]) -> Told:
    told = work(*given)
    return told | {"mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def bring_people(store: Store, path: Path) -> Told:
    """Return how the people were tried, brought in, and brought in once more."""
    with store.app().app_context():
        with unit_of_work(write=False) as session:
            club_id = session.scalars(select(Club.id).order_by(Club.id)).first() or 0
        order = ImportOrder(path, path.name, club_id, source=SOURCE, by=BY)
        started = time.perf_counter()
        tried = try_import(order)
        dry = time.perf_counter()
        brought = run_import(order)
        done = time.perf_counter()
        again = run_import(order)
        db.engine.dispose()
    return {
        "rows": brought.counts.total(),
        "dry": dry - started,
        "bring": done - dry,
        "new": brought.counts["new"],
        "refused": brought.refused,
        "again": again.counts["new"] + again.counts["linked"],
        "same": float(tried.counts == brought.counts),
    }


def bring_table(store: Store, kind: str, path: Path) -> Told:
    """Return how a table of the kind was tried, brought in, and brought in once more."""
    app = store.app()
    with app.app_context(), app.test_request_context():
        with unit_of_work(write=False) as session:
            club_id = session.scalars(select(Club.id).order_by(Club.id)).first() or 0
        order = TableOrder(kind, path, path.name, TablePlace(club_id, SOURCE, BY))
        started = time.perf_counter()
        tried = try_table(order)
        dry = time.perf_counter()
        brought = bring_in(order)
        done = time.perf_counter()
        again = bring_in(order)
        db.engine.dispose()
    return {
        "rows": brought.counts.total(),
        "dry": dry - started,
        "bring": done - dry,
        "new": brought.counts[NEW],
        "refused": sum(n for name, n in brought.counts.items() if name not in TAKEN),
        "again": again.counts[NEW],
        "same": float(tried.counts[NEW] == brought.counts[NEW] and KNOWN in again.counts),
    }


def names(store: Store) -> dict[str, str]:
    """Return a plan of a year and a package that the club sells, by the table that names them."""
    with store.app().app_context():
        with unit_of_work(write=False) as session:
            club = session.scalars(select(Club).order_by(Club.id)).first()
            scope = Scope((club.id if club else 0,))
            plan = next(one for one in plans_of(scope) if one.terms.term)
            product = products_of(scope)[0]
            found = {"contracts": plan.terms.name, "packages": product.terms.name}
        db.engine.dispose()
    return found


def bare(store: Store, rows: int) -> float:
    """Return the seconds of writing so many bare people in one statement."""
    with store.app().app_context():
        with unit_of_work() as session:
            club_id = session.scalars(select(Club.id).order_by(Club.id)).first() or 0
            values = [
                {
                    "club_id": club_id,
                    "given_name": f"Bare{number}",
                    "family_name": "Row",
                    "search_text": f"bare{number} row",
                    "sort_name": f"bare{number} row",
                    "source": "bare",
                }
                for number in range(rows)
            ]
            started = time.perf_counter()
            session.execute(insert(Person), values)
            session.scalar(select(func.count()).select_from(Person))
        taken = time.perf_counter() - started
        db.engine.dispose()
    return taken


def run(options: Options) -> list[Table]:
    """Return a row per store and kind of table."""
    heads = ("store", "table", "rows", "tried s", "brought in s", "rows /s", "new", "refused",
             "second run adds", "same as tried", "MiB")  # fmt: skip
    limits = "duplicates, contact points, contracts with numbers and histories: not bare rows."
    table = Table("Dirty tables brought in", heads, limits=limits)
    rows = int(ROWS * options.scale)
    for kind in options.stores:
        with STORES[kind](MEMBERS, YEARS) as store:
            folder = Path(store.environment["CLUBCRM_DATA_DIR"])
            taken = bare(store, rows)
            table.add(kind, "bare people", rows, 0, taken, rows / taken, rows, 0, 0, 1, 0)
            path = folder / "people.csv"
            write(path, people(rows))
            _add(table, kind, "people", apart(bring_people, store, path))
            called = names(store)
            for name, lines in KINDS.items():
                path = folder / f"{name}.csv"
                write(path, lines(rows, called.get(name, "")))
                _add(table, kind, name, apart(bring_table, store, name, path))
    return [table]


def _add(table: Table, store: str, name: str, told: Told) -> None:
    table.add(
        store, name, told["rows"], told["dry"], told["bring"], told["rows"] / told["bring"],
        told["new"], told["refused"], told["again"], told["same"], told["mib"],
    )  # fmt: skip
