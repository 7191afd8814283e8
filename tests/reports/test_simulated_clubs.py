"""Clubs with known effects: intervals hold the truth, nothing useless is said to work.

The suite grows 120 clubs a claim and asks for what chance allows of so many, by exact binomial
tails; `CLUBCRM_SIMULATIONS=2000` grows so many and asks for the very shares that are promised.
"""

import os

import numpy as np
import pytest
from scipy.stats import binom

from clubcrm.reports.analysis import proportions
from clubcrm.reports.analysis.effects import effects
from clubcrm.reports.analysis.intervals import always_valid
from clubcrm.reports.analysis.verdicts import Verdict
from clubcrm.reports.analysis.visits import effect_on_visits
from tests.reports.simulated import MEAN_VISITS, Truth, club, columns

CLUBS = int(os.environ.get("CLUBCRM_SIMULATIONS", "120"))
# So many clubs tell 93 from 95 of 100 by themselves; fewer are judged by what chance allows.
MANY, SELDOM = 1000, 0.002
pytestmark = pytest.mark.slow


def holding(clubs):
    """Return the fewest and most of so many intervals that may hold, where 93 to 97 of 100 do."""
    if clubs >= MANY:
        return 0.93 * clubs, 0.97 * clubs
    return binom.ppf(SELDOM, clubs, 0.93), binom.isf(SELDOM, clubs, 0.97)


def seldom(told, share=0.05):
    """Return how often something may be said at most where it is said in so few of 100."""
    return share * told if told >= MANY else binom.isf(SELDOM, told, share)


def intervals_that_hold(clubs, truth, interval, real):
    hits = 0
    for number in range(clubs):
        low, high = interval(columns(number, truth))
        hits += low <= real <= high
    return hits


def of_renewal(table):
    return proportions.newcombe(proportions.counts_of(table.sample(table.renewed))).pair()


def of_visits(table):
    return effect_on_visits(table.visit_rows(table.primary)).fixed.pair()


@pytest.mark.parametrize(
    "truth",
    [
        Truth(members=400, renewal=0.05, held_share=0.5),
        Truth(members=1500, renewal=0.05, held_share=0.1),
        Truth(members=1000, renewal=-0.08, held_share=0.2, clubs=4, return_share=0.5),
    ],
    ids=["small", "ten-percent", "four-clubs"],
)
def test_intervals_of_renewal_hold_the_truth_in_95_of_100_clubs(truth, record_property):
    clubs = 4 * CLUBS

    held = intervals_that_hold(clubs, truth, of_renewal, truth.renewal)

    record_property("coverage", held / clubs)
    fewest, most = holding(clubs)
    assert fewest <= held <= most


@pytest.mark.parametrize("return_share", [0.0, 0.5], ids=["once", "twice"])
def test_intervals_of_visits_hold_the_truth_in_95_of_100_clubs(return_share, record_property):
    truth = Truth(members=600, visits=0.10, return_share=return_share)
    real = 0.10 * MEAN_VISITS * 0.985  # a month has 28 days, which the keenest fill

    held = intervals_that_hold(CLUBS, truth, of_visits, real)

    record_property("coverage", held / CLUBS)
    fewest, most = holding(CLUBS)
    assert fewest <= held <= most


def test_these_bounds_catch_intervals_that_are_too_narrow_or_too_wide():
    fewest, most = holding(4 * 120)

    assert binom.sf(fewest - 1, 480, 0.86) < 0.05
    assert binom.cdf(most, 480, 0.999) < 0.05
    assert holding(2000) == (1860, 1940)
    assert binom.cdf(seldom(240), 240, 0.14) < 0.05


def verdicts_of(clubs, *truths):
    said = []
    for number in range(clubs):
        found = effects(club(number, *truths))["touchpoints"].values()
        said += [
            one[of][f"verdict_{look}"]
            for one in found
            for of in one
            if of != "split"
            for look in ("fixed", "live")
        ]
    return said


