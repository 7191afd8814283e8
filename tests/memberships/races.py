"""Sixteen people at once: the same step in many threads, each with its own real transaction.

`CLUBCRM_RACES=200` makes the rounds of a long night in the races that ask for `ROUNDS`; the suite
plays three. A long night has a longer limit (`LONG`).
"""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import event

from clubcrm.core import db as store
from clubcrm.core.db import db
from tests.long import rounds

T = TypeVar("T")
PEOPLE = 16
PATIENCE_SECONDS = 60
ROUNDS = rounds(3)
LONG = pytest.mark.timeout(300 + 10 * ROUNDS)
# Threads change places ten times more often than by themselves: who waits for an answer of
# the store is not kept from hearing it, and more orders of steps are met.
SWITCH_SECONDS = 0.0005


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
    try:
        with mock.patch.object(store, "BUSY_SECONDS", PATIENCE_SECONDS):
            yield
    finally:
        event.remove(engine, "connect", wait_longer)
        engine.dispose()


@contextmanager
def quick_changes() -> Iterator[None]:
    """Let threads change places often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def all_at_once(app: Flask, rounds: int, step: Callable[[int, int], T]) -> list[list[T]]:
    """Return, for each round, what the step gave each of sixteen threads that started together.

    A step that fails ends the race for everybody at once, with what went wrong there. The start is
    waited for longer than the store's locks are: the slowest of a round is no fault.
    """
    start = threading.Barrier(PEOPLE, timeout=3 * PATIENCE_SECONDS)
    faults: list[BaseException] = []

    def one_person(person: int) -> list[T]:
        given = []
        with app.app_context():
            for number in range(rounds):
                start.wait()
                given.append(step(number, person))
        return given

    def ending_it_for_all(person: int) -> list[T]:
        try:
            return one_person(person)
        except BaseException as fault:
            faults.append(fault)
            start.abort()
            raise

    with patience(app), quick_changes(), ThreadPoolExecutor(PEOPLE) as people:
        running = [people.submit(ending_it_for_all, person) for person in range(PEOPLE)]
    if faults:
        raise faults[0]
    return [list(row) for row in zip(*(one.result() for one in running), strict=True)]
