"""Two people change one person at once: one wins, the other is told, nothing is lost."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.people import api
from clubcrm.people.models import Person
from tests.cast import Cast

pytestmark = pytest.mark.fault
ROUNDS = 40
WRITERS = 8


def save_guarded(person_id: int, version: int, note: str) -> str:
    """Save as the product does: by the version that was read."""
    try:
        with unit_of_work():
            person = db.session.get_one(Person, person_id)
            api.change(person, api.PersonDraft("Mia", "Rahman", desk_note=note), version, by="test")
    except DomainError as error:
        return error.code
    return "saved"


def save_blindly(person_id: int, version: int, note: str) -> str:
    """Save without looking at the version: what the guard is there against."""
    with unit_of_work():
        person = db.session.get_one(Person, person_id)
        person.desk_note = note
        person.version = version + 1
    return "saved"


def race(
    app: Flask, save: Callable[[int, int, str], str], person_id: int, version: int
) -> list[str]:
    """Return how each of the writers fared who all read the same version."""
    fared: list[str] = []
    start = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        with app.app_context():
            start.wait()
            fared.append(save(person_id, version, f"note {number}"))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return fared


def version_of(app: Flask, person_id: int) -> int:
    """Return the version that is stored."""
    with app.app_context(), unit_of_work(write=False):
        return db.session.get_one(Person, person_id).version


def test_f10_one_of_many_savers_wins_each_round(app: Flask, cast: Cast):
    mia = cast.members["Mia"]

    for turn in range(1, ROUNDS + 1):
        fared = race(app, save_guarded, mia, turn)

        assert sorted(fared) == ["STALE"] * (WRITERS - 1) + ["saved"]
        assert version_of(app, mia) == turn + 1


def test_f10_without_the_guard_all_savers_believe_they_won(app: Flask, cast: Cast):
    fared = race(app, save_blindly, cast.members["Mia"], 1)

    assert fared == ["saved"] * WRITERS
