"""The estimators against cases that others have published."""

import numpy as np
import pytest

from clubcrm.reports.analysis import proportions, verdicts
from clubcrm.reports.analysis.intervals import Interval, always_valid, always_valid_p
from clubcrm.reports.analysis.proportions import Sample
from clubcrm.reports.analysis.shrinkage import Prior, shrink
from clubcrm.reports.analysis.verdicts import Verdict

# Newcombe 1998, Statistics in Medicine 17: 873-890, table II, method 10.
NEWCOMBE = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.6791, 1.0000)),
    ((10, 10, 0, 10), (0.6075, 1.0000)),
]
# Rubin 1981: effects of coaching in eight schools, with their errors.
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
SCHOOL_ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
# Posterior means under flat priors, as RStan's "schools" example prints them.
SCHOOL_MEANS = [11.4, 7.9, 6.2, 7.7, 5.1, 6.1, 10.7, 8.5]


def rows(hits_t: int, size_t: int, hits_h: int, size_h: int) -> Sample:
    outcome = [1] * hits_t + [0] * (size_t - hits_t) + [1] * hits_h + [0] * (size_h - hits_h)
    arms = [1] * size_t + [0] * size_h
    size = len(arms)
    return Sample(np.array(outcome, float), np.array(arms), np.zeros(size, int), np.arange(size))


@pytest.mark.parametrize(("case", "published"), NEWCOMBE)
def test_newcombes_eight_published_cases(case, published):
    found = proportions.newcombe(proportions.counts_of(rows(*case)))

    assert (round(found.low, 4), round(found.high, 4)) == published


@pytest.mark.parametrize("case", [one for one, _ in NEWCOMBE])
def test_the_check_by_agresti_and_caffo_stays_between_minus_one_and_one(case):
    found = proportions.agresti_caffo(proportions.counts_of(rows(*case)))

    assert -1 <= found.low <= found.high <= 1


def test_eight_schools_are_shrunk_as_published():
    found = shrink(SCHOOLS, SCHOOL_ERRORS, Prior(mean_error=1e3, spread=0, widest=60))

    assert [one.mean for one in found] == pytest.approx(SCHOOL_MEANS, abs=0.35)
    assert all(one.chance_positive > 0.6 for one in found)


@pytest.mark.parametrize(
    ("wanted", "held_share", "published"),
    [(0.05, 0.5, 2 * 1471), (0.05, 0.1, 8168), (0.03, 0.5, 2 * 4129)],
)
def test_sizes_that_show_an_effect_on_sixty_in_a_hundred(wanted, held_share, published):
    assert verdicts.needed_for_rate(0.60, wanted, held_share) == pytest.approx(published, abs=4)


def test_the_always_valid_interval_touches_nothing_exactly_at_its_p_value():
    variance, scale2 = 0.02**2, 0.05**2
    width = always_valid(0, variance, scale2).high

    assert always_valid_p(width, variance, scale2) == pytest.approx(0.05)
    assert always_valid_p(0, variance, scale2) == 1
    assert width > 1.96 * 0.02


def test_a_handful_of_people_cannot_differ_by_more_than_the_whole():
    interval, _ = proportions.always_valid_of(proportions.counts_of(rows(11, 19, 4, 10)))

    assert interval == Interval(-1, 1)


def test_clubs_with_other_shares_are_compared_within_themselves():
    """Two clubs without any effect; the better one holds out more: pooled it would look harmful."""
    good, poor = rows(400, 500, 400, 500), rows(180, 900, 20, 100)
    both = Sample(
        np.concatenate([good.outcome, poor.outcome]),
        np.concatenate([good.treated, poor.treated]),
        np.repeat([0, 1], [1000, 1000]),
        np.arange(2000),
    )

    counts = proportions.counts_of(both)

    assert counts.hits_treated / counts.size_treated < 0.5 < counts.hits_held / counts.size_held
    assert counts.difference == pytest.approx(0)
    assert counts.worth_treated < counts.size_treated


@pytest.mark.parametrize(
    ("interval", "accepted", "said"),
    [
        ((0.01, 0.09), True, Verdict.WORKS),
        ((0.01, 0.09), False, Verdict.UNKNOWN),
        ((-0.09, -0.01), False, Verdict.HARMS),
        ((-0.015, 0.019), False, Verdict.NO_EFFECT),
        ((-0.03, 0.06), True, Verdict.UNKNOWN),
    ],
)
def test_a_verdict_says_no_more_than_the_interval(interval, accepted, said):
    assert verdicts.verdict(Interval(*interval), 0.02, accepted=accepted) is said
