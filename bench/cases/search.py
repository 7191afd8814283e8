"""Search over many people, beside the bare indexed query for the same beginning of a word."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

from sqlalchemy import func, select

from bench.options import Options
from bench.stores import STORES
from bench.tables import Table
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import ContactKind, ContactPoint, Person, SearchWord
from clubcrm.people.queries.search import END, search

# Names, phones and cards are asked for here, not visits: a few weeks of them are enough.
MEMBERS, YEARS = 100_000, 0.1


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of one run."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        with unit_of_work(write=False):
            work()
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


def bare(word: str) -> Callable[[], object]:
    """Return the plainest indexed query: twenty people with a word that begins so."""
    found = (
        select(Person.id, Person.given_name, Person.family_name)
        .join(SearchWord, SearchWord.person_id == Person.id)
        .where(SearchWord.word >= word, SearchWord.word < word + END)
        .limit(20)
    )
    return lambda: db.session.execute(found).all()


def questions() -> tuple[Scope, dict[str, str]]:
    """Return all clubs, and what a desk types: pieces of a person in the middle of the store."""
    with unit_of_work(write=False) as session:
        scope = Scope(tuple(session.scalars(select(Club.id))))
        middle = (session.scalar(select(func.max(Person.id))) or 0) // 2
        person = session.scalars(
            select(Person)
            .join(ContactPoint, ContactPoint.person_id == Person.id)
            .where(Person.id >= middle, ContactPoint.kind == ContactKind.PHONE)
            .order_by(Person.id)
            .limit(1)
        ).one()
        phone = session.scalars(
            select(ContactPoint.value).where(
                ContactPoint.person_id == person.id, ContactPoint.kind == ContactKind.PHONE
            )
        ).first()
        typed = {
            "three letters of the family name": person.family_name[:3],
            "given and family name": f"{person.given_name} {person.family_name}",
            "last four digits of the phone": (phone or "0000")[-4:],
            "a name nobody has": "qqxxyyzz",
        }
    return scope, typed


def run(options: Options) -> list[Table]:
    """Return one table per store."""
    tables = []
    for kind in options.stores:
        people = int(MEMBERS * options.scale)
        with STORES[kind](people, YEARS) as store, store.app().app_context():
            table = Table(
                f"Search over {people:,} people, {kind}",
                ("typed", "bare ms", "search ms", "multiple"),
                limits="statements per question; names nobody has go through sounds and slips too.",
            )
            scope, typed = questions()
            for name, words in typed.items():
                plain = milliseconds(bare(words.split()[0].lower()), 15)
                ours = milliseconds(partial(search, scope, words), 15)
                table.add(name, plain, ours, ours / plain)
            tables.append(table)
            db.engine.dispose()
    return tables
