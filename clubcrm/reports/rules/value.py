"""Rules room: what a touchpoint is worth in money per hundred contacts, and what to do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

HUNDRED = 100
WHOLE_BP = 10_000


class Advice(StrEnum):
    """What to do with a touchpoint."""

    KEEP = "keep"
    CHANGE = "change"
    STOP = "stop"
    WAIT = "wait"  # not known yet: go on as before until there is enough to see


@dataclass(frozen=True, slots=True)
class Price:
    """What one contact costs and one renewal brings; amounts in the smallest unit of the money."""

    contact: float  # minutes of staff by their wage, and the message
    discount: float  # given to everybody who renews, also to those who would have anyway
    renewal: float  # the part the club keeps of the price of the terms that a renewal brings


@dataclass(frozen=True, slots=True)
class Worth:
    """Money per hundred contacts: the middle and the range, and renewals won by them."""

    extra: float
    net: int
    low: int
    high: int
    cost: int


def worth_of(
    effect: tuple[float, float, float], reached: float, rate: float, price: Price
) -> Worth | None:
    """Return what a hundred contacts bring; effect is (low, middle, high) of those assigned.

    The effect of the assignment is divided by the share that was reached: nobody else was changed
    by it, and a contact wins or loses one renewal at most. `rate` is how many of the treated renew,
    each with the discount. None when none was, or when the range spans everything there is.
    """
    if reached <= 0 or (effect[0] <= -reached and effect[2] >= reached):
        return None
    given = price.discount * rate / reached
    cost = HUNDRED * (price.contact + given)
    low, middle, high = (HUNDRED * max(-1.0, min(1.0, one / reached)) for one in effect)
    return Worth(
        middle,
        round(middle * price.renewal - cost),
        round(low * price.renewal - cost),
        round(high * price.renewal - cost),
        round(cost),
    )


def advice(verdict: str, worth: Worth | None) -> Advice:
    """Return what to do: stop what harms or cannot pay, keep what pays for sure."""
    if verdict == "harms" or (worth is not None and worth.high < 0):
        return Advice.STOP
    if worth is not None and worth.low > 0:
        return Advice.KEEP
    if verdict == "works":
        return Advice.KEEP if worth is None or worth.net >= 0 else Advice.CHANGE
    return Advice.CHANGE if verdict == "no_effect" else Advice.WAIT


def price_of(minutes: float, wage_minor: int, message_minor: float) -> float:
    """Return what one contact costs."""
    return minutes * wage_minor / 60 + message_minor


def terms_won(fitted: Sequence[float] | None, turn: int) -> float:
    """Return how many terms the n-th renewal brings; only itself where no model was fitted."""
    if not fitted:
        return 1.0
    return max(1.0, fitted[min(turn, len(fitted)) - 1])
