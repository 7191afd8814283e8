"""Sixteen people at once: the same step in many threads, each with its own real transaction."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from unittest import mock

from flask import Flask

from clubcrm.core import db as store

T = TypeVar("T")
PEOPLE = 16
PATIENCE_SECONDS = 60


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

    # A machine that stalls for some seconds is not what these races ask about.
    patient = mock.patch.object(store, "BUSY_SECONDS", PATIENCE_SECONDS)
    with patient, ThreadPoolExecutor(PEOPLE) as people:
        columns = list(people.map(one_person, range(PEOPLE)))
    return [list(row) for row in zip(*columns, strict=True)]
