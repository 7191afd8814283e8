"""Services room: plan what is due for the members of a club on a day, each thing once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club, club_setting
from clubcrm.core.db import db
from clubcrm.core.leases import LostLeaseError
from clubcrm.core.types import new_public_id
from clubcrm.journeys import calls
from clubcrm.journeys.facts import Unit
from clubcrm.journeys.models import Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.queries import touchpoint_of
from clubcrm.journeys.rules.holdout import draw, is_held_out
from clubcrm.journeys.rules.touchpoints import CycleFacts, Due, Performer, Why
from clubcrm.journeys.rules.verdicts import Verdict, verdicts
from clubcrm.journeys.situations import candidates, situations
from clubcrm.messaging.api import NoWay, Order, queue
from clubcrm.people.models import Purpose

log = structlog.get_logger(__name__)
CHUNK = 100
MORNING = time(9)
HOLD_OUT_SETTING = "journeys.hold_out"
SALT_SETTING = "journeys.salt"


@dataclass(slots=True)
class Planned:
    """How many touchpoints a run planned, held out and refused, and which members failed."""

    planned: int = 0
    held_out: int = 0
    refused: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for all members of one run."""

    club: Club
    day: date
    share: float
    salt: str


def plan_club(unit: Unit, club_id: int, day: date) -> Planned:
    """Every touchpoint that the members' facts of the day call for is planned, each once.

    Works in short units of a hundred members; a member whose planning fails is left out and listed.
    """
    result = Planned()
    with unit() as session:
        people = candidates(session, club_id, day)
    for begin in range(0, len(people), CHUNK):
        chunk = people[begin : begin + CHUNK]
        try:
            _add(result, _plan_chunk(unit, club_id, day, chunk))
        except LostLeaseError:
            raise
        except Exception:
            log.exception("planning a chunk failed, going on one by one", club_id=club_id)
            _one_by_one(unit, club_id, day, chunk, result)
    return result


def _one_by_one(
    unit: Unit, club_id: int, day: date, people: Sequence[int], result: Planned
) -> None:
    for person in people:
        try:
            _add(result, _plan_chunk(unit, club_id, day, [person]))
        except LostLeaseError:
            raise
        except Exception as error:
            log.exception("planning a member failed", club_id=club_id, person_id=person)
            result.failed.append(f"member {person}: {error!r}"[:200])


def _add(total: Planned, part: Planned) -> None:
    total.planned += part.planned
    total.held_out += part.held_out
    total.refused += part.refused


def _plan_chunk(unit: Unit, club_id: int, day: date, people: Sequence[int]) -> Planned:
    with unit() as session:
        club = session.get_one(Club, club_id)
        frame = Frame(
            club,
            day,
            float(club_setting(club_id, HOLD_OUT_SETTING, 0.0)),
            str(club_setting(club_id, SALT_SETTING, "club")),
        )
        return plan_members(session, frame, people)


def plan_members(session: Session, frame: Frame, people: Sequence[int]) -> Planned:
    """What is due for these members is planned, within the caller's unit of work."""
    result = Planned()
    refused: list[dict[str, object]] = []
    for situation in situations(session, people, frame.day).values():
        for verdict in verdicts(situation, frame.day):
            if verdict.due is not None and verdict.goes:
                outcome = _plan(session, frame, situation.facts, verdict.due)
                result.planned += outcome is TouchState.QUEUED
                result.held_out += outcome is TouchState.HELD_OUT
            elif verdict.is_kept:
                refused.append(_refusal(frame, situation.facts, verdict))
    _keep_refusals(session, refused)
    result.refused = len(refused)
    return result


def _plan(session: Session, frame: Frame, facts: CycleFacts, due: Due) -> TouchState | None:
    """Log the touchpoint and its arm, then hand it to who speaks; None if it was there before."""
    touch = due.touch
    drawn = draw(frame.salt, touch.code.value, facts.person_id, facts.cycle_no)
    held_out = is_held_out(drawn, frame.share)
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    made = session.execute(
        make(Touchpoint)
        .values(
            public_id=new_public_id(),
            club_id=frame.club.id,
            person_id=facts.person_id,
            cycle_no=facts.cycle_no,
            code=touch.code.value,
            occurrence=touch.occurrence,
            performer=touch.performer,
            priority=touch.priority,
            arm="H" if held_out else "T",
            planned_on=frame.day,
            valid_until=due.valid_until,
            state=TouchState.HELD_OUT if held_out else TouchState.PLANNED,
            why=Why.HELD_OUT.value if held_out else "",
            reason=_reason(facts, due),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Touchpoint.id)
    ).first()
    if made is None:
        return None
    if held_out:
        return TouchState.HELD_OUT
    row = touchpoint_of(session, facts.person_id, facts.cycle_no, touch.code, touch.occurrence)
    return _speak(session, frame, row)


def _reason(facts: CycleFacts, due: Due) -> dict[str, object]:
    last = facts.last_visit_on
    return {
        "silent_days": facts.silent_days,
        "d_star": facts.d_star,
        "visits": facts.visits,
        "last_visit_on": last.isoformat() if last else None,
        "eligible_on": due.eligible_on.isoformat(),
    }


def _speak(session: Session, frame: Frame, row: Touchpoint) -> TouchState:
    if row.performer is Performer.FRONT_DESK:
        row.task_id = calls.open_call(frame.club, row)
        row.state = TouchState.QUEUED
    else:
        message = queue(_order(frame, row))
        if isinstance(message, NoWay):
            row.state, row.why, row.closed_at = TouchState.SKIPPED, message.value, clock.now()
        else:
            row.message_id, row.why = message.id, message.why
            row.state = TouchState.QUEUED
    session.flush()
    return row.state


def _order(frame: Frame, row: Touchpoint) -> Order:
    zone = frame.club.zone
    morning = clock.instant_of(datetime.combine(row.planned_on, MORNING), zone)
    return Order(
        dedupe_key=f"touch:{row.person_id}:{row.cycle_no}:{row.code}:{row.occurrence}",
        club_id=row.club_id,
        person_id=row.person_id,
        code=row.code,
        purpose=Purpose.MARKETING,
        not_before=morning,
        expires_at=clock.instant_of(
            datetime.combine(row.valid_until + timedelta(days=1), time()), zone
        ),
    )


def _refusal(frame: Frame, facts: CycleFacts, verdict: Verdict) -> dict[str, object]:
    return {
        "person_id": facts.person_id,
        "club_id": frame.club.id,
        "cycle_no": facts.cycle_no,
        "code": verdict.code.value,
        "why": verdict.why.value if verdict.why else "",
        "first_on": frame.day,
        "last_on": frame.day,
    }


def _keep_refusals(session: Session, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    statement = make(TouchRefusal)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "cycle_no", "code", "why"],
            set_={"last_on": statement.excluded.last_on},
        ),
        rows,
    )
