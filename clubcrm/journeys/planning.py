"""Services room: plan what is due for the members of a club on a day, each thing once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.leases import LostLeaseError
from clubcrm.core.types import new_public_id
from clubcrm.journeys.candidates import MENTION_DAYS, candidates
from clubcrm.journeys.facts import Unit
from clubcrm.journeys.models import (
    Eligibility,
    MemberFacts,
    Touchpoint,
    TouchRefusal,
    TouchState,
)
from clubcrm.journeys.queries import touchpoint_of
from clubcrm.journeys.rules.codes import Performer, Why
from clubcrm.journeys.rules.cycle import CycleFacts
from clubcrm.journeys.rules.due import Due
from clubcrm.journeys.rules.verdicts import Situation, Verdict, verdicts
from clubcrm.journeys.services import give_way
from clubcrm.journeys.situations import Ground, ground_of, situations
from clubcrm.journeys.speaking import ROLES, speak
from clubcrm.journeys.workers import workers_of

log = structlog.get_logger(__name__)
CHUNK = 100


@dataclass(slots=True)
class Planned:
    """How many touchpoints a run planned, held out and refused, and which members failed."""

    planned: int = 0
    held_out: int = 0
    refused: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Room:
    """The work that the staff of a club can still take on today."""

    limits: dict[Performer, int]
    taken: Counter[Performer]

    def full(self) -> frozenset[Performer]:
        """Return who cannot take on anything more today."""
        return frozenset(who for who, most in self.limits.items() if self.taken[who] >= most)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for all members of one run."""

    ground: Ground
    room: Room

    @property
    def day(self) -> date:
        """The day that is planned."""
        return self.ground.day


def plan_club(unit: Unit, club_id: int, day: date) -> Planned:
    """Every touchpoint that the members' facts of the day call for is planned, each once.

    Works in short units of a hundred members, those first whose work is worth most; a member whose
    planning fails is left out and listed.
    """
    result = Planned()
    with unit() as session:
        frame = frame_of(session, club_id, day)
        ground = frame.ground
        people = candidates(session, club_id, day, ground.versions.values(), ground.own)
    for begin in range(0, len(people), CHUNK):
        chunk = people[begin : begin + CHUNK]
        try:
            _add(result, _plan_chunk(unit, frame, chunk))
        except LostLeaseError:
            raise
        except Exception:
            log.exception("planning a chunk failed, going on one by one", club_id=club_id)
            _one_by_one(unit, frame, chunk, result)
    return result


def frame_of(session: Session, club_id: int, day: date) -> Frame:
    """Return what holds for all members of a club on a day, and the room its staff has left."""
    ground = ground_of(session, club_id, day)
    return Frame(ground, _room(session, ground))


def _room(session: Session, ground: Ground) -> Room:
    capacity = ground.versions[ground.newest].capacity
    workers = workers_of(session, ground.club_id)
    per_worker = {Performer.TRAINER: capacity.talks}
    limits = {
        who: max(1, workers.get(role, 0)) * per_worker.get(who, capacity.calls)
        for who, role in ROLES.items()
    }
    taken = session.execute(
        select(Touchpoint.performer, func.count())
        .where(
            Touchpoint.club_id == ground.club_id,
            Touchpoint.planned_on == ground.day,
            Touchpoint.task_id.is_not(None),
        )
        .group_by(Touchpoint.performer)
    )
    return Room(limits, Counter({row[0]: row[1] for row in taken}))


def _one_by_one(unit: Unit, frame: Frame, people: Sequence[int], result: Planned) -> None:
    for person in people:
        try:
            _add(result, _plan_chunk(unit, frame, [person]))
        except LostLeaseError:
            raise
        except Exception as error:
            log.exception("planning a member failed", person_id=person)
            result.failed.append(f"member {person}: {error!r}"[:200])


def _add(total: Planned, part: Planned) -> None:
    total.planned += part.planned
    total.held_out += part.held_out
    total.refused += part.refused


def _plan_chunk(unit: Unit, frame: Frame, people: Sequence[int]) -> Planned:
    taken = frame.room.taken.copy()
    try:
        with unit() as session:
            return plan_members(session, frame, people)
    except BaseException:
        # Nothing of the chunk stands, so nobody has its work.
        frame.room.taken.clear()
        frame.room.taken.update(taken)
        raise


