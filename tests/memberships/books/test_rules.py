from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubcrm.core.months import month_after, month_end, months_between
from memberships.books.charts import HEIGHT, columns
from memberships.books.counting import FACES, canonical, counted_sum, differences, seal
from memberships.books.schedule import Every, due_days, nth_due, part_of_month


def told(days):
    return [day.isoformat() for day in days]


@pytest.mark.parametrize(
    ("first", "every", "expected"),
    [
        (date(2026, 1, 31), Every.MONTH, ["2026-02-28", "2026-03-31", "2026-04-30"]),
        (date(2028, 1, 31), Every.MONTH, ["2028-02-29", "2028-03-31", "2028-04-30"]),
        (date(2026, 1, 5), Every.WEEK, ["2026-01-12", "2026-01-19", "2026-01-26"]),
        (date(2026, 11, 30), Every.QUARTER, ["2027-02-28", "2027-05-30", "2027-08-30"]),
        (date(2028, 2, 29), Every.YEAR, ["2029-02-28", "2030-02-28", "2031-02-28"]),
    ],
)
def test_due_days_keep_their_anchor(first, every, expected):
    assert told(nth_due(first, every, number) for number in (1, 2, 3)) == expected
    assert told(due_days(first, every, first, date.fromisoformat(expected[-1]))) == expected


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.sampled_from(Every),
    st.lists(st.integers(0, 200), min_size=1, max_size=6),
)
def test_due_days_taken_in_any_pieces_come_once_each(first, every, steps):
    after, found = first - timedelta(days=1), []
    for step in steps:
        until = after + timedelta(days=step)
        found += due_days(first, every, after, until)
        after = until

    assert found == list(due_days(first, every, first - timedelta(days=1), after))
    assert len(found) == len(set(found))


def test_months_step_over_the_year():
    assert month_after(date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert month_after(date(2026, 2, 1), -3) == date(2025, 11, 1)
    assert month_end(date(2028, 2, 9)) == date(2028, 2, 29)
    assert told(months_between(date(2026, 12, 5), date(2027, 1, 1))) == ["2026-12-01", "2027-01-01"]


@given(st.integers(-(10**9), 10**9), st.integers(1, 60))
def test_spread_amounts_sum_to_the_unit(amount, months):
    first = date(2026, 1, 1)
    parts = [part_of_month(amount, first, months, month_after(first, n)) for n in range(-1, 62)]

    assert sum(parts) == amount
    assert max(map(abs, parts)) - abs(amount) // months <= 1


def test_coins_and_notes_come_to_their_sum():
    assert counted_sum({50_000: 3, 100: 7, 1: 4}) == 150_704
    assert counted_sum({}) == 0
    with pytest.raises(ValueError, match="pieces"):
        counted_sum({100: -1})
    with pytest.raises(ValueError, match="pieces"):
        counted_sum({100: 100_001})


@pytest.mark.parametrize("currency", FACES)
def test_faces_stand_largest_first(currency):
    assert list(FACES[currency]) == sorted(set(FACES[currency]), reverse=True)


def test_figures_have_one_spelling():
    told_so = {"b": {"y": 1, "x": "টাকা"}, "a": 2}

    assert canonical(told_so) == '{"a":2,"b":{"x":"টাকা","y":1}}'
    assert canonical(told_so) == canonical({"a": 2, "b": {"x": "টাকা", "y": 1}})
    assert seal(canonical(told_so)) == seal(canonical(dict(reversed(told_so.items()))))


def test_changes_since_are_named_by_their_figure():
    then = {"accounts": {"cash": {"in": 5, "out": -2}}, "club": "Here", "gone": 3}
    now = {"accounts": {"cash": {"in": 8, "out": -2}}, "club": "There", "new": {"fee": 7}}

    assert differences(then, now) == {"accounts.cash.in": 3, "gone": -3, "new.fee": 7}
    assert differences(then, then) == {}


def test_columns_stand_on_the_line_and_hang_from_it():
    drawn = columns([[100, -50], [0, 25]])

    up, down, nothing, small = drawn.columns
    assert up.y + up.height == pytest.approx(drawn.zero, abs=0.2)
    assert down.y == drawn.zero
    assert up.height == pytest.approx(2 * down.height, abs=0.2)
    assert nothing.height == 0
    assert small.height == pytest.approx(up.height / 4, abs=0.2)
    assert all(0 <= one.y <= HEIGHT and one.y + one.height <= HEIGHT for one in drawn.columns)
    assert columns([]).columns == ()
