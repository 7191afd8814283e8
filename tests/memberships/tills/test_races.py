"""F14: sixteen sales while the shift is closed; each stands in one shift, and the till balances."""

import pytest
from sqlalchemy import func, select

from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from memberships.billing.models import Payment
from memberships.counter.drawer import close_shift
from memberships.tills.models import Shift, ShiftLine, ShiftState
from memberships.tills.rules import Counted
from memberships.tills.services import add_till, open_shift
from tests.memberships.races import PEOPLE, all_at_once
from tests.memberships.tills.conftest import BORIS, MAX, faults, paid

ROUNDS = 20
pytestmark = pytest.mark.fault


def shifts(app, cast, count: int) -> list[int]:
    with app.app_context(), unit_of_work():
        return [
            open_shift(
                add_till(cast.club, str(number), by=MAX).id, 0, by=f"user:{1000 + number}"
            ).id
            for number in range(count)
        ]


def tried(act) -> str:
    try:
        with unit_of_work():
            act()
    except DomainError as error:
        return error.code
    return "done"


def test_f14_a_sale_is_in_exactly_one_shift_however_it_meets_the_closing(app, cast):
    wanted = shifts(app, cast, ROUNDS)

    def act(number: int, person: int) -> str:
        if person % 8 == 3:
            return tried(lambda: close_shift(wanted[number], Counted(), by=BORIS))
        return tried(lambda: paid(cast, 100 + person, shift_id=wanted[number]))

    told = all_at_once(app, ROUNDS, act)

    sold = sum(row[person] == "done" for row in told for person in range(PEOPLE) if person % 8 != 3)
    closings = [[row[3], row[11]].count("done") for row in told]
    assert closings == [1] * ROUNDS
    assert {answer for row in told for answer in row} <= {"done", "SHIFT_CLOSED"}
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == sold
        taken = select(func.count(func.distinct(ShiftLine.payment_id)))
        assert session.scalar(taken) == sold
        states = select(Shift.state).distinct()
        assert session.scalars(states).all() == [ShiftState.CLOSED]
        assert faults() == []


def test_f14_a_till_opened_by_sixteen_is_open_once(app, cast):
    with app.app_context(), unit_of_work():
        tills = [add_till(cast.club, str(number), by=MAX).id for number in range(ROUNDS)]

    told = all_at_once(
        app,
        ROUNDS,
        lambda number, person: tried(
            lambda: open_shift(tills[number], 0, by=f"user:{number * 100 + person}")
        ),
    )

    assert [sorted(row) for row in told] == [["SHIFT_OPEN"] * (PEOPLE - 1) + ["done"]] * ROUNDS
