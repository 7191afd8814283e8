"""Queries room: the members a curve of staying is made of; as many as its table says."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, cast, func, true

from clubcrm.journeys.sql import days_between
from clubcrm.reports.models import AnalysisResult, MemberSpell
from clubcrm.reports.rules.spells import DAYS_PER_MONTH

_COLUMNS: dict[str, Any] = {
    "plan": MemberSpell.plan,
    "source": MemberSpell.source,
    "trainer": MemberSpell.trainer,
}
JOINED = "joined"


def since_of(result: AnalysisResult, by: str) -> int:
    """Return how many days a spell of this grouping must have lasted to be counted."""
    group = result.figures["by"].get(by)
    return group["since"] if group else 0


def curve_holds(result: AnalysisResult, by: str, name: str) -> ColumnElement[bool]:
    """Return the condition that a spell belongs to a curve; without a grouping all do."""
    if by == JOINED:
        year = int(name) if name.isascii() and name.isdigit() and len(name) == 4 else 1
        first = date(max(year, 1), 1, 1)
        return MemberSpell.began_on.between(first, first.replace(month=12, day=31))
    if by not in _COLUMNS:
        return true()
    chosen = _COLUMNS[by] == name
    if not (since := since_of(result, by)):
        return chosen  # type: ignore[no-any-return]
    return and_(chosen, _lived(result) > since)


def seen_after(result: AnalysisResult, by: str, name: str, months: int) -> ColumnElement[bool]:
    """Return the condition that a spell of a curve has lasted so many months: who is still seen."""
    held: Any = cast(_lived(result), Float) >= months * DAYS_PER_MONTH
    return and_(curve_holds(result, by, name), held)


def _lived(result: AnalysisResult) -> Any:
    """Return the days of a spell as curves count them: both ends count, frozen days do not."""
    after = func.coalesce(MemberSpell.ended_on, result.as_of)
    return days_between(after, MemberSpell.began_on) + 1 - MemberSpell.frozen_days
