"""How much random lives and races try: the usual, or as much as the run asks for.

CLUBCRM_LONGER=10 tries ten times the lives, and each of them three times as long.
CLUBCRM_RACES=200 lets sixteen people meet two hundred times in every race, as `make test-all` does.
"""

import os

import pytest

TIMES = int(os.environ.get("CLUBCRM_LONGER", "1"))
MEETINGS = int(os.environ.get("CLUBCRM_RACES", "0"))
STRETCH = 3
# A fault that shows in one meeting of twenty escapes this many in one run of twenty.
OFTEN = 60
# What was asked to run longer is stopped by who asked, not by the clock of a usual test.
UNHURRIED = pytest.mark.timeout(300 if TIMES == 1 else 0)


def examples(usual: int) -> int:
    """Return how many lives, or examples of a property, are tried."""
    return usual * TIMES


def steps(usual: int) -> int:
    """Return how many steps one life has; more of them only bring new things up to a point."""
    return usual * min(TIMES, STRETCH)


def rounds(usual: int = OFTEN) -> int:
    """Return how many times the people of a race meet."""
    return max(usual, MEETINGS)
