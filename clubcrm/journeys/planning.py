"""Services room: plan what is due for the members of a club on a day, each thing once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from clubcrm.core.db import Unit, db
from clubcrm.core.leases import LostLeaseError
from clubcrm.core.types import new_public_id
from clubcrm.journeys.candidates import MENTION_DAYS, candidates
from clubcrm.journeys.models import (
    Eligibility,
    MemberFacts,
    Touchpoint,
    TouchRefusal,
    TouchState,
)
from clubcrm.journeys.queries import planned_for
from clubcrm.journeys.rules.codes import Performer, Why
from clubcrm.journeys.rules.cycle import CycleFacts
from clubcrm.journeys.rules.due import Due
from clubcrm.journeys.rules.shares import Arm
from clubcrm.journeys.rules.verdicts import Situation, Verdict, verdicts
from clubcrm.journeys.services import give_way
from clubcrm.journeys.situations import Ground, ground_of, situations
from clubcrm.journeys.speaking import ROLES, Spoken, speak
from clubcrm.journeys.workers import workers_of

log = structlog.get_logger(__name__)
# Members are looked at without holding a writer up, and what is due for so many is written at once.
CHUNK = 500


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

    Works in short units of some hundred members, those first whose work is worth most; a member
    whose planning fails is left out and listed.
    """
    result = Planned()
    with unit(write=False) as session:
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
        with unit(write=False) as session:
            judged = _look_at(session, frame, people)
        with unit() as session:
            return _keep(session, frame, judged)
    except BaseException:
        # Nothing of the chunk stands, so nobody has its work.
        frame.room.taken.clear()
        frame.room.taken.update(taken)
        raise


def plan_members(session: Session, frame: Frame, people: Sequence[int]) -> Planned:
    """What is due for these members is planned, within the caller's unit of work."""
    return _keep(session, frame, _look_at(session, frame, people))


def _look_at(session: Session, frame: Frame, people: Sequence[int]) -> "_Judged":
    rows = situations(session, people, frame.day, frame.ground)
    # In the given order: those first whose work is worth most.
    return _judge(frame, [rows[person] for person in people if person in rows])


def _keep(session: Session, frame: Frame, judged: "_Judged") -> Planned:
    passed, refused = judged
    made = _log(session, frame, passed)
    planned = _hand_over(session, frame, [one for one in passed if one.key in made])
    _keep_refusals(session, refused)
    held_out = sum(one.held_out for one in passed if one.key in made)
    return Planned(planned, held_out, len(refused))


@dataclass(frozen=True, slots=True)
class _Passed:
    """A touchpoint that has passed all checks, with what was known of the member."""

    situation: Situation
    due: Due
    arm: Arm
    why: str
    instead_of: tuple[int, ...]

    @property
    def key(self) -> tuple[int, int, str, int]:
        """What names the touchpoint for ever."""
        facts, touch = self.situation.facts, self.due.touch
        return facts.person_id, facts.cycle_no, str(touch.code), touch.occurrence

    @property
    def held_out(self) -> bool:
        """Whether the member is left alone by the lot."""
        return self.arm.held_out


_Judged = tuple[list[_Passed], list[dict[str, object]]]


def _judge(frame: Frame, rows: Iterable[Situation]) -> _Judged:
    passed: list[_Passed] = []
    refused: list[dict[str, object]] = []
    for situation in rows:
        for one in verdicts(situation, frame.day, frame.room.full(), ordinary=False):
            if one.arm is not None and one.due is not None:
                why = one.why_text if one.arm.held_out else ""
                passed.append(_Passed(situation, one.due, one.arm, why, one.instead_of))
                if one.goes and one.due.touch.performer is not Performer.AUTOMATIC:
                    frame.room.taken[one.due.touch.performer] += 1
            elif one.is_kept and not _long_past(one, frame.day):
                refused.append(_refusal(frame, situation.facts, one))
    return passed, refused


