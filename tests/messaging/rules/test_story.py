"""What can be said of a member: the usual hour, milestones, the next first day, opening hours."""

from datetime import date, time

import pytest

from clubcrm.messaging.rules.story import (
    Term,
    milestone,
    renews_on,
    runs_of_hours,
    usual_slot,
    visits_since,
)

TUESDAY, FRIDAY = 1, 4


def test_usual_slot_is_the_commonest_hour_of_the_commonest_day() -> None:
    entered = [(TUESDAY, 18), (TUESDAY, 18), (TUESDAY, 7), (FRIDAY, 19)]

    assert usual_slot(entered) == (TUESDAY, 18)


def test_two_visits_make_no_habit() -> None:
    assert usual_slot([(TUESDAY, 18), (TUESDAY, 18)]) is None
    assert usual_slot([]) is None


@pytest.mark.parametrize(
    ("visits", "reached"), [(9, None), (10, 10), (24, 10), (25, 25), (99, 50), (400, 150)]
)
def test_milestone_is_the_greatest_one_reached(visits: int, reached: int | None) -> None:
    assert milestone(visits) == reached


def test_visits_count_from_the_first_day_on() -> None:
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 9)]

    assert visits_since(days, date(2026, 3, 2)) == 2


@pytest.mark.parametrize(
    ("starts", "ends", "today", "renews"),
    [
        (date(2026, 1, 10), date(2027, 1, 9), date(2026, 12, 26), date(2027, 1, 10)),
        (date(2026, 1, 31), None, date(2026, 2, 10), date(2026, 2, 28)),
        (date(2026, 1, 31), None, date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 1, 15), None, date(2026, 12, 15), date(2027, 1, 15)),
        (date(2026, 1, 15), None, date(2026, 12, 14), date(2026, 12, 15)),
    ],
)
def test_term_renews_after_its_end_or_on_its_day_of_the_month(
    starts: date, ends: date | None, today: date, renews: date
) -> None:
    assert renews_on(Term("Annual", 100, "BDT", starts, ends), today) == renews


def test_equal_neighbours_share_their_hours() -> None:
    week, weekend = (time(6), time(22)), (time(8), time(20))

    assert runs_of_hours([week] * 5 + [weekend] * 2) == [(0, 4, week), (5, 6, weekend)]
    assert runs_of_hours([week, None, week]) == [(0, 0, week), (1, 1, None), (2, 2, week)]
