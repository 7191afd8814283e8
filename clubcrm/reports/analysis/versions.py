"""Rules of the libraries in use: their versions, so that a figure can be computed again."""

from typing import Any

import numpy as np
import scipy
import statsmodels


def versions(_: dict[str, Any]) -> dict[str, Any]:
    """Return the version of each library that takes part in an answer."""
    return {
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
    }
