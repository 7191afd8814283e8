"""A year of a club that sells every kind of plan: balances and last days, month by month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from clubcrm.core.clock import now
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext
from memberships.contracts.freezes import FreezeRequest, end_freeze, freeze_contract
from memberships.contracts.history import contracts_of, standing_on
from memberships.contracts.invariants import (
    contract_periods,
    freezes,
    unit_balances,
    unit_sources,
)
from memberships.contracts.queries import rights_at
from memberships.contracts.rules import ContractState
from memberships.contracts.standing import Status
from memberships.jobs import end_due, expire_units
from memberships.packages.services import use_visit
from tests.cast import make_member
from tests.memberships.conftest import MONTHLY, TEN_VISITS, TRIAL, YEAR, make_contract

FIRST = date(2027, 1, 31)


def nights(cast, first: date, last: date) -> Iterator[date]:
    """Live the days from first to last at noon in Dhaka, after the night's jobs of each."""
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        with time_machine.travel(datetime.combine(day, time(6), UTC), tick=False):
            for job in (end_due, expire_units):
                outcome = job(JobContext(job.__name__, f"{cast.club}:{day}", now(), cast.club, day))
                assert outcome.failed == 0, outcome.errors
            yield day


@pytest.mark.slow
def test_every_plan_keeps_its_dates_and_units_for_a_year(app, cast):
    told: dict[str, list[tuple[date, ContractState, date | None, int | None]]] = {}
    people: dict[str, int] = {}
    with app.app_context():
        with time_machine.travel("2027-01-31T05:00Z", tick=False), unit_of_work():
            for terms in (YEAR, MONTHLY, TEN_VISITS, TRIAL):
                person = make_member(terms.name, club=cast.club)
                people[terms.name] = cast.members[terms.name] = person.id
                make_contract(cast, terms, starts_on=FIRST, person=terms.name)

        for day in nights(cast, FIRST, date(2028, 2, 2)):
            with unit_of_work():
                # Everybody comes on Mondays; the year is frozen from 1 March, and back on the 10th.
                live_one_day(people, day)
                for name, person in people.items():
                    (row,) = contracts_of(person)
                    state = (row.state, row.ends_on, row.units_left)
                    lines = told.setdefault(name, [])
                    if not lines or lines[-1][1:] != state:
                        lines.append((day, *state))

        with unit_of_work(write=False):
            checks = (unit_balances, unit_sources, contract_periods, freezes)
            assert [fault for check in checks for fault in check()] == []
            assert standing_on(people["Year"], date(2027, 3, 5)).status is Status.FROZEN
            assert standing_on(people["Year"], date(2027, 3, 10)).status is Status.ACTIVE
            assert standing_on(people["Ten visits"], date(2027, 4, 5)).status is Status.EX

    signed, ended = ContractState.SIGNED, ContractState.ENDED
    mondays = [date(2027, 2, 1) + timedelta(weeks=week) for week in range(10)]
    assert told["Monthly"] == [(FIRST, signed, None, None)]
    assert told["Year"] == [
        (FIRST, signed, date(2028, 1, 30), None),
        (date(2027, 3, 1), signed, date(2028, 2, 13), None),
        (date(2027, 3, 10), signed, date(2028, 2, 8), None),
    ]
    assert told["Trial week"] == [
        (FIRST, signed, date(2027, 2, 6), 3),
        (mondays[0], signed, date(2027, 2, 6), 2),
        (date(2027, 2, 7), ended, date(2027, 2, 6), 2),
        # The two unused units expire a week after the last day.
        (date(2027, 2, 14), ended, date(2027, 2, 6), 0),
    ]
    assert told["Ten visits"] == [
        (FIRST, signed, date(2027, 4, 29), 10),
        *((day, signed, date(2027, 4, 29), 9 - week) for week, day in enumerate(mondays)),
        (date(2027, 4, 30), ended, date(2027, 4, 29), 0),
    ]


def live_one_day(people: dict[str, int], day: date) -> None:
    """What happens in the club on a day: a freeze, a return, and visits on Mondays."""
    if day == date(2027, 3, 1):
        (year,) = contracts_of(people["Year"])
        freeze_contract(
            FreezeRequest(year.contract_id, day, date(2027, 3, 14), "Travel"), by="user:3"
        )
    if day == date(2027, 3, 10):
        end_freeze(people["Year"], day, "device:gate")
    if day.weekday() != 0:
        return
    for name, person in people.items():
        for right in rights_at(person, day).contracts:
            if right.covers(day) and right.lot_id is not None and right.units_left:
                source = f"{name} {day}"
                assert use_visit(right.lot_id, "visit", source, now(), "device:gate")