def test_a_touchpoint_without_effect_is_said_to_work_in_at_most_5_of_100(record_property):
    useless = [Truth(members=700, held_share=0.3, outcome=o) for o in ("visits", "came") * 3]
    clubs = max(CLUBS // 12, 5)

    said = verdicts_of(clubs, *useless)

    record_property("works", said.count(Verdict.WORKS) / len(said))
    record_property("harms", said.count(Verdict.HARMS) / len(said))
    assert len(said) == clubs * 6 * 4
    assert said.count(Verdict.WORKS) <= seldom(len(said))
    assert said.count(Verdict.HARMS) <= seldom(len(said))


def test_a_strong_touchpoint_is_found_and_a_harmful_one_too():
    strong = Truth(members=4000, held_share=0.5, renewal=0.12, visits=0.2)
    harmful = Truth(members=4000, held_share=0.5, renewal=-0.12, visits=-0.2)

    found = effects(club(1, strong, harmful, *[Truth(members=4000)] * 4))["touchpoints"]

    assert {found["J00"][of]["verdict_live"] for of in ("renewal", "primary")} == {Verdict.WORKS}
    assert {found["J01"][of]["verdict_live"] for of in ("renewal", "primary")} == {Verdict.HARMS}
    assert found["J00"]["renewal"]["shrunk"]["mean"] > found["J01"]["renewal"]["shrunk"]["mean"]
    assert found["J00"]["primary"]["correlation"] > 0.6


def test_looking_a_hundred_times_does_not_make_a_useless_touchpoint_work(record_property):
    looks, per_look, often = 100, 40, max(CLUBS * 2, 240)
    chance = np.random.default_rng(5)
    ordinary = always = 0
    for _ in range(often):
        outcomes = chance.random((2, looks * per_look // 2)) < 0.6
        sizes = np.arange(1, looks + 1) * per_look // 2
        hits = outcomes.cumsum(axis=1)[:, sizes - 1]
        rates = (hits + 1) / (sizes + 2)
        spread = (rates * (1 - rates) / sizes).sum(axis=0)
        gap = hits[0] / sizes - hits[1] / sizes
        ordinary += bool((np.abs(gap) > 1.96 * np.sqrt(spread)).any())
        always += any(
            abs(one) > always_valid(0, var, 0.05**2).high
            for one, var in zip(gap, spread, strict=True)
        )

    record_property("false alarms", (ordinary / often, always / often))
    assert ordinary / often > 0.25
    assert always / often < 0.05


def test_no_group_is_claimed_where_groups_do_not_differ(record_property):
    clubs = max(CLUBS // 12, 5)
    alike = [
        Truth(members=900, held_share=0.5, renewal=0.06, visits=0.1),
        Truth(members=900, held_share=0.3, outcome="came"),
    ]

    claiming = sum(
        any(one["claimed"] for one in effects(club(number, *alike))["groups"])
        for number in range(clubs)
    )

    record_property("claiming", claiming / clubs)
    assert claiming <= binom.isf(SELDOM, clubs, 0.05)


def test_a_group_that_alone_responds_is_claimed_and_one_that_is_harmed_left_alone():
    chosen = Truth(
        members=6000, held_share=0.5, renewal=-0.15, newcomers_only=True, return_share=0.9
    )

    groups = effects(club(3, chosen))["groups"]

    by_cycle = next(one for one in groups if one["kind"] == "cycle" and one["outcome"] == "renewal")
    assert by_cycle["claimed"]
    assert {one["group"]: one["leave_alone"] for one in by_cycle["groups"]} == {
        "first": True,
        "later": False,
    }


def test_below_ten_in_an_arm_only_counts_are_shown():
    found = effects(club(2, Truth(members=40, held_share=0.1)))["touchpoints"]["J00"]

    assert found["renewal"]["sizes"][1] < 10
    assert found["renewal"]["verdict_live"] is Verdict.TOO_FEW
    assert "difference" not in found["renewal"]


def test_a_lot_that_does_not_keep_its_share_raises_the_alarm():
    order = club(4, Truth(members=3000, held_share=0.2))
    good = effects(order)["touchpoints"]["J00"]["split"]
    order["touchpoints"]["J00"]["share"] = [0.10]

    bad = effects(order)["touchpoints"]["J00"]["split"]

    assert (good["alarm"], bad["alarm"]) == (False, True)
