"""Rules room: for how many months a client stays and what he brings, also those still here.

Who is still a member has stayed at least so long: his months count as seen, not as his whole time
(Kaplan and Meier). Nobody's time is counted beyond the horizon.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HORIZON = 36
LEAST_CLIENTS = 20
DAYS_OF_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Stay:
    """How long somebody has been a client, and whether that is over."""

    months: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class ClientWorth:
    """Clients, what they paid so far, what one pays in a month, and for how many he stays."""

    clients: int
    paid_minor: int
    month_minor: float | None
    months_expected: float | None

    @property
    def paid_each_minor(self) -> int | None:
        """Return what a client has paid so far."""
        return round(self.paid_minor / self.clients) if self.clients else None

    def lifetime_minor(self, margin_bp: int) -> int | None:
        """Return the kept part of what a client will pay; None where too few are known."""
        if self.months_expected is None or self.month_minor is None:
            return None
        return round(self.month_minor * self.months_expected * margin_bp / 10_000)


def month_price(price_minor: int, days: int | None, period_months: int | None) -> float:
    """Return what a contract costs in a month: its price over its days, or over its period."""
    if days is not None:
        return price_minor * DAYS_OF_MONTH / max(days, 1)
    return price_minor / max(period_months or 1, 1)


def parts_of(whole: int, weights: Sequence[int]) -> list[int]:
    """Return an amount divided by weights so that the parts make the whole; evenly without any."""
    if not weights:
        return []
    shares = list(weights) if sum(weights) else [1] * len(weights)
    found = [whole * one // sum(shares) for one in shares]
    for place in sorted(range(len(shares)), key=lambda one: -(whole * shares[one] % sum(shares))):
        if sum(found) == whole:
            break
        found[place] += 1
    return found


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
