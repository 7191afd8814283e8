"""Sixteen people at once: the same step in many threads, each with its own real transaction."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest import mock

from flask import Flask
from sqlalchemy import event

from clubcrm.core import db as store
from clubcrm.core.db import db

T = TypeVar("T")
PEOPLE = 16
PATIENCE_SECONDS = 60


@contextmanager
def patience(app: Flask) -> Iterator[None]:
    """Let the store's locks be waited for a minute instead of some seconds.

    A machine that stalls for some seconds is not what these races ask about.
    """
    with app.app_context():
        engine = db.engine
    engine.dispose()

    def wait_longer(connection: Any, _: object) -> None:
        if engine.dialect.name == "postgresql":
            connection.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
            connection.commit()

    event.listen(engine, "connect", wait_longer)
    with mock.patch.object(store, "BUSY_SECONDS", PATIENCE_SECONDS):
        yield
    event.remove(engine, "connect", wait_longer)
    engine.dispose()


def all_at_once(app: Flask, rounds: int, step: Callable[[int, int], T]) -> list[list[T]]:
    """Return, for each round, what the step gave each of sixteen threads that started together."""
    start = threading.Barrier(PEOPLE, timeout=60)

    def one_person(person: int) -> list[T]:
        given = []
        with app.app_context():
            for number in range(rounds):
                start.wait()
                given.append(step(number, person))
        return given

    with patience(app), ThreadPoolExecutor(PEOPLE) as people:
        columns = list(people.map(one_person, range(PEOPLE)))
    return [list(row) for row in zip(*columns, strict=True)]
