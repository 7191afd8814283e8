from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memberships.contracts.deals import (
    DEPTH,
    SHIPPED,
    Benefit,
    Deal,
    Moment,
    OfferRules,
    TermFacts,
    deal_at,
    opening,
    per_day,
    rule_faults,
    rules_from,
)

LAST = date(2028, 1, 30)
YEAR = TermFacts(LAST - timedelta(days=60), LAST, LAST + timedelta(days=30), 2_400_000, 365)
RISEN = replace(YEAR, kept_minor=2_000_000)
EARLY_PLAN = replace(YEAR, plan_early_minor=2_200_000, plan_early_until=LAST - timedelta(days=20))


def on(facts: TermFacts, days: int) -> TermFacts:
    """The same facts so many days before (or after) the last day."""
    return replace(facts, today=LAST + timedelta(days=days))


@pytest.mark.parametrize(
    ("moment", "facts", "price", "bonus"),
    [
        (Moment.EARLY, YEAR, 2_400_000, 30),
        (Moment.EARLY, RISEN, 2_000_000, 0),
        (Moment.EARLY, EARLY_PLAN, 2_200_000, 0),
        (Moment.EARLY, on(YEAR, -30), 2_400_000, 30),
        (Moment.EARLY, on(YEAR, -29), 2_400_000, 0),
        (Moment.EARLY, on(RISEN, -29), 2_400_000, 0),
        (Moment.LAST, on(RISEN, -7), 2_400_000, 0),
        (Moment.LAST, on(EARLY_PLAN, -25), 2_200_000, 0),
        (Moment.LAPSED, on(RISEN, 3), 2_000_000, 0),
        (Moment.LAPSED, on(YEAR, 3), 2_400_000, 0),
        (Moment.COMEBACK, on(RISEN, 90), 2_000_000, 0),
    ],
)
def test_each_moment_gives_what_the_shipped_rules_say(moment, facts, price, bonus):
    assert deal_at(moment, facts, SHIPPED).on(facts.today) == (price, bonus)


def test_early_benefit_ends_on_its_day_and_the_offer_goes_on_at_the_list_price():
    deal = deal_at(Moment.EARLY, RISEN, SHIPPED)

    assert deal == Deal(2_400_000, LAST + timedelta(days=30), 2_000_000, LAST - timedelta(days=30))
    assert deal.on(LAST - timedelta(days=30)) == (2_000_000, 0)
    assert deal.on(LAST - timedelta(days=29)) == (2_400_000, 0)


@pytest.mark.parametrize(
    ("moment", "day", "until"),
    [
        (Moment.LAST, -7, LAST + timedelta(days=30)),
        (Moment.LAPSED, 3, LAST + timedelta(days=14)),
        (Moment.COMEBACK, 90, LAST + timedelta(days=111)),
    ],
)
def test_later_offers_end_on_their_day(moment, day, until):
    assert deal_at(moment, on(YEAR, day), SHIPPED).expires_on == until


def test_only_who_comes_back_starts_afresh():
    assert [m for m in Moment if deal_at(m, on(YEAR, 3), SHIPPED).is_fresh] == [Moment.COMEBACK]


def test_late_offer_is_cut_down_to_the_first_one_really_made():
    rules = replace(SHIPPED, lapsed=Benefit.KEPT_OR_DAYS)
    first = per_day(2_300_000, 365)

    dearer = deal_at(Moment.LAPSED, on(RISEN, 3), rules, first)
    without_days = deal_at(Moment.LAPSED, on(YEAR, 3), rules, first)

    assert (dearer.price_minor, dearer.bonus_days) == (2_300_000, 0)
    assert (without_days.price_minor, without_days.bonus_days) == (2_400_000, 0)


def test_rules_that_give_more_at_the_end_are_refused():
    rules = OfferRules(early=Benefit.NONE, last=Benefit.PRICE_KEPT, bonus_days=93)

    assert rule_faults(rules) == {
        "last": "deeper",
        "lapsed": "deeper",
        "comeback": "deeper",
        "bonus_days": "range",
    }
    assert rule_faults(SHIPPED) == {}


def test_kept_rules_come_back_as_they_were_and_unknown_names_are_ignored():
    rules = replace(SHIPPED, early=Benefit.MORE_DAYS, lapsed_days=10)

    assert rules_from(asdict(rules) | {"old": 1}) == rules
    assert rules_from({}) == SHIPPED


benefits = st.sampled_from(list(Benefit))
amounts = st.integers(100, 5_000_000)


@given(
    early=benefits,
    late=benefits,
    moment=st.sampled_from([Moment.LAST, Moment.LAPSED, Moment.COMEBACK]),
    prices=st.tuples(amounts, amounts, st.none() | amounts),
    days=st.integers(-29, 120),
    term=st.integers(28, 730),
    bonus=st.integers(0, 92),
)
def test_a_day_never_costs_less_at_the_end_than_at_the_start(
    early, late, moment, prices, days, term, bonus
):
    rules = replace(SHIPPED, early=early, bonus_days=bonus, **{moment.value: late})
    list_minor, kept, plan_early = prices
    facts = TermFacts(
        LAST + timedelta(days=days),
        LAST,
        LAST + timedelta(days=30),
        list_minor,
        term,
        kept,
        None if plan_early is None else min(plan_early, list_minor),
        LAST,
    )

    price, added = deal_at(moment, facts, rules).on(facts.today)

    assert per_day(price, term, added) >= opening(facts, rules)
    assert price <= list_minor
    assert DEPTH[late] <= 2
