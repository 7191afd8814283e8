"""What a hundred contacts are worth, worked by hand."""

import pytest

from clubcrm.reports.rules.value import (
    Advice,
    Price,
    Worth,
    advice,
    price_of,
    terms_won,
    worth_of,
)

# A contact costs 5.00, a renewal brings 100.00; whoever renews gets 2.00 off.
PRICE = Price(contact=500, discount=200, renewal=10_000)


def test_a_hundred_contacts_that_all_reached_somebody():
    # 60 of 100 renew with 2.00 off: 120.00, and 500.00 of work. Five renewals more bring 500.00.
    assert worth_of((0.01, 0.05, 0.09), 1.0, 0.6, PRICE) == Worth(
        5.0, 50_000 - 62_000, 10_000 - 62_000, 90_000 - 62_000, 62_000
    )


def test_who_was_not_reached_was_not_changed():
    # Half were reached, so the effect of those is double, and so is the discount for each of them.
    worth = worth_of((0.01, 0.05, 0.09), 0.5, 0.6, PRICE)

    assert worth is not None
    assert (worth.extra, worth.cost) == (10.0, 74_000)


def test_a_contact_wins_or_loses_one_renewal_at_most():
    worth = worth_of((-0.05, 0.18, 0.95), 0.06, 0.5, Price(0, 0, 10_000))

    assert worth is not None
    assert (worth.low, worth.extra, worth.high) == (-833_333, 100.0, 1_000_000)


def test_nobody_reached_or_a_range_from_all_to_nothing_has_no_worth():
    assert worth_of((-0.1, 0.05, 0.12), 0.09, 0.6, PRICE) is None
    assert worth_of((0.01, 0.05, 0.09), 0.0, 0.6, PRICE) is None


@pytest.mark.parametrize(
    ("verdict", "worth", "told"),
    [
        ("harms", None, Advice.STOP),
        ("unknown", Worth(-3, -900, -1_500, -10, 500), Advice.STOP),
        ("unknown", Worth(3, 900, 10, 1_500, 500), Advice.KEEP),
        ("works", None, Advice.KEEP),
        ("works", Worth(3, 900, -10, 1_500, 500), Advice.KEEP),
        ("works", Worth(3, -90, -900, 500, 500), Advice.CHANGE),
        ("no_effect", Worth(0, -90, -900, 500, 500), Advice.CHANGE),
        ("unknown", Worth(0, -90, -900, 500, 500), Advice.WAIT),
    ],
)
def test_advice_follows_verdict_and_money(verdict, worth, told):
    assert advice(verdict, worth) is told


def test_twelve_minutes_at_thirty_an_hour_and_a_message():
    assert price_of(12, 3_000, 45) == 645


@pytest.mark.parametrize(
    ("fitted", "turn", "terms"),
    [(None, 3, 1.0), ([], 1, 1.0), ([2.5, 3.0], 1, 2.5), ([2.5, 3.0], 9, 3.0), ([0.2], 1, 1.0)],
)
def test_renewal_brings_its_own_term_and_what_the_model_expects_after_it(fitted, turn, terms):
    assert terms_won(fitted, turn) == terms
