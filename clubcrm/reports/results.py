"""Queries room: stored answers of the night, and what was forecast beside what came."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.months import month_end
from clubcrm.reports.models import AnalysisKind, AnalysisResult, ForecastTold, RenewalDue
from clubcrm.reports.rules.dues import Fate, is_final


@dataclass(frozen=True, slots=True)
class Tried:
    """A forecast made on the first of a month for that month, beside what came of it."""

    month: date
    is_hindsight: bool
    renewals: float
    low: float
    high: float
    came: int
    is_final: bool

    @property
    def held(self) -> bool:
        """Tell whether the range held what came."""
        return self.low <= self.came <= self.high


def newest(club_ids: tuple[int, ...], kind: AnalysisKind) -> AnalysisResult | None:
    """Return the newest answer about the one club that is asked for; none for several."""
    return db.session.get(AnalysisResult, (club_ids[0], kind)) if len(club_ids) == 1 else None


def tried(club_id: int, today: date) -> list[Tried]:
    """Return forecasts of months that are over, beside what came, oldest first."""
    told = db.session.scalars(
        select(ForecastTold).where(ForecastTold.club_id == club_id).order_by(ForecastTold.made_on)
    ).all()
    came = _came(club_id)
    found = []
    for one in told:
        for month in one.figures["months"]:
            day = date.fromisoformat(month["month"])
            if day == one.made_on and month_end(day) < today:
                found.append(_tried(one, month, came.get(day, 0), is_final(month_end(day), today)))
    return found


def _tried(one: ForecastTold, month: dict[str, Any], came: int, final: bool) -> Tried:
    return Tried(
        one.made_on,
        one.is_hindsight,
        month["renewals"],
        month["low"],
        month["high"],
        came,
        final,
    )


def _came(club_id: int) -> dict[date, int]:
    rows = db.session.execute(
        select(RenewalDue.month, func.count())
        .where(RenewalDue.club_id == club_id, RenewalDue.fate == Fate.RENEWED)
        .group_by(RenewalDue.month)
    )
    return {row[0]: row[1] for row in rows}
