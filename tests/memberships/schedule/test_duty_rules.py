"""Spans of shifts, days of leave, and who stands in for whom."""

from datetime import date, datetime, time

import pytest

from memberships.schedule.rules.duty import (
    Away,
    leave_fault,
    monday_of,
    overlap,
    stand_ins,
    wall_span,
)

SUNDAY = date(2026, 11, 22)
TARA, TIMUR, FRANK = 5, 9, 4


def away(user: int, substitute: int | None, first: int = 20, last: int = 24) -> Away:
    return Away(user, date(2026, 11, first), date(2026, 11, last), substitute)


@pytest.mark.parametrize(
    ("absences", "found"),
    [
        ([], {}),
        ([away(TARA, TIMUR)], {TARA: TIMUR}),
        ([away(TARA, None)], {}),
        ([away(TARA, TIMUR, 23, 24)], {}),
        ([away(TARA, TIMUR, 22, 22)], {TARA: TIMUR}),
        # Timur is away too, and Frank stands in for him: both come to Frank.
        ([away(TARA, TIMUR), away(TIMUR, FRANK)], {TARA: FRANK, TIMUR: FRANK}),
        # Each stands in for the other, and both are away: nobody does.
        ([away(TARA, TIMUR), away(TIMUR, TARA)], {}),
        ([away(TARA, TIMUR), away(TIMUR, None)], {}),
    ],
)
def test_work_goes_along_the_chain_of_substitutes(absences, found):
    assert stand_ins(absences, SUNDAY) == found


@pytest.mark.parametrize(
    ("opens", "closes", "end"),
    [
        (time(9), time(17), datetime(2026, 11, 22, 17)),  # noqa: DTZ001 - wall time
        (time(22), time(6), datetime(2026, 11, 23, 6)),  # noqa: DTZ001 - wall time
        (time(9), time(9), datetime(2026, 11, 23, 9)),  # noqa: DTZ001 - wall time
    ],
)
def test_a_shift_may_end_on_the_next_day(opens, closes, end):
    assert wall_span(SUNDAY, opens, closes)[1] == end


def test_shifts_that_only_touch_do_not_overlap():
    morning = wall_span(SUNDAY, time(9), time(13))

    assert not overlap(morning, wall_span(SUNDAY, time(13), time(17)))
    assert overlap(morning, wall_span(SUNDAY, time(12), time(17)))


def test_weeks_begin_on_monday():
    assert monday_of(SUNDAY) == date(2026, 11, 16)
    assert monday_of(date(2026, 11, 16)) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("last", "fault"),
    [(SUNDAY, None), (date(2026, 11, 21), "order"), (date(2027, 11, 23), "longest")],
)
def test_leave_has_its_limits(last, fault):
    assert leave_fault(SUNDAY, last) == fault
