"""Clubs with known effects: intervals hold the truth, nothing useless is said to work.

CLUBCRM_SIMULATED=10 grows ten times as many clubs.
"""

import os

import numpy as np
import pytest

from clubcrm.reports.analysis.columns import columns_of
from clubcrm.reports.analysis.effects import effects, rate_effect, visits_effect
from clubcrm.reports.analysis.intervals import always_valid
from clubcrm.reports.analysis.verdicts import Verdict
from tests.reports.simulated import MEAN_VISITS, Truth, club

TIMES = int(os.environ.get("CLUBCRM_SIMULATED", "1"))
pytestmark = pytest.mark.slow


def share_that_holds(clubs, truth, figure, real):
    hits = 0
    for number in range(clubs):
        table = columns_of(club(number, truth)["touchpoints"]["J00"])
        low, high = figure(table)["fixed"]
        hits += low <= real <= high
    return hits / clubs


@pytest.mark.parametrize(
    "truth",
    [
        Truth(members=400, renewal=0.05, held_share=0.5),
        Truth(members=1500, renewal=0.05, held_share=0.1),
        Truth(members=1000, renewal=-0.08, held_share=0.2, clubs=4, return_share=0.5),
    ],
    ids=["small", "ten-percent", "four-clubs"],
)
def test_intervals_of_renewal_hold_the_truth_in_95_of_100_clubs(truth):
    held = share_that_holds(
        1000 * TIMES, truth, lambda one: rate_effect(one, one.renewed), truth.renewal
    )

    assert 0.93 <= held <= 0.97


@pytest.mark.parametrize("return_share", [0.0, 0.5], ids=["once", "twice"])
def test_intervals_of_visits_hold_the_truth_in_95_of_100_clubs(return_share):
    truth = Truth(members=600, visits=0.10, return_share=return_share)
    real = 0.10 * MEAN_VISITS * 0.985  # a month has 28 days, which the keenest fill

    held = share_that_holds(300 * TIMES, truth, lambda one: visits_effect(one, one.primary), real)

    assert 0.93 <= held <= 0.97


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


def test_a_touchpoint_without_effect_is_said_to_work_in_at_most_5_of_100():
    useless = [Truth(members=700, held_share=0.3, outcome=o) for o in ("visits", "came") * 3]

    said = verdicts_of(12 * TIMES, *useless)

    assert len(said) == 12 * TIMES * 6 * 4
    assert said.count(Verdict.WORKS) / len(said) <= 0.05
    assert said.count(Verdict.HARMS) / len(said) <= 0.05


def test_a_strong_touchpoint_is_found_and_a_harmful_one_too():
    strong = Truth(members=4000, held_share=0.5, renewal=0.12, visits=0.2)
    harmful = Truth(members=4000, held_share=0.5, renewal=-0.12, visits=-0.2)

    found = effects(club(1, strong, harmful, *[Truth(members=4000)] * 4))["touchpoints"]

    assert {found["J00"][of]["verdict_live"] for of in ("renewal", "primary")} == {Verdict.WORKS}
    assert {found["J01"][of]["verdict_live"] for of in ("renewal", "primary")} == {Verdict.HARMS}
    assert found["J00"]["renewal"]["shrunk"]["mean"] > found["J01"]["renewal"]["shrunk"]["mean"]
    assert found["J00"]["primary"]["correlation"] > 0.6


def test_looking_a_hundred_times_does_not_make_a_useless_touchpoint_work():
    looks, per_look, often = 100, 40, 800
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

    assert ordinary / often > 0.25
    assert always / often < 0.05


def test_no_group_is_claimed_where_groups_do_not_differ():
    clubs = 25 * TIMES
    alike = [
        Truth(members=900, held_share=0.5, renewal=0.06, visits=0.1),
        Truth(members=900, held_share=0.3, outcome="came"),
    ]

    claiming = sum(
        any(one["claimed"] for one in effects(club(number, *alike))["groups"])
        for number in range(clubs)
    )

    # Five in a hundred, and what chance adds to so many clubs.
    assert claiming / clubs <= 0.05 + 2 * (0.05 * 0.95 / clubs) ** 0.5


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
