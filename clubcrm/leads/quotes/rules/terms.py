"""Rules: the states of a quote, its last day, and what each of its choices costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clubcrm.core.errors import invalid

MOST_CHOICES = 4
LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 1, 14, 92


class QuoteState(StrEnum):
    """What became of a quote; one whose last day is over is still open, and no longer good."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


QUOTE_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    QuoteState.OPEN: frozenset({QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.WITHDRAWN}),
    QuoteState.ACCEPTED: frozenset(),
    QuoteState.DECLINED: frozenset({QuoteState.ACCEPTED}),
    QuoteState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One plan of a quote, and what is taken off its price."""

    plan_id: int
    discount_minor: int = 0


def check_choices(choices: Sequence[Choice]) -> None:
    """Raise INVALID_INPUT for no choice, too many of them, or one plan twice."""
    if not choices:
        raise invalid({"plan_0": "Choose at least one plan."})
    if len(choices) > MOST_CHOICES:
        raise invalid({"plan_0": f"At most {MOST_CHOICES} plans fit on a quote."})
    plans = [one.plan_id for one in choices]
    for place, plan in enumerate(plans):
        if plan in plans[:place]:
            raise invalid({f"plan_{place}": "This plan stands on the quote already."})
        if choices[place].discount_minor < 0:
            raise invalid({f"discount_{place}": "A discount is not negative."})


def check_valid_until(valid_until: date, today: date) -> None:
    """Raise INVALID_INPUT for a last day that is over, or too far away to promise a price."""
    first, last = today + timedelta(days=LEAST_DAYS), today + timedelta(days=MOST_DAYS)
    if not first <= valid_until <= last:
        raise invalid({"valid_until": f"Choose a day from {first} to {last}."})


def is_good(state: QuoteState, valid_until: date, today: date) -> bool:
    """Tell whether a quote may still be accepted."""
    return state in (QuoteState.OPEN, QuoteState.DECLINED) and today <= valid_until


def discount_to_keep(promised_minor: int, total_minor: int, discount_minor: int) -> int:
    """Return the discount by which nobody pays more than he was promised, whatever rose since.

    A price that fell is given as it is now: nobody pays more for having asked early.
    """
    return discount_minor + max(0, total_minor - promised_minor)
