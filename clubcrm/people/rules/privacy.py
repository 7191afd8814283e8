"""Rules: how long a club keeps what it knows of people, and what of it the law asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SETTING = "privacy"
MOST_YEARS = 50


@dataclass(frozen=True, slots=True)
class KeepTimes:
    """Years after which people are forgotten (0: never), papers of the books lose the name, and
    nobody knows any more who looked at whom.
    """

    people_years: int = 0
    paper_years: int = 10
    look_years: int = 1


def times_of(stored: Mapping[str, Any]) -> KeepTimes:
    """Return the times of a setting; what is missing or no number is as shipped."""
    shipped = KeepTimes()
    return KeepTimes(
        _whole(stored.get("people_years"), shipped.people_years),
        _whole(stored.get("paper_years"), shipped.paper_years),
        _whole(stored.get("look_years"), shipped.look_years),
    )


def _whole(value: object, otherwise: int) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_YEARS
    return value if good else otherwise  # type: ignore[return-value]


def read_years(typed: str) -> int | None:
    """Return the years of a field; None for anything that is no whole number from 0 to 50."""
    text = typed.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 3):
        return None
    return int(text) if int(text) <= MOST_YEARS else None
