"""Queries room: what a report looks at: clubs, months, and a plan, source, trainer or term."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_

from clubcrm.reports.models import RenewalDue
from clubcrm.reports.rules.dues import Fate, Way


class By(StrEnum):
    """What the renewal report is told by."""

    MONTH = "month"
    PLAN = "plan"
    TERM = "term"
    SOURCE = "source"
    TRAINER = "trainer"
    CLUB = "club"


class Part(StrEnum):
    """A number of the renewal report; each opens the people it counts."""

    DUE = "due"
    RENEWED = "renewed"
    EARLY = "early"
    LATE = "late"
    CHANGED = "changed"
    ROLLED_ON = "rolled_on"
    LOST = "lost"
    BACK = "back"
    OPEN = "open"
    LEAVING = "leaving"


COLUMNS: dict[By, Any] = {
    By.MONTH: RenewalDue.month,
    By.PLAN: RenewalDue.plan,
    By.TERM: RenewalDue.term,
    By.SOURCE: RenewalDue.source,
    By.TRAINER: RenewalDue.trainer,
    By.CLUB: RenewalDue.club_id,
}

PARTS: dict[Part, ColumnElement[bool]] = {
    Part.DUE: RenewalDue.id.is_not(None),
    Part.RENEWED: RenewalDue.fate == Fate.RENEWED,
    Part.EARLY: RenewalDue.way == Way.EARLY,
    Part.LATE: RenewalDue.way == Way.LATE,
    Part.CHANGED: RenewalDue.way == Way.CHANGED,
    Part.ROLLED_ON: RenewalDue.way == Way.ROLLED_ON,
    Part.LOST: RenewalDue.fate == Fate.LOST,
    Part.BACK: and_(RenewalDue.fate == Fate.LOST, RenewalDue.back_on.is_not(None)),
    Part.OPEN: RenewalDue.fate == Fate.OPEN,
    Part.LEAVING: and_(RenewalDue.fate == Fate.OPEN, RenewalDue.cancelled_on.is_not(None)),
}


@dataclass(frozen=True, slots=True)
class Lens:
    """The paid ends a report looks at; None means any."""

    club_ids: tuple[int, ...]
    first: date
    last: date
    plan: str | None = None
    term: str | None = None
    source: str | None = None
    trainer: str | None = None
    reason: str | None = None

    def holds(self) -> ColumnElement[bool]:
        """Return the condition that a paid end is looked at."""
        wanted: list[ColumnElement[bool]] = [
            RenewalDue.club_id.in_(self.club_ids),
            RenewalDue.month.between(self.first, self.last),
        ]
        for name in ("plan", "term", "source", "trainer"):
            value = getattr(self, name)
            if value is not None:
                wanted.append(getattr(RenewalDue, name) == value)
        if self.reason is not None:
            wanted.append(RenewalDue.reason == self.reason)
        return and_(*wanted)
