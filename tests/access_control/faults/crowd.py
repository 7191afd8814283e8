"""Many at once: sixteen threads that start together, each in an app context of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

from flask import Flask

from clubcrm.core.db import begin, db
from tests import long

T = TypeVar("T")
SIXTEEN = 16
ROUNDS = long.rounds()


class Crowd:
    """Threads that run the same work at the same moment, again and again."""

    def __init__(self, app: Flask, size: int = SIXTEEN) -> None:
        self.app = app
        self.size = size
        self.pool = ThreadPoolExecutor(size)

    def rush(self, work: Callable[[int], T]) -> list[T | Exception]:
        """Run the work once per thread, all together; returns results or what was raised."""
        line = Barrier(self.size)

        def one(number: int) -> T | Exception:
            with self.app.app_context():
                line.wait()
                try:
                    return work(number)
                except Exception as problem:  # noqa: BLE001 - the test looks at what was raised
                    return problem
                finally:
                    db.session.remove()

        return list(self.pool.map(one, range(self.size)))


@contextmanager
def crowd(app: Flask, size: int = SIXTEEN) -> Iterator[Crowd]:
    """Give a crowd that goes home at the end."""
    people = Crowd(app, size)
    try:
        yield people
    finally:
        people.pool.shutdown()


@contextmanager
def unguarded_unit() -> Iterator[None]:
    """Run a block as a transaction that takes no write lock at its start: the guard taken out."""
    session = db.session()
    try:
        begin(session, write=False)
        yield
        session.commit()
    finally:
        session.rollback()
        db.session.remove()
