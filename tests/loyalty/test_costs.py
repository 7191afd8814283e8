"""What a member costs in a month is proposed by the months that were closed last."""

from collections.abc import Callable
from datetime import date

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from clubcrm.loyalty.cost_queries import cost_by_books
from memberships.api import SignRequest, sign
from memberships.books.closings import close_month
from tests.cast import Cast, make_member
from tests.loyalty.conftest import BY
from tests.memberships.books.desk import ANNA, write
from tests.memberships.conftest import TRIAL, YEAR, make_plan

ClientOf = Callable[[str], FlaskClient]


def members(cast: Cast) -> None:
    """Two members from September on, one who leaves at its end, and somebody on a trial."""
    year, trial = make_plan(cast, YEAR), make_plan(cast, TRIAL)
    for name, plan, on in (
        ("Ada", year, date(2026, 9, 1)),
        ("Ben", year, date(2026, 9, 1)),
        ("Tom", trial, date(2026, 9, 2)),
    ):
        person = make_member(name, "One", club=cast.club)
        sign(SignRequest(person.id, plan.plan_id, on), by=BY)
    late = make_member("Cy", "One", club=cast.club)
    sign(SignRequest(late.id, year.plan_id, date(2026, 10, 15)), by=BY)


def test_the_owner_takes_over_what_the_books_say(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with time_machine.travel("2026-09-01T06:00Z", tick=False) as clock, app.app_context():
        with unit_of_work():
            members(cast)
            assert cost_by_books(cast.club) is None
            clock.move_to("2026-09-05T06:00Z")
            write(cast, "Rent", 100_000, date(2026, 9, 3))
        clock.move_to("2026-10-20T06:00Z")
        with unit_of_work():
            write(cast, "Rent", 150_001, date(2026, 10, 3))
            close_month(cast.club, date(2026, 9, 1), by=ANNA)
            first = cost_by_books(cast.club)
        clock.move_to("2026-11-05T06:00Z")
        with unit_of_work():
            write(cast, "Party", 999_999, date(2026, 11, 3))
            close_month(cast.club, date(2026, 10, 1), by=ANNA)
            both = cost_by_books(cast.club)

    assert first is not None
    assert (first.spent_minor, first.member_months, first.month_minor) == (100_000, 2, 50_000)
    assert both is not None
    # Five months of members: two in September, three in October.
    assert (both.spent_minor, both.member_months, both.month_minor) == (250_001, 5, 50_000)
    assert (both.first, both.last) == (date(2026, 9, 1), date(2026, 10, 1))
    with time_machine.travel("2026-11-05T08:00Z", tick=False):
        olga = client_of("Olga")
        page = olga.get("/settings/loyalty").get_data(as_text=True)
        taken = olga.get("/settings/loyalty?cost=books").get_data(as_text=True)
    assert "By your books" in page
    assert 'value="500"' not in page
    assert 'value="500"' in taken
