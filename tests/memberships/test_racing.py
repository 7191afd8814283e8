"""The race of sixteen itself: a step that fails ends it at once, and says what went wrong."""

import time

import pytest
from flask import Flask

from tests.memberships.races import PEOPLE, all_at_once


def test_a_race_gives_what_each_of_sixteen_did_in_each_round(app: Flask) -> None:
    told = all_at_once(app, 3, lambda number, person: (number, person))

    assert told == [[(number, person) for person in range(PEOPLE)] for number in range(3)]


def test_a_step_that_fails_is_what_the_race_tells_and_nobody_waits_for_it(app: Flask) -> None:
    def step(number: int, person: int) -> None:
        if (number, person) == (1, 7):
            raise ZeroDivisionError("the seventh fell")

    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError, match="the seventh fell"):
        all_at_once(app, 20, step)

    assert time.monotonic() - begun < 30
