"""How many members "no effect" takes, by hand: four variances over the members, two errors wide."""

import math

import pytest

from clubcrm.reports.analysis.intervals import always_valid
from clubcrm.reports.rules.verdict_needs import members_for_no_effect


def test_a_closed_quarter_needs_as_many_as_the_plain_interval_asks():
    # 4 * 0.24 / n = (0.02 / 1.96) ** 2, so n = 9,220 for renewals of six in ten.
    assert members_for_no_effect(0.02, math.sqrt(0.24), 0.05, live=False) == 9_220
    # Visits differ by 48.6 % of their mean once those before are allowed for.
    assert members_for_no_effect(0.05, 0.486, 0.2, live=False) == 1_452


@pytest.mark.parametrize(("small", "spread", "scale"), [(0.02, 0.49, 0.05), (0.05, 0.486, 0.2)])
def test_a_page_that_is_looked_at_every_day_needs_what_its_own_interval_asks(small, spread, scale):
    needed = members_for_no_effect(small, spread, scale, live=True)

    assert needed > 2 * members_for_no_effect(small, spread, scale, live=False)
    for members, fits in ((needed, True), (needed - 1, False)):
        interval = always_valid(0.0, 4 * spread**2 / members, scale**2)
        assert interval.inside(small) is fits
