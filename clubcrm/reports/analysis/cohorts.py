"""Rules of the paid ends that a forecast learns from: what was known of each on a given day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
NEVER = 10**7
WINDOW = 30
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Ends:
    """Paid ends of one club, a column per fact; days are ordinals, NEVER where none is known."""

    term: NDArray[np.str_]
    turn: Numbers
    starts: NDArray[np.int64]
    due: NDArray[np.int64]
    signed: NDArray[np.int64]
    settled: NDArray[np.int64]
    cancelled: NDArray[np.int64]
    renewed: Flags
    lost: Flags
    goes_on: Flags  # the next term is of the same length
    price: Numbers
    person: NDArray[np.int64]

    @property
    def rolls(self) -> Flags:
        """Tell which are ends of years of contracts that roll on by themselves."""
        return np.asarray(self.term == "rolling")


def ends_of(columns: dict[str, list[Any]]) -> Ends:
    """Return the columns as the question carries them, ready to be computed with."""

    def days(name: str) -> NDArray[np.int64]:
        return np.array([NEVER if one is None else one for one in columns[name]], np.int64)

    fate = np.array(columns["fate"], dtype=str)
    return Ends(
        np.array(columns["term"], dtype=str),
        np.array(columns["turn"], float),
        days("starts"),
        days("due"),
        days("signed"),
        days("settled"),
        days("cancelled"),
        fate == "renewed",
        fate == "lost",
        np.array(columns["goes_on"], bool),
        np.array(columns["price"], float),
        days("person"),
    )


def months_of_term(term: str) -> int:
    """Return after how many months a term falls due again; a year where it rolls on."""
    return int(term[1:]) if term.startswith("m") else MONTHS


def month_index(day: int) -> int:
    """Return the running number of the month that holds a day."""
    found = date.fromordinal(int(day))
    return found.year * MONTHS + found.month - 1


def month_indexes(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the running numbers of the months of many days."""
    stamps = np.datetime64("0001-01-01") + (days - 1).astype("timedelta64[D]")
    return stamps.astype("datetime64[M]").astype(np.int64) + 1970 * MONTHS


def first_of(index: int) -> date:
    """Return the first day of the month of a running number."""
    return date(index // MONTHS, index % MONTHS + 1, 1)


def final_on(ends: Ends, day: int) -> Flags:
    """Tell of which ends the whole window had passed on a day."""
    return np.asarray((ends.due + WINDOW < day) & (ends.renewed | ends.lost))


def upcoming_year_end(starts: int, day: int) -> int:
    """Return the first end of a year of the relationship on or after a day."""
    began, now = date.fromordinal(starts), date.fromordinal(day)
    year = max(now.year - began.year, 1)
    while True:
        leap = began.month == 2 and began.day == 29
        end = began.replace(year=began.year + year, day=28 if leap else began.day).toordinal() - 1
        if end >= day:
            return end
        year += 1


@dataclass(frozen=True, slots=True)
class Leads:
    """How long before the end people renew or say that they go; shares of those who do."""

    renewing: Numbers
    leaving: Numbers

    def still_to_renew(self, days_left: Numbers) -> Numbers:
        """Return which share of renewals has not happened yet so many days before the end."""
        return 1 - np.searchsorted(-self.renewing, -days_left, side="right") / max(
            1, len(self.renewing)
        )

    def silent_leavers(self, days_left: Numbers) -> Numbers:
        """Return which share of those who will go has not said so yet."""
        told = np.searchsorted(-self.leaving, -days_left, side="right")
        return 1 - told / max(1, len(self.leaving))


def leads_of(ends: Ends, known: Flags) -> Leads:
    """Return the lead times of all ends that are known, longest first."""
    plain = known & ~ends.rolls
    renewing = (ends.due - ends.settled)[plain & ends.renewed]
    # Who never said it stands at the end of the row, later than any end.
    leaving = np.where(ends.cancelled < NEVER, ends.due - ends.cancelled, -NEVER)[plain & ends.lost]
    return Leads(np.sort(renewing)[::-1].astype(float), np.sort(leaving)[::-1].astype(float))


def given_silence(chance: Numbers, leads: Leads, days_left: Numbers) -> Numbers:
    """Return the chance of those who have neither renewed nor said that they go."""
    stay = chance * leads.still_to_renew(days_left)
    go = (1 - chance) * leads.silent_leavers(days_left)
    return np.asarray(np.where(stay + go > 0, stay / np.maximum(stay + go, 1e-12), 0.0))
