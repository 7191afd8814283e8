"""Services room: once a month, how well a model tells who will leave, and whom it names today."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from clubcrm.core.clock import now
from clubcrm.core.db import Unit
from clubcrm.core.months import month_after, month_of
from clubcrm.reports.analyst import ask
from clubcrm.reports.models import LeavingModel, LeavingSeen
from clubcrm.reports.pasts import lives_of
from clubcrm.reports.rules.dues import DAYS_AFTER
from clubcrm.reports.rules.snapshots import HORIZON, Life, snapshot

MONTHS = 24
LEAST_EVENTS = 200


def learn_leaving(unit: Unit, club_id: int, day: date, moment: datetime | None = None) -> bool:
    """The club's model of who leaves is that of this month; returns whether it was made now.

    With fewer than 200 members lost the child process is not even asked.
    """
    return learn_all(unit, (club_id,), day, moment) == 1


def learn_all(
    unit: Unit, club_ids: Sequence[int], day: date, moment: datetime | None = None
) -> int:
    """Each club has its model of this month; returns how many were made now; one child for all."""
    wanted = {club_id: seen for club_id in club_ids if (seen := _seen(unit, club_id, day))}
    asked = {str(club): seen for club, seen in wanted.items() if _lost(seen) >= LEAST_EVENTS}
    answers = ask("all_leaving", {"clubs": asked})["clubs"] if asked else {}
    for club_id, seen in wanted.items():
        refusal: dict[str, Any] = {"refusal": {"events": _lost(seen), "needed": LEAST_EVENTS}}
        figures = answers.get(str(club_id)) or refusal
        with unit() as session:
            row = session.get(LeavingModel, club_id)
            if row is None:
                row = LeavingModel(club_id=club_id)
                session.add(row)
            judged: list[Any] = figures.get("judged", [])
            row.figures = {name: one for name, one in figures.items() if name != "judged"}
            row.as_of, row.made_at = day, moment or now()
            session.flush()
            _keep(session, club_id, seen["past"], judged)
    return len(wanted)


def _keep(
    session: Session, club_id: int, past: dict[str, list[Any]], judged: list[list[Any]]
) -> None:
    """Behind each number of the page stand its members: those judged, and all who were lost."""
    session.execute(delete(LeavingSeen).where(LeavingSeen.club_id == club_id))
    said = {place: (tenth, chance) for place, tenth, chance in judged}
    places = sorted(said.keys() | {place for place, one in enumerate(past["lost"]) if one})
    rows = [
        {
            "club_id": club_id,
            "person_id": past["person"][place],
            "day": date.fromordinal(past["day"][place]),
            "tenth": said.get(place, (None, None))[0],
            "said": said.get(place, (None, None))[1],
            "is_lost": bool(past["lost"][place]),
        }
        for place in places
    ]
    if rows:
        session.execute(insert(LeavingSeen), rows)


def _seen(unit: Unit, club_id: int, day: date) -> dict[str, Any] | None:
    """Return the snapshots of a club's past and of today; None when the month has its model."""
    with unit(write=False) as session:
        kept = session.get(LeavingModel, club_id)
        if kept is not None and kept.as_of >= month_of(day):
            return None
        lives = lives_of(session, club_id)
    return {"past": _columns(lives, day), "today": _columns(lives, day, past=False)}


def _lost(seen: dict[str, Any]) -> int:
    return sum(seen["past"]["lost"])


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
