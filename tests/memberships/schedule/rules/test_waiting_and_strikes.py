"""The waiting list and its quiet nights; strikes; who was there; guests: as tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from memberships.schedule.rules.guests import (
    GuestFacts,
    GuestFault,
    GuestPeriod,
    GuestTerms,
    guest_fault,
    period_start,
    year_before,
)
from memberships.schedule.rules.strikes import (
    Penalty,
    PenaltyRule,
    is_late,
    penalty_faults,
    stopped_until,
    was_there,
)
from memberships.schedule.rules.waiting import (
    Handover,
    Quiet,
    WaitRule,
    handover,
    is_without_penalty,
    may_lapse,
    offer_until,
)

BERLIN = "Europe/Berlin"
RULE = PenaltyRule()


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """Return an instant by Berlin's winter clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "how"),
    [
        (at(26, 15, 59), Handover.MOVE),
        (at(26, 16, 0), Handover.OFFER),
        (at(26, 17, 59), Handover.OFFER),
        (at(26, 18, 0), None),
    ],
)
def test_the_cut_off_divides_moving_from_offering(now, how):
    assert handover(now, at(26, 18), WaitRule(cutoff_minutes=120)) is how


@pytest.mark.parametrize(
    ("now", "starts_at", "until"),
    [
        # by day thirty minutes are thirty minutes
        (at(26, 16, 30), at(26, 18), at(26, 17, 0)),
        # twenty minutes before quiet, the last ten come in the morning
        (at(26, 20, 40), at(27, 18), at(27, 9, 10)),
        # an offer that would end as quiet begins lasts until quiet ends
        (at(26, 20, 30), at(27, 18), at(27, 9, 0)),
        # made at night, it counts from the morning
        (at(26, 23, 0), at(27, 18), at(27, 9, 30)),
        (at(27, 5, 0), at(27, 18), at(27, 9, 30)),
        # nobody loses the place of an early class while asleep: it ends with the start
        (at(27, 4, 30), at(27, 6), at(27, 6)),
        (at(26, 17, 45), at(26, 18), at(26, 18)),
    ],
)
def test_offers_never_run_out_in_quiet_hours(now, starts_at, until):
    assert offer_until(now, starts_at, 30, Quiet(), BERLIN) == until


def test_without_quiet_hours_an_offer_runs_all_night():
    never = Quiet(time(0), time(0))

    assert offer_until(at(26, 23), at(27, 18), 30, never, BERLIN) == at(26, 23, 30)


def test_quiet_hours_keep_their_wall_time_over_the_clock_change():
    evening = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)  # 22:00 in winter time

    until = offer_until(evening, evening + timedelta(days=2), 30, Quiet(), BERLIN)

    assert until == datetime(2026, 3, 29, 7, 30, tzinfo=UTC)  # 09:30 in summer time


@pytest.mark.parametrize(
    ("now", "lapses"),
    [(at(26, 16, 59), False), (at(26, 17, 0), True), (at(26, 22), False), (at(27, 9), True)],
)
def test_an_offer_is_taken_back_by_day_only(now, lapses):
    assert may_lapse(now, at(26, 17), Quiet(), BERLIN) is lapses


@pytest.mark.parametrize(
    ("moved_at", "starts_at", "free"),
    [
        (at(26, 12), at(26, 18), False),  # four hours before lateness begins
        (at(26, 14, 59), at(26, 18), False),
        (at(26, 15, 1), at(26, 18), True),  # less than an hour to react
        (at(26, 23), at(27, 6), True),  # moved up while asleep
        (at(26, 23), at(27, 18), False),  # the whole day to step back
    ],
)
def test_who_could_not_step_back_in_time_pays_nothing(moved_at, starts_at, free):
    assert is_without_penalty(moved_at, starts_at, 120, Quiet(), BERLIN) is free


