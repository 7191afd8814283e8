"""What a promotion makes of a price, when it runs, and what is wrong with one."""

from datetime import date

import pytest

from memberships.promotions.rules import (
    Cut,
    CutKind,
    Offered,
    Phase,
    Reach,
    Span,
    best_of,
    faults_of,
)

PERCENT, AMOUNT, PRICE = CutKind.PERCENT, CutKind.AMOUNT, CutKind.PRICE
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("kind", "value", "list_minor", "price"),
    [
        (PERCENT, 20, 10_000, 8_000),
        (PERCENT, 33, 100, 67),
        (PERCENT, 33, 99, 67),
        (PERCENT, 90, 0, 0),
        (AMOUNT, 1_500, 10_000, 8_500),
        (AMOUNT, 20_000, 10_000, 0),
        (PRICE, 7_900, 10_000, 7_900),
        (PRICE, 0, 10_000, 0),
        (PRICE, 12_000, 10_000, 10_000),
    ],
)
def test_a_price_is_never_above_the_list_and_never_below_nothing(
    kind: CutKind, value: int, list_minor: int, price: int
) -> None:
    assert Cut(kind, value).price_of(list_minor) == price


@pytest.mark.parametrize(
    ("day", "stopped", "phase"),
    [
        (date(2026, 11, 30), None, Phase.COMING),
        (FIRST, None, Phase.RUNNING),
        (LAST, None, Phase.RUNNING),
        (date(2027, 1, 1), None, Phase.OVER),
        (date(2026, 12, 9), date(2026, 12, 10), Phase.RUNNING),
        (date(2026, 12, 10), date(2026, 12, 10), Phase.OVER),
        (date(2026, 11, 30), date(2026, 11, 20), Phase.OVER),
    ],
)
def test_both_days_count_and_a_stop_counts_at_once(
    day: date, stopped: date | None, phase: Phase
) -> None:
    assert Span(FIRST, LAST, stopped).phase_on(day) is phase


def test_the_lowest_price_counts_and_promotions_are_never_added_up() -> None:
    offered = [
        Offered(1, "Winter", Cut(PERCENT, 20), LAST),
        Offered(2, "Students", Cut(AMOUNT, 3_000), LAST),
        Offered(3, "Nothing", Cut(PRICE, 50_000), LAST),
        Offered(4, "As low", Cut(PRICE, 7_000), LAST),
    ]

    found = best_of(offered, 10_000)

    assert found is not None
    assert (found.promotion_id, found.price_minor, found.off_minor) == (2, 7_000, 3_000)
    assert best_of(offered[2:3], 10_000) is None
    assert best_of([], 10_000) is None


@pytest.mark.parametrize(
    ("cut", "until", "things", "faults"),
    [
        (Cut(PERCENT, 20), LAST, 1, {}),
        (Cut(PERCENT, 91), LAST, 1, {"value": "range"}),
        (Cut(AMOUNT, 0), LAST, 1, {"value": "range"}),
        (Cut(PRICE, 0), LAST, 1, {}),
        (Cut(PRICE, -1), LAST, 1, {"value": "range"}),
        (Cut(PERCENT, 20), date(2026, 11, 30), 1, {"until_on": "order"}),
        (Cut(PERCENT, 20), date(2027, 12, 2), 1, {"until_on": "long"}),
        (Cut(PERCENT, 20), LAST, 0, {"plans": "nothing"}),
    ],
)
def test_a_promotion_that_cannot_be_is_told_by_its_field(
    cut: Cut, until: date, things: int, faults: dict[str, str]
) -> None:
    assert faults_of(cut, Span(FIRST, until), Reach(things)) == faults


def test_a_newcomer_has_nothing_to_renew() -> None:
    reach = Reach(1, newcomers_only=True, renewals=True)

    assert faults_of(Cut(PERCENT, 20), Span(FIRST, LAST), reach) == {"renewals": "nobody"}
