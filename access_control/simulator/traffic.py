"""People who pass the simulated turnstile: arrivals at random, mostly known faces."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

VERIFIED_BY = (1, 4, 4, 4, 15)
TAPPED_TWICE_AFTER = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Passage:
    """Who will identify himself when, and which way."""

    at: datetime
    pin: str
    status: int
    verify: int


class Traffic:
    """A stream of passages at a mean rate, the same for the same random source."""

    def __init__(self, pins: list[str], rate_per_minute: float, chance: Random) -> None:
        if rate_per_minute <= 0 or not pins:
            raise ValueError("traffic needs PINs and a rate above zero")
        self.strangers = 0.02
        self.leavers = 0.0
        self.double_taps = 0.02
        self._pins = pins
        self._rate = rate_per_minute
        self._chance = chance
        self._inside: list[str] = []
        self._again: Passage | None = None

    def next_after(self, moment: datetime) -> Passage:
        """The next passage after a moment."""
        if self._again is not None:
            second, self._again = self._again, None
            return second
        chance = self._chance
        at = moment + timedelta(minutes=chance.expovariate(self._rate))
        passage = self._somebody(at, chance)
        if chance.random() < self.double_taps:
            self._again = Passage(
                at + TAPPED_TWICE_AFTER, passage.pin, passage.status, passage.verify
            )
        return passage

    def _somebody(self, at: datetime, chance: Random) -> Passage:
        verify = chance.choice(VERIFIED_BY)
        if self._inside and chance.random() < self.leavers:
            return Passage(at, self._inside.pop(0), 1, verify)
        if chance.random() < self.strangers:
            return Passage(at, str(chance.randrange(900_000, 999_999)), 0, 4)
        pin = chance.choice(self._pins)
        self._inside.append(pin)
        return Passage(at, pin, 0, verify)
