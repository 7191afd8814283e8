"""The rhythm of a member: days of silence, windows, own gap, alarms R1, R1b, R2 and the score."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubcrm.journeys.rules.rhythm import (
    DayRange,
    MemberDays,
    Rhythm,
    RhythmSettings,
    chance_of_no_visit,
    d_star,
    is_dormant,
    is_silent,
    is_slumping,
    merged,
    needs_escalation,
    rhythm_of,
    risk_score,
    running_days,
)

JOINED = date(2026, 1, 5)


def every(gap: int, times: int, first: date = JOINED) -> list[date]:
    return [first + timedelta(days=gap * turn) for turn in range(times)]


def facts(**changed: object) -> Rhythm:
    usual: dict[str, object] = {
        "last_visit_on": JOINED,
        "visits": 20,
        "silent_days": 3,
        "v7": 1,
        "v14": 2,
        "v28": 4,
        "baseline_visits": 24,
        "gap_span": 77,
        "gap_count": 22,
        "tenure": 200,
    }
    return Rhythm(**(usual | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "visits", "span", "count", "expected"),
    [
        ("never seen", 0, 0, 0, 7),
        ("five visits is still a newcomer", 5, 80, 4, 7),
        ("six visits, one long gap each", 6, 80, 5, 14),
        ("daily visitor", 60, 59, 59, 9),
        ("own gap of 3.5 days", 30, 77, 22, 14),
        ("gap 2.0 gives exactly 11", 30, 82, 41, 11),
        ("gap a little over 2 gives 12", 30, 83, 41, 12),
        ("one visit in the window falls back to 3.5", 30, 0, 0, 14),
        ("rare visitor is never later than 14", 12, 80, 4, 14),
    ],
)
def test_alarm_day_follows_own_gap_within_limits(
    case: str, visits: int, span: int, count: int, expected: int
) -> None:
    assert d_star(facts(visits=visits, gap_span=span, gap_count=count)) == expected, case


def test_daily_visitor_rings_on_the_ninth_silent_day() -> None:
    member = MemberDays(JOINED, every(1, 30))
    last = JOINED + timedelta(days=29)

    eighth = rhythm_of(member, last + timedelta(days=8))
    ninth = rhythm_of(member, last + timedelta(days=9))

    assert (eighth.silent_days, is_silent(eighth)) == (8, False)
    assert (ninth.silent_days, is_silent(ninth)) == (9, True)
    assert not needs_escalation(rhythm_of(member, last + timedelta(days=15)))
    assert needs_escalation(rhythm_of(member, last + timedelta(days=16)))
    assert not is_dormant(rhythm_of(member, last + timedelta(days=27)))
    assert is_dormant(rhythm_of(member, last + timedelta(days=28)))


def test_windows_count_today_and_baseline_the_days_before() -> None:
    today = date(2026, 6, 30)
    ages = (0, 6, 7, 13, 14, 27, 28, 111, 112)
    member = MemberDays(date(2026, 1, 1), [today - timedelta(days=age) for age in ages])

    rhythm = rhythm_of(member, today)

    assert (rhythm.v7, rhythm.v14, rhythm.v28, rhythm.baseline_visits) == (2, 4, 6, 2)
    assert (rhythm.visits, rhythm.silent_days) == (9, 0)


def test_member_never_seen_is_silent_since_joining() -> None:
    rhythm = rhythm_of(MemberDays(JOINED, []), JOINED + timedelta(days=7))

    assert (rhythm.last_visit_on, rhythm.visits, rhythm.silent_days) == (None, 0, 7)
    assert rhythm.mean_gap == 3.5
    assert is_silent(rhythm)


def test_visits_before_joining_do_not_count() -> None:
    member = MemberDays(JOINED, [JOINED - timedelta(days=3), JOINED + timedelta(days=1)])

    rhythm = rhythm_of(member, JOINED + timedelta(days=2))

    assert (rhythm.visits, rhythm.last_visit_on) == (1, JOINED + timedelta(days=1))


def test_closed_christmas_does_not_ring_everybody() -> None:
    """A daily visitor, away only while the club was closed for nine days."""
    closed = DayRange(date(2025, 12, 24), date(2026, 1, 1))
    visits = every(1, 30, date(2025, 11, 24))
    open_clock = MemberDays(date(2025, 11, 24), visits)
    stopped = MemberDays(date(2025, 11, 24), visits, (closed,))

    assert is_silent(rhythm_of(open_clock, date(2026, 1, 2)))
    rhythm = rhythm_of(stopped, date(2026, 1, 2))
    assert (rhythm.silent_days, is_silent(rhythm)) == (1, False)


def test_windows_reach_back_over_a_freeze() -> None:
    freeze = DayRange(date(2026, 3, 1), date(2026, 3, 31))
    member = MemberDays(date(2026, 1, 1), [date(2026, 2, 20), date(2026, 2, 28)], (freeze,))

    rhythm = rhythm_of(member, date(2026, 4, 10))

    assert rhythm.silent_days == 10
    assert (rhythm.v14, rhythm.v28) == (1, 2)


@pytest.mark.parametrize(
    ("case", "after", "until", "expected"),
    [
        ("leap day counts", date(2028, 2, 28), date(2028, 3, 1), 2),
        ("no leap day in a common year", date(2027, 2, 28), date(2027, 3, 1), 1),
        ("spring clock change is one day", date(2026, 3, 28), date(2026, 3, 29), 1),
        ("autumn clock change is one day", date(2026, 10, 24), date(2026, 10, 25), 1),
        ("nothing before it began", date(2026, 3, 2), date(2026, 3, 1), 0),
    ],
)
def test_running_days_are_calendar_days(case: str, after: date, until: date, expected: int) -> None:
    assert running_days(after, until) == expected, case


def test_overlapping_stops_are_taken_off_once() -> None:
    freeze = DayRange(date(2026, 3, 2), date(2026, 3, 8))
    closed = DayRange(date(2026, 3, 7), date(2026, 3, 10))

    assert running_days(date(2026, 3, 1), date(2026, 3, 11), (freeze, closed)) == 1
    assert merged((closed, freeze)) == [DayRange(date(2026, 3, 2), date(2026, 3, 10))]


@given(
    offsets=st.lists(st.integers(0, 200), max_size=25),
    stops=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20)), max_size=4),
    day=st.integers(0, 220),
)
def test_windows_never_hold_more_than_their_days(
    offsets: list[int], stops: list[tuple[int, int]], day: int
) -> None:
    ranges = [
        DayRange(JOINED + timedelta(days=a), JOINED + timedelta(days=a + n)) for a, n in stops
    ]
    member = MemberDays(JOINED, [JOINED + timedelta(days=n) for n in offsets], ranges)

    rhythm = rhythm_of(member, JOINED + timedelta(days=day))

    assert rhythm.v7 <= rhythm.v14 <= rhythm.v28
    assert (
        rhythm.v28 + rhythm.baseline_visits
        <= rhythm.visits
        == len({*member.visit_days} & {JOINED + timedelta(days=n) for n in range(day + 1)})
    )
    assert 0 <= rhythm.silent_days <= day
    assert 7 <= d_star(rhythm) <= 14


@pytest.mark.parametrize(
    ("case", "changed", "expected"),
    [
        ("fell from 8 to 3 in 28 days", {"v28": 3}, True),
        ("exactly half is no slump", {"v28": 4}, False),
        ("too new to have a baseline", {"v28": 3, "tenure": 111}, False),
        ("baseline under two visits", {"v28": 0, "baseline_visits": 5}, False),
        ("already silent for 14 days", {"v28": 3, "silent_days": 14}, False),
        ("R1 rings instead", {"v28": 3, "silent_days": 9, "gap_span": 22}, False),
    ],
)
def test_slump_needs_a_baseline_and_someone_still_coming(
    case: str, changed: dict[str, object], expected: bool
) -> None:
    assert is_slumping(facts(**changed)) is expected, case


def test_score_orders_by_silence_recent_visits_and_history() -> None:
    assert risk_score(facts(silent_days=0, v28=0, visits=0)) == 0.0
    assert risk_score(facts(silent_days=10, v28=4, visits=16)) == pytest.approx(0.0953101798)
    assert risk_score(facts(silent_days=21, v28=1, visits=16)) == pytest.approx(1.7047480922)


def test_chance_of_no_visit_rises_with_the_score() -> None:
    assert chance_of_no_visit(1.05) == 0.5
    assert chance_of_no_visit(0.0) == pytest.approx(0.2592, abs=1e-4)


def test_numbers_of_the_rule_are_settings() -> None:
    strict = RhythmSettings(newcomer_visits=0, shortest_silence=3, longest_silence=6)

    assert d_star(facts(gap_span=22, gap_count=22), strict) == 5
    assert d_star(facts(gap_span=77, gap_count=22), strict) == 6
