"""Who is proposed a discount of his own, how much it is, and what it does to the margin."""

from dataclasses import replace

import pytest

from clubcrm.loyalty.rules.discounts import (
    Basis,
    DiscountTerms,
    History,
    effect_of,
    faults_of,
    is_chosen,
    off_for,
)

LOYAL = DiscountTerms(Basis.MONTHS, 24, 10, most_minor=0, valid_days=60)
REGULAR = History(
    months=30,
    spent_minor=3_000_000,
    bar_minor=240_000,
    bar_cost_minor=96_000,
    visits=140,
    price_minor=2_400_000,
    term_months=12,
)


@pytest.mark.parametrize(
    ("basis", "at_least", "expected"),
    [
        (Basis.MONTHS, 30, True),
        (Basis.MONTHS, 31, False),
        (Basis.SPENT, 3_000_000, True),
        (Basis.SPENT, 3_000_001, False),
        (Basis.BAR, 240_000, True),
        (Basis.BAR, 240_001, False),
        (Basis.VISITS, 140, True),
        (Basis.VISITS, 141, False),
    ],
)
def test_a_rule_looks_at_its_own_part_of_the_history(
    basis: Basis, at_least: int, expected: bool
) -> None:
    assert is_chosen(replace(LOYAL, basis=basis, at_least=at_least), REGULAR) is expected


def test_who_has_no_next_term_is_proposed_nothing() -> None:
    assert not is_chosen(LOYAL, replace(REGULAR, price_minor=0))


@pytest.mark.parametrize(
    ("percent", "most", "price", "off"),
    [(10, 0, 2_400_000, 240_000), (10, 100_000, 2_400_000, 100_000), (10, 0, 99, 9), (50, 0, 1, 0)],
)
def test_the_limit_of_a_rule_is_never_passed(percent: int, most: int, price: int, off: int) -> None:
    assert off_for(replace(LOYAL, percent=percent, most_minor=most), price) == off


def test_the_margin_is_told_before_and_after() -> None:
    found = effect_of(LOYAL, REGULAR, 50_000)

    # 24,000.00 and 1,440.00 of the bar, less 12 months at 500.00; then less 2,400.00.
    assert found.before_minor == 2_400_000 + 144_000 - 600_000
    assert found.off_minor == 240_000
    assert found.after_minor == 1_704_000
    # 240,000 of 1,944,000 are 12.3 percent: of 13 percent it must be true.
    assert found.pays_from == 13


def test_half_a_year_takes_half_of_the_bars_year() -> None:
    found = effect_of(LOYAL, replace(REGULAR, term_months=6, price_minor=1_200_000), 50_000)

    assert (found.bar_minor, found.cost_minor) == (72_000, 300_000)


def test_a_discount_that_eats_the_margin_never_pays() -> None:
    found = effect_of(replace(LOYAL, percent=50), replace(REGULAR, bar_minor=0, bar_cost_minor=0),
                      100_000)  # fmt: skip

    assert found.after_minor == 0
    assert found.pays_from is None


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, {}),
        ({"percent": 51}, {"percent": "range"}),
        ({"at_least": 0}, {"at_least": "range"}),
        ({"valid_days": 0}, {"valid_days": "range"}),
        ({"most_minor": -1}, {"most_minor": "range"}),
    ],
)
def test_a_rule_keeps_within_its_limits(changes: dict[str, int], faults: dict[str, str]) -> None:
    assert faults_of(replace(LOYAL, **changes)) == faults  # type: ignore[arg-type]
