"""Two people change one person at once: one wins, the other is told, nothing is lost."""

import pytest
from flask import Flask

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.people import api
from clubcrm.people.models import Person
from tests import long
from tests.cast import Cast
from tests.memberships.races import PEOPLE, all_at_once

pytestmark = pytest.mark.fault
ROUNDS = long.rounds()


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


def version_of(app: Flask, person_id: int) -> int:
    """Return the version that is stored."""
    with app.app_context(), unit_of_work(write=False):
        return db.session.get_one(Person, person_id).version


def test_f10_one_of_sixteen_savers_wins_each_round(app: Flask, cast: Cast):
    mia = cast.members["Mia"]

    rounds = all_at_once(
        app, ROUNDS, lambda turn, number: save_guarded(mia, turn + 1, f"note {number}")
    )

    assert [sorted(fared) for fared in rounds] == [["STALE"] * (PEOPLE - 1) + ["saved"]] * ROUNDS
    assert version_of(app, mia) == ROUNDS + 1


def test_f10_without_the_guard_all_savers_believe_they_won(app: Flask, cast: Cast):
    mia = cast.members["Mia"]

    rounds = all_at_once(app, 1, lambda turn, number: save_blindly(mia, turn + 1, f"note {number}"))

    assert rounds == [["saved"] * PEOPLE]
