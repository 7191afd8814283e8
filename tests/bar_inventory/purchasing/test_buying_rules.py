"""What will go out, and how much to order."""

from datetime import date, timedelta

import pytest

from bar_inventory.purchasing.rules import (
    DemandFacts,
    Pack,
    Shelf,
    cover_days,
    demand,
    forecast_error,
    last_week_error,
    order_up_to,
    propose,
    reorder_point,
)

MONDAY = date(2026, 11, 23)


def days(count: int, units, skip=()) -> dict[date, int]:
    """So many days before Monday, with what went out by weekday; skipped ones were closed."""
    told = (MONDAY - timedelta(n) for n in range(1, count + 1))
    return {day: units(day) for day in told if day not in skip}


def test_steady_demand_is_its_mean_without_straying():
    facts = demand(days(56, lambda _day: 12), MONDAY)

    assert (facts.mean, facts.deviation, facts.days_known) == (12, 0, 56)
    assert facts.weekdays == (1.0,) * 7


def test_weekends_have_an_index_of_their_own():
    facts = demand(days(56, lambda day: 24 if day.weekday() >= 5 else 10), MONDAY)

    assert facts.mean == 14
    assert facts.on(MONDAY) == pytest.approx(10)
    assert facts.on(MONDAY + timedelta(5)) == pytest.approx(24)
    assert facts.deviation == pytest.approx(0)


def test_closed_days_are_missing_and_not_zero():
    closed = {MONDAY - timedelta(n) for n in (1, 2, 3)}

    assert demand(days(28, lambda _day: 8, closed), MONDAY).mean == 8
    assert demand(days(28, lambda day: 0 if day in closed else 8), MONDAY).mean < 8


def test_a_new_product_has_no_demand_and_lasts_for_ever():
    facts = demand({}, MONDAY)

    assert facts.mean == 0
    assert cover_days(5, facts, MONDAY) is None


def test_only_the_last_28_days_make_the_mean():
    series = days(28, lambda _day: 5) | {MONDAY - timedelta(n): 500 for n in range(57, 80)}

    assert demand(series, MONDAY).mean == 5


@pytest.mark.parametrize(
    ("lead", "review", "units"),
    [(2, 7, 9 * 10 + 15), (1, 7, 94), (0, 1, 15)],
)
def test_enough_for_lead_and_review_with_a_margin(lead, review, units):
    """10 * 9 + 1.65 * 3 * sqrt(9) = 104.85; 10 * 8 + 1.65 * 3 * sqrt(8) = 94.0006."""
    facts = DemandFacts(10.0, 3.0)

    assert order_up_to(facts, lead, review) == pytest.approx(units, abs=1)


def test_the_point_at_which_to_act_covers_the_lead_time():
    assert reorder_point(DemandFacts(10.0, 3.0), 4) == 50


@pytest.mark.parametrize(("on_hand", "cover"), [(0, 0), (9, 0), (10, 1), (59, 5), (74, 6), (-4, 0)])
def test_cover_counts_the_days_as_they_come(on_hand, cover):
    weekend = demand(days(56, lambda day: 24 if day.weekday() >= 5 else 10), MONDAY)

    assert cover_days(on_hand, weekend, MONDAY) == cover


PACK = Pack(1, 7, 3, 24, lead_days=2, review_days=7)


@pytest.mark.parametrize(
    ("on_hand", "coming", "packs"),
    [
        (0, 0, 5),  # up to 105 in packs of 24
        (20, 0, 4),
        (20, 96, None),
        (105, 0, None),
        (60, 0, None),  # less than a review's demand is gone, and the lead is covered
        (-10, 0, 5),
    ],
)
def test_packs_are_ordered_up_to_the_target(on_hand, coming, packs):
    proposal = propose(Shelf(7, on_hand, coming, DemandFacts(10.0, 3.0)), PACK)

    assert (proposal.packs if proposal else None) == packs


def test_marks_set_by_hand_raise_the_point_and_cap_the_target():
    still = DemandFacts(0.0, 0.0)

    assert propose(Shelf(7, 0, 0, still), PACK) is None
    assert propose(Shelf(7, 5, 0, still, min_units=30), PACK).packs == 2
    assert propose(Shelf(7, 0, 0, DemandFacts(10.0, 3.0), 0, 48), PACK).packs == 2


def test_the_error_of_a_forecast_is_the_share_that_was_missed():
    """Saturdays sell 24 and not 10: the index knows after a week, the same day last week too."""
    series = days(70, lambda day: 24 if day.weekday() >= 5 else 10)
    first, last = MONDAY - timedelta(14), MONDAY - timedelta(1)

    assert forecast_error(series, first, last) == pytest.approx(0)
    assert last_week_error(series, first, last) == pytest.approx(0)
    series[last] = 34
    assert forecast_error(series, first, last) == pytest.approx(10 / 206)
