"""Rules of the split check: does the lot give each arm what it was asked to?"""

from typing import Any

import numpy as np
from scipy.stats import chisquare

from clubcrm.reports.analysis.columns import Columns

ALARM = 0.001


def split_check(table: Columns, share: list[float]) -> dict[str, Any]:
    """Return how far the split is from the planned one; an alarm below one in a thousand.

    `share` is the planned share held out, of each row or of all.
    """
    planned = np.asarray(share or [0.0], dtype=np.float64)
    size = len(table.treated)
    expected = float(np.broadcast_to(planned, size).sum() if len(planned) == 1 else planned.sum())
    held = int((table.treated == 0).sum())
    answer: dict[str, Any] = {"held": held, "expected": expected, "size": size}
    if not 0 < expected < size:
        return answer | {"p": None, "alarm": False}
    p = float(chisquare([held, size - held], [expected, size - expected]).pvalue)
    return answer | {"p": p, "alarm": p < ALARM}
