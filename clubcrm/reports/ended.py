"""Queries room: paid ends whose outcome is known, by length of contract and number of renewal."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from clubcrm.core.db import db
from clubcrm.reports.models import RenewalDue
from clubcrm.reports.rules.dues import DAYS_AFTER, Fate

SHOWN_TURNS = 3


@dataclass(frozen=True, slots=True)
class Ended:
    """Which ends are asked for: of a club on the day of its forecast, of a term, a turn, a fate."""

    club_id: int
    as_of: date
    term: str | None = None
    turn: int | None = None
    renewed: bool = False

    def holds(self) -> ColumnElement[bool]:
        """Return the condition that a forecast of that day learns from a paid end."""
        known = (Fate.RENEWED,) if self.renewed else (Fate.RENEWED, Fate.LOST)
        wanted: list[ColumnElement[bool]] = [
            RenewalDue.club_id == self.club_id,
            RenewalDue.due_on < self.as_of - timedelta(days=DAYS_AFTER),
            RenewalDue.fate.in_(known),
        ]
        if self.term is not None:
            wanted.append(RenewalDue.term == self.term)
        if self.turn is not None:
            wanted.append(RenewalDue.turn == self.turn)
        return and_(*wanted)


def count_ended(asked: Ended) -> int:
    """Return how many ends stand behind a number."""
    return db.session.scalar(select(func.count(RenewalDue.id)).where(asked.holds())) or 0


def ended_of(asked: Ended) -> dict[str, tuple[int, list[tuple[int, int] | None]]]:
    """Return by term how many have ended, and of the first renewals how many were made of all."""
    rows = db.session.execute(
        select(RenewalDue.term, RenewalDue.turn, RenewalDue.fate, func.count())
        .where(asked.holds())
        .group_by(RenewalDue.term, RenewalDue.turn, RenewalDue.fate)
    )
    whole: dict[str, int] = defaultdict(int)
    made: dict[tuple[str, int], int] = defaultdict(int)
    ended: dict[tuple[str, int], int] = defaultdict(int)
    for term, turn, fate, number in rows:
        whole[term] += number
        ended[term, turn] += number
        made[term, turn] += number if fate is Fate.RENEWED else 0
    return {
        term: (
            number,
            [
                (made[term, turn], ended[term, turn]) if ended[term, turn] else None
                for turn in range(1, SHOWN_TURNS + 1)
            ],
        )
        for term, number in whole.items()
    }