@pytest.mark.parametrize(
    ("now", "booked_at", "late"),
    [
        (at(26, 15, 59), at(20, 9), False),
        (at(26, 16, 0), at(20, 9), True),
        (at(26, 16, 9), at(26, 16, 0), False),  # thought better of it at once
        (at(26, 16, 11), at(26, 16, 0), True),
        (at(26, 18, 0), at(26, 17, 55), True),
    ],
)
def test_when_cancelling_counts_as_late(now, booked_at, late):
    assert is_late(now, booked_at, at(26, 18), RULE) is late


@pytest.mark.parametrize(
    ("days", "today", "until"),
    [
        ([], date(2026, 11, 26), None),
        ([1, 10], date(2026, 11, 26), None),
        ([1, 10, 20], date(2026, 11, 26), date(2026, 12, 20)),
        ([1, 10, 20], date(2026, 12, 20), date(2026, 12, 20)),
        ([1, 10, 20], date(2026, 12, 21), None),
        ([1, 10, 20, 26], date(2026, 11, 26), date(2026, 12, 26)),
    ],
)
def test_three_strikes_close_online_booking_for_thirty_days(days, today, until):
    strikes = [date(2026, 11, day) for day in days]

    assert stopped_until(strikes, RULE, today) == until


def test_strikes_ninety_days_apart_do_not_add_up():
    first = date(2026, 8, 1)
    within = [first, date(2026, 9, 1), first + timedelta(days=89)]
    apart = [first, date(2026, 9, 1), first + timedelta(days=90)]

    assert stopped_until(within, RULE, within[-1]) == within[-1] + timedelta(days=30)
    assert stopped_until(apart, RULE, apart[-1]) is None


@pytest.mark.parametrize(
    ("entered", "left", "there"),
    [
        (at(26, 17, 40), None, True),
        (at(26, 18, 10), None, True),
        (at(26, 18, 11), None, False),
        (at(26, 15, 0), None, True),
        (at(26, 14, 59), None, False),  # came for something else
        (at(26, 16, 0), at(26, 17, 59), False),  # went home before it began
        (at(26, 17, 40), at(26, 18, 20), True),
    ],
)
def test_who_was_in_the_house_in_time_was_there(entered, left, there):
    assert was_there(entered, left, at(26, 18), 10) is there


def test_a_fee_needs_an_amount_and_numbers_have_limits():
    assert penalty_faults(RULE) == {}
    assert penalty_faults(replace(RULE, no_show=Penalty.FEE)) == {"fee_minor": "needed"}
    assert penalty_faults(replace(RULE, strikes=0, stop_days=400)) == {
        "strikes": "range",
        "stop_days": "range",
    }


WELCOME = GuestFacts(
    host_may=True,
    is_same=False,
    passes_left=1,
    was_member=False,
    visits_this_year=2,
    has_pass_today=False,
)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"is_same": True}, GuestFault.SELF),
        ({"host_may": False}, GuestFault.HOST_RIGHT),
        ({"passes_left": 0}, GuestFault.USED_UP),
        ({"was_member": True}, GuestFault.NOT_NEW),
        ({"has_pass_today": True}, GuestFault.TWICE),
        ({"visits_this_year": 3}, GuestFault.LIMIT),
    ],
)
def test_who_may_come_as_a_guest(changed, fault):
    assert guest_fault(replace(WELCOME, **changed), GuestTerms()) is fault


def test_former_members_come_as_guests_where_the_club_wants_it():
    former = replace(WELCOME, was_member=True)

    assert guest_fault(former, GuestTerms(new_only=False)) is None


def test_passes_are_given_per_calendar_period():
    day = date(2026, 11, 26)

    assert period_start(day, GuestPeriod.MONTH) == date(2026, 11, 1)
    assert period_start(day, GuestPeriod.QUARTER) == date(2026, 10, 1)
    assert period_start(day, GuestPeriod.YEAR) == date(2026, 1, 1)
    assert year_before(day) == date(2025, 11, 27)
