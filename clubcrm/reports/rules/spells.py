"""Rules room: how long people stay: memberships in a row, breaks up to 30 days, are one spell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.reports.rules.dues import DAYS_AFTER, Sold

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Spell:
    """An unbroken time as a paying member; no last day while it runs."""

    first: Sold
    number: int
    began_on: date
    ended_on: date | None
    is_final: bool

    def months(self, today: date, frozen_days: int = 0) -> int:
        """Return the whole months lived so far, frozen time left out."""
        last = self.ended_on or today
        lived = (last - self.began_on).days + 1 - frozen_days
        return max(0, int(lived / DAYS_PER_MONTH))


def spells_of(mine: Sequence[Sold], today: date) -> list[Spell]:
    """Return the spells of one person that have begun, first to last."""
    paid = sorted(
        (one for one in mine if one.counts and one.starts_on <= today),
        key=lambda one: (one.starts_on, one.contract_id),
    )
    found: list[Spell] = []
    at = 0
    while at < len(paid):
        first, last = paid[at], paid[at].ends_on
        at += 1
        while at < len(paid) and (last is None or _joins(last, paid[at].starts_on)):
            ends = paid[at].ends_on
            last = None if last is None or ends is None else max(last, ends)
            at += 1
        found.append(_spell(first, last, len(found) + 1, today))
    return found


def _joins(last: date, starts: date) -> bool:
    return starts <= last + timedelta(days=DAYS_AFTER + 1)


def _spell(first: Sold, last: date | None, number: int, today: date) -> Spell:
    if last is None or last >= today:
        return Spell(first, number, first.starts_on, None, is_final=False)
    is_final = today > last + timedelta(days=DAYS_AFTER)
    return Spell(first, number, first.starts_on, last, is_final)
