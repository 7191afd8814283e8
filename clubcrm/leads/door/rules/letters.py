"""Rules: what becomes of a letter that a form sent."""

from collections.abc import Mapping
from enum import StrEnum

MOST_BYTES = 10 * 1024
MOST_TRIES = 5


class LetterState(StrEnum):
    """Where a letter stands: kept and unread, an inquiry, a refusal its writer has seen, or odd."""

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"
    ODD = "odd"


LETTER_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    LetterState.WAITING: frozenset({LetterState.TAKEN, LetterState.REFUSED, LetterState.ODD}),
    LetterState.TAKEN: frozenset(),
    LetterState.REFUSED: frozenset({LetterState.WAITING}),
    LetterState.ODD: frozenset({LetterState.WAITING}),
}