def _log(
    session: Session, frame: Frame, passed: Sequence[_Passed]
) -> set[tuple[int, int, str, int]]:
    """Write the touchpoints with their arms; returns the keys of those that are new."""
    if not passed:
        return set()
    stages = _stages(session, {one.situation.facts.person_id for one in passed})
    table = Touchpoint.__table__.c
    rows = session.execute(
        _insert(Touchpoint)
        .on_conflict_do_nothing()
        .returning(table.person_id, table.cycle_no, table.code, table.occurrence),
        [_touchpoint(frame, one) for one in passed],
    )
    made = {(row[0], row[1], row[2], row[3]) for row in rows}
    eligible = [_eligibility(frame, one, stages) for one in passed if one.key in made]
    if eligible:
        session.execute(_insert(Eligibility).on_conflict_do_nothing(), eligible)
    return made


def _hand_over(session: Session, frame: Frame, passed: Sequence[_Passed]) -> int:
    """Hand those who are not held out to who speaks; returns how many wait to be said."""
    treated = {one.key: one for one in passed if not one.held_out}
    if not treated:
        return 0
    for one in treated.values():
        for touchpoint_id in one.instead_of:
            give_way(touchpoint_id, one.due.touch.code)
    rows = planned_for(session, {key[0] for key in treated}, frame.day)
    spoken = [
        Spoken(row, treated[key].situation.settings, treated[key].situation.facts.rank)
        for row in rows
        if (key := (row.person_id, row.cycle_no, row.code, row.occurrence)) in treated
    ]
    speak(session.get_one(Club, frame.ground.club_id), spoken)
    return sum(one.row.state is TouchState.QUEUED for one in spoken)


def _long_past(verdict: Verdict, day: date) -> bool:
    """A club that is brought in has missed a lot; only what was lately missed is mentioned."""
    missed = verdict.why is Why.TOO_LATE and verdict.day is not None
    return missed and verdict.day is not None and (day - verdict.day).days > MENTION_DAYS


def _insert(table: Any) -> Any:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    return make(table)


def _stages(session: Session, people: Collection[int]) -> dict[int, Any]:
    rows = session.execute(
        select(MemberFacts.person_id, MemberFacts.stage).where(MemberFacts.person_id.in_(people))
    )
    return {row[0]: row[1] for row in rows}


def _touchpoint(frame: Frame, one: _Passed) -> dict[str, object]:
    facts, touch = one.situation.facts, one.due.touch
    return {
        "public_id": new_public_id(),
        "club_id": frame.ground.club_id,
        "person_id": facts.person_id,
        "contract_id": facts.contract_id,
        "cycle_no": facts.cycle_no,
        "code": str(touch.code),
        "occurrence": touch.occurrence,
        "performer": touch.performer,
        "priority": touch.priority,
        "arm": "H" if one.held_out else "T",
        "planned_on": frame.day,
        "valid_until": one.due.valid_until,
        "state": TouchState.HELD_OUT if one.held_out else TouchState.PLANNED,
        "why": one.why,
        "reason": _reason(facts, one.due),
        "created_at": clock.now(),
    }


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


def _eligibility(frame: Frame, one: _Passed, stages: Mapping[int, Any]) -> dict[str, object]:
    facts, arm, touch = one.situation.facts, one.arm, one.due.touch
    return {
        "club_id": frame.ground.club_id,
        "person_id": facts.person_id,
        "contract_id": facts.contract_id,
        "cycle_no": facts.cycle_no,
        "code": str(touch.code),
        "occurrence": touch.occurrence,
        "arm": "H" if arm.held_out else "T",
        "is_control": arm.is_control,
        "share": arm.share,
        "eligible_on": frame.day,
        "eligible_at": clock.now(),
        "pre28": facts.v28,
        "term_days": facts.term_days,
        "stage": stages.get(facts.person_id),
        "version": one.situation.version,
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
