"""Services room: once a month, how well a model tells who will leave, and whom it names today."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from clubcrm.core.clock import now
from clubcrm.core.errors import DomainError
from clubcrm.core.months import month_after, month_of
from clubcrm.reports.analyst import ask
from clubcrm.reports.models import LeavingModel
from clubcrm.reports.pasts import lives_of
from clubcrm.reports.rules.dues import DAYS_AFTER
from clubcrm.reports.rules.snapshots import HORIZON, Life, snapshot

Unit = Callable[[], AbstractContextManager[Session]]
MONTHS = 24
LEAST_EVENTS = 200


def learn_leaving(unit: Unit, club_id: int, day: date, moment: datetime | None = None) -> bool:
    """The club's model of who leaves is that of this month; returns whether it was made now.

    With fewer than 200 members lost the child process is not even asked.
    """
    with unit() as session:
        kept = session.get(LeavingModel, club_id)
        if kept is not None and kept.as_of >= month_of(day):
            return False
        lives = lives_of(session, club_id)
    past, today = _columns(lives, day), _columns(lives, day, past=False)
    events = sum(past["lost"])
    figures: dict[str, Any] = {"refusal": {"events": events, "needed": LEAST_EVENTS}}
    if events >= LEAST_EVENTS:
        try:
            figures = ask("leaving", {"past": past, "today": today})
        except DomainError as refusal:
            if refusal.code != "NO_ANSWER":
                raise
    with unit() as session:
        row = session.get(LeavingModel, club_id)
        if row is None:
            row = LeavingModel(club_id=club_id)
            session.add(row)
        row.as_of, row.figures, row.made_at = day, figures, moment or now()
        session.flush()
    return True


def _columns(lives: list[Life], day: date, *, past: bool = True) -> dict[str, list[Any]]:
    """Return the snapshots of months whose sixty days are told, or those of today."""
    columns: dict[str, list[Any]] = defaultdict(list)
    days = list(_days(day)) if past else [day]
    for life in lives:
        for one in days:
            seen = snapshot(life, one)
            if seen is not None:
                columns["facts"].append(seen.facts)
                columns["lost"].append(int(seen.is_lost))
                columns["score"].append(seen.score)
                columns["day"].append(one.toordinal())
                columns["person"].append(life.person_id)
    return {name: columns[name] for name in ("facts", "lost", "score", "day", "person")}


def _days(day: date) -> Iterator[date]:
    """Yield the first days of past months whose sixty days and window are over."""
    for back in range(MONTHS + 3, 0, -1):
        first = month_after(month_of(day), -back)
        if first + timedelta(days=HORIZON + DAYS_AFTER) < day:
            yield first