def plan_members(session: Session, frame: Frame, people: Sequence[int]) -> Planned:
    """What is due for these members is planned, within the caller's unit of work."""
    result = Planned()
    refused: list[dict[str, object]] = []
    eligible: list[dict[str, object]] = []
    club = session.get_one(Club, frame.ground.club_id)
    rows = situations(session, people, frame.day, frame.ground)
    pre28 = _stages(session, people)
    # In the given order: those first whose work is worth most.
    for situation in (rows[person] for person in people if person in rows):
        for verdict in verdicts(situation, frame.day, frame.room.full()):
            if verdict.passes and verdict.due is not None:
                state = _plan(session, frame, club, situation, verdict)
                if state is None:
                    continue
                eligible.append(_eligibility(frame, situation, verdict, pre28))
                result.planned += state is TouchState.QUEUED
                result.held_out += state is TouchState.HELD_OUT
            elif verdict.is_kept and not _long_past(verdict, frame.day):
                refused.append(_refusal(frame, situation.facts, verdict))
    _keep_refusals(session, refused)
    if eligible:
        session.execute(_insert(Eligibility).on_conflict_do_nothing(), eligible)
    result.refused = len(refused)
    return result


def _long_past(verdict: Verdict, day: date) -> bool:
    """A club that is brought in has missed a lot; only what was lately missed is mentioned."""
    missed = verdict.why is Why.TOO_LATE and verdict.day is not None
    return missed and verdict.day is not None and (day - verdict.day).days > MENTION_DAYS


def _insert(table: Any) -> Any:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    return make(table)


def _stages(session: Session, people: Sequence[int]) -> dict[int, Any]:
    rows = session.execute(
        select(MemberFacts.person_id, MemberFacts.stage).where(MemberFacts.person_id.in_(people))
    )
    return {row[0]: row[1] for row in rows}


def _plan(
    session: Session, frame: Frame, club: Club, situation: Situation, verdict: Verdict
) -> TouchState | None:
    """Log the touchpoint and its arm, then hand it to who speaks; None if it was there before."""
    due, facts = verdict.due, situation.facts
    if due is None or verdict.arm is None:
        return None
    touch, held_out = due.touch, verdict.arm.held_out
    made = session.execute(
        _insert(Touchpoint)
        .values(
            public_id=new_public_id(),
            club_id=club.id,
            person_id=facts.person_id,
            contract_id=facts.contract_id,
            cycle_no=facts.cycle_no,
            code=str(touch.code),
            occurrence=touch.occurrence,
            performer=touch.performer,
            priority=touch.priority,
            arm="H" if held_out else "T",
            planned_on=frame.day,
            valid_until=due.valid_until,
            state=TouchState.HELD_OUT if held_out else TouchState.PLANNED,
            why=verdict.why_text if held_out else "",
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
    for touchpoint_id in verdict.instead_of:
        give_way(touchpoint_id, touch.code)
    row = touchpoint_of(session, facts.person_id, facts.cycle_no, touch.code, touch.occurrence)
    state = speak(club, row, situation.settings, facts.rank)
    if row.task_id is not None:
        frame.room.taken[row.performer] += 1
    return state


def _reason(facts: CycleFacts, due: Due) -> dict[str, object]:
    last = facts.last_visit_on
    kept: dict[str, object] = {
        "silent_days": facts.silent_days,
        "d_star": facts.d_star,
        "visits": facts.visits,
        "last_visit_on": last.isoformat() if last else None,
        "eligible_on": due.eligible_on.isoformat(),
    }
    if due.touch.about is not None:
        kept["about"] = due.touch.about
    if due.touch.detail:
        kept["detail"] = due.touch.detail
    return kept


def _eligibility(
    frame: Frame, situation: Situation, verdict: Verdict, stages: dict[int, Any]
) -> dict[str, object]:
    facts, arm, due = situation.facts, verdict.arm, verdict.due
    if arm is None or due is None:
        raise ValueError("only who passes all checks is eligible")
    return {
        "club_id": frame.ground.club_id,
        "person_id": facts.person_id,
        "contract_id": facts.contract_id,
        "cycle_no": facts.cycle_no,
        "code": str(verdict.code),
        "occurrence": due.touch.occurrence,
        "arm": "H" if arm.held_out else "T",
        "is_control": arm.is_control,
        "share": arm.share,
        "eligible_on": frame.day,
        "eligible_at": clock.now(),
        "pre28": facts.v28,
        "term_days": facts.term_days,
        "stage": stages.get(facts.person_id),
        "version": situation.version,
    }


def _refusal(frame: Frame, facts: CycleFacts, verdict: Verdict) -> dict[str, object]:
    return {
        "person_id": facts.person_id,
        "club_id": frame.ground.club_id,
        "cycle_no": facts.cycle_no,
        "code": str(verdict.code),
        "why": verdict.why_text,
        "first_on": frame.day,
        "last_on": frame.day,
    }


def _keep_refusals(session: Session, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    statement = _insert(TouchRefusal)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "cycle_no", "code", "why"],
            set_={"last_on": statement.excluded.last_on},
        ),
        rows,
    )
