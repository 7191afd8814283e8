"""What every case is told: how often, how big, on which stores."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Rounds of each measurement, share of the full size, and the stores to measure on."""

    rounds: int
    scale: float
    stores: tuple[str, ...]
