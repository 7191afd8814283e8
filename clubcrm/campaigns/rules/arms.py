"""Rules: who of those who may be written to is left out, and who reads which of two texts.

Lots are drawn by a hash of the campaign's own salt, before anything is sent, and never again.
"""

from dataclasses import dataclass

from clubcrm.core.lots import draw, is_held_out

TREATED, HELD = "T", "H"
FIRST, SECOND = "A", "B"
HOLD_OUT, VARIANT = "HOLD", "TEXT"
LEAST, SMALL = 100, 1000
MOST_HELD = 0.5


@dataclass(frozen=True, slots=True)
class Shares:
    """Which share is left out, and which share of the others reads the second text."""

    salt: str
    hold_out: float
    second: float = 0.0


@dataclass(frozen=True, slots=True)
class Seat:
    """What a person's lot says; nobody held out has a text."""

    arm: str
    variant: str = ""


def usual_hold_out(people: int) -> float:
    """Return the share to leave out of so many: none below a hundred, where nothing is learned."""
    if people < LEAST:
        return 0.0
    return 0.2 if people < SMALL else 0.1


def seat_of(shares: Shares, person_id: int) -> Seat:
    """Return what the lot says for a person; equal input, equal lot."""
    if is_held_out(draw(shares.salt, HOLD_OUT, person_id, 0), shares.hold_out):
        return Seat(HELD)
    second = is_held_out(draw(shares.salt, VARIANT, person_id, 0), shares.second)
    return Seat(TREATED, SECOND if second else FIRST)
