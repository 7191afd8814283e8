"""Last days, due days and freeze days, on the days where calendars bite."""

from datetime import date
from itertools import islice

import pytest

from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import (
    FreezeLimit,
    FrozenSpan,
    Term,
    add_months,
    due_days,
    freeze_fault,
    frozen_days,
    moved_end,
    period_of,
    term_end,
    unused_days,
)

MONTH = Term(PlanKind.TERM, months=1)
YEAR = Term(PlanKind.TERM, months=12)


@pytest.mark.parametrize(
    ("case", "starts_on", "term", "ends_on"),
    [
        ("a plain month", date(2026, 3, 15), MONTH, date(2026, 4, 14)),
        ("from the first to the last", date(2026, 4, 1), MONTH, date(2026, 4, 30)),
        ("31 January in a common year", date(2027, 1, 31), MONTH, date(2027, 2, 27)),
        ("31 January in a leap year", date(2028, 1, 31), MONTH, date(2028, 2, 28)),
        ("31 August, three months", date(2026, 8, 31), Term(PlanKind.TERM, 3), date(2026, 11, 29)),
        ("a whole year", date(2026, 1, 1), YEAR, date(2026, 12, 31)),
        ("a year from 29 February", date(2028, 2, 29), YEAR, date(2029, 2, 27)),
        ("four years from 29 February", date(2028, 2, 29), Term(PlanKind.TERM, 48),
         date(2032, 2, 28)),
        ("over the turn of the year", date(2026, 12, 31), MONTH, date(2027, 1, 30)),
        ("days are counted with the first", date(2026, 3, 1),
         Term(PlanKind.TRIAL, days=7), date(2026, 3, 7)),
        ("a day pass is its day", date(2028, 2, 29), Term(PlanKind.DAY, days=30),
         date(2028, 2, 29)),
        ("a rolling month has no last day", date(2026, 3, 1),
         Term(PlanKind.RECURRING, months=1), None),
        ("visits without a term never end", date(2026, 3, 1), Term(PlanKind.VISITS), None),
        ("visits within a term", date(2026, 3, 1),
         Term(PlanKind.VISITS, months=3), date(2026, 5, 31)),
    ],
)  # fmt: skip
def test_a_contract_ends_on_its_last_day(case, starts_on, term, ends_on):
    assert term_end(starts_on, term) == ends_on, case


@pytest.mark.fault
@pytest.mark.parametrize(
    ("year", "february"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29))]
)
def test_f36_due_days_keep_their_anchor(year, february):
    first_four = list(islice(due_days(date(year, 1, 31)), 4))

    assert first_four == [date(year, 1, 31), february, date(year, 3, 31), date(year, 4, 30)]


def test_months_are_counted_backwards_too():
    assert add_months(date(2028, 3, 31), -1) == date(2028, 2, 29)
    assert add_months(date(2026, 1, 15), -13) == date(2024, 12, 15)


@pytest.mark.parametrize(
    ("case", "day", "first", "last"),
    [
        ("the first day", date(2027, 1, 31), date(2027, 1, 31), date(2027, 2, 27)),
        ("the day before it is due", date(2027, 2, 27), date(2027, 1, 31), date(2027, 2, 27)),
        ("the day it is due", date(2027, 2, 28), date(2027, 2, 28), date(2027, 3, 30)),
        ("back on the anchor", date(2027, 3, 31), date(2027, 3, 31), date(2027, 4, 29)),
    ],
)
def test_rolling_periods_touch_without_gap(case, day, first, last):
    assert period_of(date(2027, 1, 31), day) == FrozenSpan(first, last), case


def test_there_is_no_period_before_the_start():
    with pytest.raises(ValueError, match="before the contract"):
        period_of(date(2027, 1, 31), date(2027, 1, 30))


@pytest.mark.fault
@pytest.mark.parametrize(
    ("case", "from_on", "ends_on", "moved"),
    [
        ("over the spring change", date(2027, 3, 20), date(2027, 4, 30), date(2027, 5, 14)),
        ("over the autumn change", date(2026, 10, 20), date(2026, 12, 31), date(2027, 1, 14)),
        ("over 29 February", date(2028, 2, 20), date(2028, 2, 28), date(2028, 3, 13)),
        ("over the end of February", date(2027, 2, 20), date(2027, 2, 28), date(2027, 3, 14)),
    ],
)
def test_f41_fourteen_frozen_days_move_the_end(case, from_on, ends_on, moved):
    freeze = FrozenSpan(from_on, moved_end(from_on, 13))

    assert freeze.days == 14
    assert moved_end(ends_on, freeze.days) == moved, case


def test_a_contract_that_rolls_on_keeps_rolling():
    assert moved_end(None, 14) is None


def test_frozen_days_are_counted_once_and_clipped():
    spans = [
        FrozenSpan(date(2026, 3, 1), date(2026, 3, 10)),
        FrozenSpan(date(2026, 3, 8), date(2026, 3, 12)),
        FrozenSpan(date(2026, 4, 1), date(2026, 4, 30)),
    ]

    assert frozen_days(spans, date(2026, 3, 5), date(2026, 4, 2)) == 10
    assert frozen_days(spans, date(2026, 5, 1), date(2026, 5, 31)) == 0
    assert frozen_days([], date(2026, 3, 5), date(2026, 4, 2)) == 0


@pytest.mark.parametrize(
    ("case", "from_on", "until_on", "fault"),
    [
        ("fourteen days inside", date(2026, 6, 1), date(2026, 6, 14), None),
        ("ends before it starts", date(2026, 6, 14), date(2026, 6, 1), "order"),
        ("starts before the contract", date(2026, 2, 28), date(2026, 3, 3), "outside_contract"),
        ("starts after the last day", date(2027, 3, 1), date(2027, 3, 5), "outside_contract"),
        ("starts on the last day", date(2027, 2, 28), date(2027, 3, 5), None),
        ("touches the one before", date(2026, 5, 10), date(2026, 5, 12), "overlap"),
        ("begins the day after", date(2026, 5, 11), date(2026, 5, 12), None),
        ("31 days in one piece", date(2026, 6, 1), date(2026, 7, 1), "longest_days"),
        ("more than the year allows", date(2026, 6, 1), date(2026, 6, 30), "contract_days"),
    ],
)
def test_a_freeze_breaks_a_rule_by_name(case, from_on, until_on, fault):
    contract = (date(2026, 3, 1), date(2027, 2, 28))
    taken = [FrozenSpan(date(2026, 5, 1), date(2026, 5, 10))]
    limit = FreezeLimit(longest_days=30, contract_days=30)

    assert freeze_fault(contract, FrozenSpan(from_on, until_on), taken, limit) == fault, case


def test_a_plan_without_limits_freezes_for_a_year():
    year = FrozenSpan(date(2026, 3, 1), date(2027, 2, 28))

    assert freeze_fault((date(2026, 3, 1), None), year, [], FreezeLimit()) is None


@pytest.mark.parametrize(
    ("case", "back_on", "returned"),
    [
        ("on the first day all come back", date(2026, 6, 1), 14),
        ("on the fifth day ten come back", date(2026, 6, 5), 10),
        ("on the last day one comes back", date(2026, 6, 14), 1),
        ("afterwards none comes back", date(2026, 6, 15), 0),
        ("before it begins all come back", date(2026, 5, 20), 14),
    ],
)
def test_a_returning_member_gets_unused_days_back(case, back_on, returned):
    freeze = FrozenSpan(date(2026, 6, 1), date(2026, 6, 14))

    assert unused_days(freeze, back_on) == returned, case
