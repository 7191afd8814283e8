"""Decided scans of a backlog with what follows from them, written together in their order."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access_control.events import VisitEnded, VisitStarted
from access_control.models import EventStatus
from access_control.queries.doors import Door
from access_control.queries.entry import Sighting
from access_control.rules.codes import CredentialKind
from access_control.rules.credentials import is_nobody
from access_control.rules.decide import EntryDecision
from access_control.rules.passing import Ending, Step, step_of
from access_control.services.crowd import Crowd, Kept, Stay
from access_control.services.ledger import Line, add_lines, line_values
from access_control.services.scanning import refusal_of
from access_control.services.unknowns import note_unknown
from access_control.services.visits import begin_visits, end_visits
from clubcrm.core import clock, events, failpoints
from clubcrm.core.events import Fact
from clubcrm.core.types import new_public_id

Told = Callable[[], Fact | None]


@dataclass(slots=True)
class Begun:
    """A visit that begins, with what is written of it beside its end and its entry's id."""

    stay: Stay
    entry: Kept
    values: dict[str, Any]


class Pending:
    """What has been decided and is not written yet."""

    def __init__(self, door: Door, crowd: Crowd) -> None:
        self._door, self._crowd = door, crowd
        self._present = clock.now()
        self._by = f"device:{door.serial}"
        self._kept: list[Kept] = []
        self._begun: list[Begun] = []
        self._ended: dict[int, Stay] = {}
        self._told: list[Told] = []
        self._unknown: defaultdict[tuple[CredentialKind, str], list[datetime]] = defaultdict(list)

    def add(self, line: Line, sighting: Sighting, decision: EntryDecision) -> None:
        """The scan and everything it brings about will be written."""
        kept = Kept(line_values(line, sighting, decision))
        self._kept.append(kept)
        self._crowd.passed(line.value, sighting.facts, decision, line.status)
        holder = sighting.holder
        if holder is None:
            if not is_nobody(line.kind, line.value):
                self._unknown[line.kind, line.value].append(line.at)
            return
        if not decision.admitted:
            person_id = holder.person_id
            self._told.append(lambda: refusal_of(line, decision, kept.id, person_id))
            if line.status is not EventStatus.OFFLINE_ADMIT:
                return
        stay = self._crowd.stay_of(holder.person_id)
        left_at = stay.left_at if stay else None
        step = step_of(sighting.facts, decision, left_at, self._present)
        if step.ending is not None and stay is not None:
            self._end(holder.person_id, stay, step.ending, kept)
        if step.begins:
            self._begin(kept, sighting, decision, step)

    def write(self) -> None:
        """Everything decided stands in the store."""
        if not self._kept:
            return
        ids = add_lines([kept.values for kept in self._kept])
        for kept, event_id in zip(self._kept, ids, strict=True):
            kept.id = event_id
        failpoints.hit("gate.after_insert")
        self._crowd.draws.write()
        visit_ids = begin_visits([_visit_values(one) for one in self._begun])
        for begun, visit_id in zip(self._begun, visit_ids, strict=True):
            begun.stay.id = visit_id
        end_visits([_ending_values(stay) for stay in self._ended.values()])
        events.record_many([fact for tell in self._told if (fact := tell()) is not None])
        for (kind, value), (first, *more) in self._unknown.items():
            note_unknown(self._door, kind, value, first, more)
        for done in (self._kept, self._begun, self._ended, self._told, self._unknown):
            done.clear()

    def _end(self, person_id: int, stay: Stay, ending: Ending, kept: Kept) -> None:
        self._crowd.ended(person_id, stay, ending.left_at)
        stay.left_at, stay.left_how = ending.left_at, ending.how
        stay.exit_scan = kept if ending.by_scan else None
        if stay.id:
            self._ended[stay.id] = stay
        if ending.told and ending.left_at is not None and ending.how is not None:
            left_at, how = ending.left_at, ending.how.value
            club_id = self._door.club_id
            self._told.append(lambda: VisitEnded(club_id, left_at, stay.id, person_id, how))

    def _begin(self, kept: Kept, sighting: Sighting, decision: EntryDecision, step: Step) -> None:
        facts, door = sighting.facts, self._door
        assert facts.person is not None  # noqa: S101 - visits belong to known people
        person_id, at = facts.person.person_id, facts.at
        public_id, day = new_public_id(), clock.visit_day(at, door.tz)
        if decision.draws_lot is not None:
            news = self._crowd.draws.draw(decision.draws_lot, public_id, at, self._by)
            self._told += [lambda fact=fact: fact for fact in news]  # type: ignore[misc]
        stay = Stay(at, step.gone_at, step.gone_how)
        values = {
            "public_id": public_id,
            "club_id": door.club_id,
            "person_id": person_id,
            "contract_id": decision.contract_id,
            "day": day,
            "entered_at": at,
            "units": int(decision.draws_lot is not None),
        }
        self._begun.append(Begun(stay, kept, values))
        self._crowd.began(person_id, stay)
        self._told.append(lambda: VisitStarted(door.club_id, at, stay.id, person_id, day, kept.id))


def _visit_values(begun: Begun) -> dict[str, Any]:
    stay = begun.stay
    return {
        **begun.values,
        "left_at": stay.left_at,
        "left_how": stay.left_how,
        "entry_event_id": begun.entry.id,
        "exit_event_id": stay.exit_scan.id if stay.exit_scan else None,
    }


def _ending_values(stay: Stay) -> dict[str, Any]:
    return {
        "visit_id": stay.id,
        "ended_at": stay.left_at,
        "ended_how": stay.left_how,
        "ended_by": stay.exit_scan.id if stay.exit_scan else None,
    }
