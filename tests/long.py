"""How much the machines of random lives try: the usual, or as many times as the run asks for.

CLUBCRM_LONGER=10 tries ten times the lives, and each of them three times as long.
"""

import os

TIMES = int(os.environ.get("CLUBCRM_LONGER", "1"))
STRETCH = 3


def examples(usual: int) -> int:
    """Return how many lives, or examples of a property, are tried."""
    return usual * TIMES


def steps(usual: int) -> int:
    """Return how many steps one life has; more of them only bring new things up to a point."""
    return usual * min(TIMES, STRETCH)
