"""Rules room: for how many months a client stays and what he brings, also those still here.

Who is still a member has stayed at least so long: his months count as seen, not as his whole time
(Kaplan and Meier). Nobody's time is counted beyond the horizon.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

HORIZON = 36
LEAST_CLIENTS = 20


@dataclass(frozen=True, slots=True)
class Stay:
    """How long somebody has been a client, and whether that is over."""

    months: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class ClientWorth:
    """What clients brought so far, and what one is expected to bring within the horizon."""

    clients: int
    paid_minor: int
    months_seen: int
    months_expected: float | None

    @property
    def paid_each_minor(self) -> int | None:
        """Return what a client has paid so far."""
        return round(self.paid_minor / self.clients) if self.clients else None

    def lifetime_minor(self, margin_bp: int) -> int | None:
        """Return the kept part of what a client will pay; None where too few are known."""
        if self.months_expected is None or not self.months_seen:
            return None
        a_month = self.paid_minor / self.months_seen
        return round(a_month * self.months_expected * margin_bp / 10_000)


def months_expected(stays: Iterable[Stay], horizon: int = HORIZON) -> float | None:
    """Return the mean number of months within the horizon; None for too few clients.

    A client counts in the month in which he begins, as he has paid for it.
    """
    listed = list(stays)
    if len(listed) < LEAST_CLIENTS:
        return None
    left = Counter(one.months for one in listed if one.is_over)
    gone = Counter(one.months for one in listed)
    here, alive, total = len(listed), 1.0, 0.0
    for month in range(horizon):
        total += alive
        if here and left[month]:
            alive *= 1 - left[month] / here
        here -= gone[month]
        if not here:
            # Nobody has been seen for longer: the last known share is not stretched any further.
            return total
    return total
