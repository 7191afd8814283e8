"""Visits kept by live passages: begun, gone on with, ended; each draws at most one unit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from access_control.events import VisitEnded, VisitStarted
from access_control.models import Visit, VisitDay
from access_control.queries.doors import Door
from access_control.queries.entry import Sighting
from access_control.rules.codes import Direction
from access_control.rules.decide import EntryDecision
from access_control.rules.facts import EntryFacts
from access_control.rules.visits import LeftHow, auto_exit
from clubcrm.core import clock, events
from clubcrm.core.db import db
from clubcrm.core.prepared import Prepared
from clubcrm.core.types import new_public_id
from memberships.api import use_visit

VISIT = "visit"
DEFAULT_REENTRY = 120
_visit = cast(Table, Visit.__table__)
_day = cast(Table, VisitDay.__table__)
_BEGIN = Prepared(
    insert(_visit).returning(_visit.c.id),
    *(column.name for column in _visit.c if column.name != "id"),
)
_END = Prepared(
    update(_visit)
    .where(_visit.c.id == bindparam("visit_id"))
    .values(
        left_at=bindparam("ended_at"),
        left_how=bindparam("ended_how"),
        exit_event_id=bindparam("ended_by"),
    )
)


class LotRanOutError(Exception):
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
    """The visit that this live passage begins, continues or ends is so; returns its id."""
    facts, before = sighting.facts, sighting.before
    if facts.direction is Direction.OUT:
        return _leave(door, sighting, event_id)
    # An entry told days later has been forgotten to end as well: nobody is inside since then.
    gone_at = auto_exit(facts.at, clock.now(), timedelta(minutes=door.policy.auto_exit_minutes))
    gone_how = LeftHow.AUTO if gone_at is not None else None
    if before.visit_id is not None and _continues(facts, decision):
        if before.visit_left_at is not None or gone_at is not None:
            _set_end(before.visit_id, gone_at, gone_how, None)
        return before.visit_id
    left_at = before.visit_left_at
    if before.visit_id is not None and (left_at is None or left_at > facts.at):
        _assume_left(door, sighting)
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
            left_at=gone_at,
            left_how=gone_how,
        )
    )


def begin_visit(new: NewVisit, *, must_draw: bool = True) -> int:
    """A visit stands, its day is counted, its unit drawn and the news recorded; returns its id.

    Raises LotRanOutError when the unit is gone and `must_draw` holds; else the visit has none.
    """
    connection = db.session().connection()
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


def end_visit(visit_id: int, left_at: datetime, how: LeftHow, exit_event_id: int | None) -> None:
    """The visit is over at an instant."""
    _set_end(visit_id, left_at, how, exit_event_id)


def reentry_of(facts: EntryFacts, decision: EntryDecision) -> timedelta:
    """Return how long after its first entry a visit may be gone on with."""
    if decision.contract_id is not None:
        return timedelta(minutes=decision.reentry_minutes)
    minutes = [right.reentry_minutes for right in facts.rights.contracts]
    return timedelta(minutes=max(minutes, default=DEFAULT_REENTRY))


def _continues(facts: EntryFacts, decision: EntryDecision) -> bool:
    since = facts.visit_since
    return since is not None and facts.at - since <= reentry_of(facts, decision)


def _leave(door: Door, sighting: Sighting, event_id: int) -> int | None:
    before, at = sighting.before, sighting.facts.at
    if before.visit_id is None or before.visit_since is None:
        return None
    if at - before.visit_since > timedelta(minutes=door.policy.longest_stay_minutes):
        return None
    _set_end(before.visit_id, at, LeftHow.SCAN, event_id)
    _tell_end(door, sighting, before.visit_id, at, LeftHow.SCAN)
    return before.visit_id


def _assume_left(door: Door, sighting: Sighting) -> None:
    before, at = sighting.before, sighting.facts.at
    if before.visit_id is None or before.visit_since is None:
        return
    seen = before.visit_since
    if before.last is not None and before.last.at > seen:
        seen = before.last.at
    left_at = min(seen + timedelta(minutes=door.policy.auto_exit_minutes), at)
    _set_end(before.visit_id, left_at, LeftHow.AUTO, None)
    _tell_end(door, sighting, before.visit_id, left_at, LeftHow.AUTO)


def _tell_end(
    door: Door, sighting: Sighting, visit_id: int, left_at: datetime, how: LeftHow
) -> None:
    if sighting.holder is not None:
        events.record(
            VisitEnded(
                club_id=door.club_id,
                happened_at=left_at,
                visit_id=visit_id,
                person_id=sighting.holder.person_id,
                how=how.value,
            )
        )


def _set_end(
    visit_id: int, left_at: datetime | None, how: LeftHow | None, exit_event_id: int | None
) -> None:
    values = {"ended_at": left_at, "ended_how": how, "ended_by": exit_event_id}
    _END.run(db.session().connection(), {"visit_id": visit_id, **values})


def _count_day(make: Any) -> Prepared:
    statement = make(_day)
    counted = statement.on_conflict_do_update(
        index_elements=["person_id", "day"], set_={"visits": _day.c.visits + 1}
    )
    return Prepared(counted, "person_id", "day", "club_id", "visits")


_COUNT_DAY = {"sqlite": _count_day(sqlite_insert), "postgresql": _count_day(pg_insert)}
