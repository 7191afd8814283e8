"""Visits kept by live passages: begun, gone on with, ended; each draws at most one unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from access_control.events import VisitEnded, VisitStarted
from access_control.models import Visit, VisitDay
from access_control.queries.doors import Door
from access_control.queries.entry import Sighting
from access_control.rules.decide import EntryDecision
from access_control.rules.passing import Ending, step_of
from access_control.rules.visits import LeftHow
from clubcrm.core import clock, events
from clubcrm.core.db import live_connection
from clubcrm.core.keys import take_keys
from clubcrm.core.prepared import Prepared
from clubcrm.core.types import new_public_id
from memberships.api import use_visit

VISIT = "visit"
_visit = cast(Table, Visit.__table__)
_day = cast(Table, VisitDay.__table__)
_COLUMNS = tuple(column.name for column in _visit.c if column.name != "id")
_BEGIN = Prepared(insert(_visit).returning(_visit.c.id), *_COLUMNS)
_BEGIN_MANY = Prepared(insert(_visit), "id", *_COLUMNS)
_END = Prepared(
    update(_visit)
    .where(_visit.c.id == bindparam("visit_id"))
    .values(
        left_at=bindparam("ended_at"),
        left_how=bindparam("ended_how"),
        exit_event_id=bindparam("ended_by"),
    )
)


class LostRaceError(Exception):
    """Somebody else changed what the facts were read from: decide again."""


class LotRanOutError(LostRaceError):
    """Somebody else drew the last unit since the facts were read: decide again."""


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What a visit begins with; `draws_lot` names the lot that pays, None when time pays."""

    club_id: int
    person_id: int
    contract_id: int | None
    tz: str
    entered_at: datetime
    entry_event_id: int
    draws_lot: int | None
    by: str
    left_at: datetime | None = None
    left_how: LeftHow | None = None
    exit_event_id: int | None = None


def keep_visit(
    door: Door, sighting: Sighting, decision: EntryDecision, event_id: int, by: str
) -> int | None:
    """The visit that this passage begins, continues or ends is so; returns its id."""
    facts, before = sighting.facts, sighting.before
    step = step_of(facts, decision, before.visit_left_at, clock.now())
    if step.ending is not None and before.visit_id is not None:
        ending = step.ending
        _set_end(before.visit_id, ending.left_at, ending.how, event_id if ending.by_scan else None)
        if ending.told:
            _tell_end(door, sighting, before.visit_id, ending)
    if not step.begins:
        return before.visit_id
    assert facts.person is not None  # noqa: S101 - visits belong to known people
    return begin_visit(
        NewVisit(
            club_id=door.club_id,
            person_id=facts.person.person_id,
            contract_id=decision.contract_id,
            tz=door.tz,
            entered_at=facts.at,
            entry_event_id=event_id,
            draws_lot=decision.draws_lot,
            by=by,
            left_at=step.gone_at,
            left_how=step.gone_how,
        )
    )


def begin_visit(new: NewVisit, *, must_draw: bool = True) -> int:
    """A visit stands, its day is counted, its unit drawn and the news recorded; returns its id.

    Raises LotRanOutError when the unit is gone and `must_draw` holds; else the visit has none.
    """
    connection = live_connection()
    public_id = new_public_id()
    drawn = False
    if new.draws_lot is not None:
        drawn = use_visit(new.draws_lot, VISIT, public_id, new.entered_at, new.by)
        if not drawn and must_draw:
            raise LotRanOutError
    day = clock.visit_day(new.entered_at, new.tz)
    begun = _BEGIN.first(
        connection,
        {
            "public_id": public_id,
            "club_id": new.club_id,
            "person_id": new.person_id,
            "contract_id": new.contract_id,
            "day": day,
            "entered_at": new.entered_at,
            "left_at": new.left_at,
            "left_how": new.left_how,
            "entry_event_id": new.entry_event_id,
            "exit_event_id": new.exit_event_id,
            "units": int(drawn),
        },
    )
    assert begun is not None  # noqa: S101 - an insert gives its key
    visit_id: int = begun.id
    _COUNT_DAY[connection.dialect.name].run(
        connection,
        {"person_id": new.person_id, "day": day, "club_id": new.club_id, "visits": 1},
    )
    events.record(
        VisitStarted(
            club_id=new.club_id,
            happened_at=new.entered_at,
            visit_id=visit_id,
            person_id=new.person_id,
            day=day,
            event_id=new.entry_event_id,
        )
    )
    return visit_id


def begin_visits(visits: Sequence[dict[str, Any]]) -> list[int]:
    """These visits stand and their days are counted; returns their ids.

    Their units are drawn and their news told by the caller.
    """
    if not visits:
        return []
    ids = take_keys(Visit, len(visits))
    rows = [{"id": key, **each} for key, each in zip(ids, visits, strict=True)]
    connection = live_connection()
    _BEGIN_MANY.run_many(connection, rows)
    days = [
        {"person_id": one["person_id"], "day": one["day"], "club_id": one["club_id"], "visits": 1}
        for one in visits
    ]
    _COUNT_DAY[connection.dialect.name].run_many(connection, days)
    return ids


def end_visits(endings: Sequence[dict[str, Any]]) -> None:
    """Visits end so from now on: `visit_id`, `ended_at`, `ended_how` and `ended_by` of each."""
    _END.run_many(live_connection(), endings)


def end_visit(visit_id: int, left_at: datetime, how: LeftHow, exit_event_id: int | None) -> None:
    """The visit is over at an instant."""
    _set_end(visit_id, left_at, how, exit_event_id)


def _tell_end(door: Door, sighting: Sighting, visit_id: int, ending: Ending) -> None:
    assert sighting.holder is not None and ending.left_at and ending.how  # noqa: S101, PT018
    events.record(
        VisitEnded(
            club_id=door.club_id,
            happened_at=ending.left_at,
            visit_id=visit_id,
            person_id=sighting.holder.person_id,
            how=ending.how.value,
        )
    )


def _set_end(
    visit_id: int, left_at: datetime | None, how: LeftHow | None, exit_event_id: int | None
) -> None:
    values = {"ended_at": left_at, "ended_how": how, "ended_by": exit_event_id}
    _END.run(live_connection(), {"visit_id": visit_id, **values})


def _count_day(make: Any) -> Prepared:
    statement = make(_day)
    counted = statement.on_conflict_do_update(
        index_elements=["person_id", "day"], set_={"visits": _day.c.visits + 1}
    )
    return Prepared(counted, "person_id", "day", "club_id", "visits")


_COUNT_DAY = {"sqlite": _count_day(sqlite_insert), "postgresql": _count_day(pg_insert)}
