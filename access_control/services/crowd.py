"""What is known of the people of a backlog, read once and carried along from scan to scan."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from access_control.adapters.scan import Scan
from access_control.models import EventStatus
from access_control.queries import crowd as stored
from access_control.queries.doors import Door
from access_control.queries.entry import NEARLY_FULL, Before, stand_in_line
from access_control.queries.holders import Holder
from access_control.rules.codes import CredentialKind, Direction
from access_control.rules.credentials import canonical
from access_control.rules.decide import EntryDecision
from access_control.rules.facts import NO_RIGHTS, EntryFacts, Passage
from access_control.rules.visits import LeftHow
from access_control.services.visits import VISIT
from clubcrm.core import clock
from memberships.api import Draws, Grant, grants_on
from memberships.contracts.rules import MemberRights, PlanKind


@dataclass(slots=True)
class Kept:
    """A scan on its way into the ledger; it has an id once it stands there."""

    values: dict[str, Any]
    id: int = 0


@dataclass(slots=True)
class Stay:
    """A visit in the store, or on its way there while it has no id."""

    entered_at: datetime
    left_at: datetime | None = None
    left_how: LeftHow | None = None
    exit_scan: Kept | None = None
    id: int = 0


@dataclass(slots=True)
class Life:
    """What a person did last, as far as the scans have been decided."""

    last: Passage | None = None
    newest_at: datetime | None = None
    stay: Stay | None = None
    days: dict[date, int] = field(default_factory=dict)
    last_day: date | None = None
    was_guest: bool = False
    open_visits: int = 0

    def last_day_before(self, day: date) -> date | None:
        """Return the latest visit-day before one."""
        return max((one for one in self.days if one < day), default=self.last_day)


def _value_of(scan: Scan) -> stored.Value:
    return scan.credential_kind, canonical(scan.credential_kind, scan.credential)


class Crowd:
    """The people behind some scans of a door; what is forgotten is read again when asked for."""

    def __init__(self, door: Door, scans: Sequence[tuple[Scan, datetime]]) -> None:
        self.door = door
        self._count = len(scans)
        self._inside: int | None = None
        self._in_line = False
        self.draws = Draws(VISIT)
        self._lives: dict[int, Life] = {}
        self._grants: dict[tuple[int, date], Grant] = {}
        self._days_of: defaultdict[int, set[date]] = defaultdict(set)
        shown = [(_value_of(scan), at) for scan, at in scans]
        self._found = stored.holders_of({value for value, _at in shown})
        self._ids = {one.holder.public_id: one.holder.person_id for one in self._found.values()}
        self._guardians = {
            one.holder.person_id: one.guardian_id
            for one in self._found.values()
            if one.guardian_id is not None
        }
        self._look_around([at for _value, at in shown], {value for (_, value), _at in shown})
        self._meet(self._ids.values())
        self._grant_all(shown)

    def _look_around(self, instants: list[datetime], values: set[str]) -> None:
        zone = self.door.tz
        self._first_day = min(clock.visit_day(at, zone) for at in instants)
        days = sorted({clock.local_day(at, zone) for at in instants})
        self._closed = stored.closed_days(self.door.club_id, days)
        self._taps = stored.taps_of(self.door, values, min(instants), max(instants))

    def _grant_all(self, shown: list[tuple[stored.Value, datetime]]) -> None:
        wanted: defaultdict[date, set[int]] = defaultdict(set)
        for value, at in shown:
            if value in self._found:
                person_id = self._found[value].holder.person_id
                day = clock.local_day(at, self.door.tz)
                wanted[day].add(person_id)
                self._days_of[person_id].add(day)
        for day, people in wanted.items():
            self._grant(people, day)

    def holder(self, kind: CredentialKind, value: str) -> Holder | None:
        """Return who holds a value; whether his guardian is inside is asked apart."""
        found = self._found.get((kind, value))
        return found.holder if found else None

    def guardian_inside(self, person_id: int) -> bool:
        """Tell whether the person has a guardian who is inside now."""
        guardian = self._guardians.get(person_id)
        return guardian is not None and self._life(guardian).open_visits > 0

    def tapped(self, value: str, at: datetime) -> bool:
        """Tell whether the value was shown at the door just before or after."""
        width = timedelta(seconds=self.door.policy.duplicate_seconds)
        return any(abs(at - one) < width for one in self._taps.get(value, ()))

    def before(
        self, person_id: int, at: datetime, direction: Direction
    ) -> tuple[Before | None, MemberRights]:
        """Return what happened before a scan and the rights then; None when it is not plain.

        Not plain are scans older than what is known, guests, and trials, whose visits are counted.
        """
        life = self._life(person_id)
        stay = life.stay
        if life.was_guest or (life.newest_at is not None and life.newest_at > at):
            return None, NO_RIGHTS
        if stay is not None and stay.entered_at > at:
            return None, NO_RIGHTS
        day = clock.local_day(at, self.door.tz)
        rights = NO_RIGHTS if direction is Direction.OUT else self._rights(person_id, day)
        if any(one.plan_kind is PlanKind.TRIAL for one in rights.contracts):
            return None, NO_RIGHTS
        visit_day = clock.visit_day(at, self.door.tz)
        return Before(
            last=life.last,
            visit_since=stay.entered_at if stay else None,
            visit_left_at=stay.left_at if stay else None,
            visits_today=life.days.get(visit_day, 0),
            last_visit_day=life.last_day_before(visit_day),
            inside=self._count_inside(),
            closed=day in self._closed,
        ), rights

    def stay_of(self, person_id: int) -> Stay | None:
        """Return the visit of the person that began last."""
        return self._life(person_id).stay

    def passed(
        self, value: str, facts: EntryFacts, decision: EntryDecision, status: EventStatus
    ) -> None:
        """A scan was kept: if it was a known person's, it is the latest of its value."""
        if facts.person is None:
            return
        self._taps[value].append(facts.at)
        if decision.admitted or status is EventStatus.OFFLINE_ADMIT:
            life = self._life(facts.person.person_id)
            life.last = Passage(facts.at, facts.direction, self.door.zone)
            life.newest_at = facts.at

    def began(self, person_id: int, stay: Stay) -> None:
        """A visit of the person has begun."""
        life = self._life(person_id)
        day = clock.visit_day(stay.entered_at, self.door.tz)
        life.stay = stay
        life.days[day] = life.days.get(day, 0) + 1
        self._note_open(life, int(stay.left_at is None))

    def ended(self, person_id: int, stay: Stay, left_at: datetime | None) -> None:
        """The end of the person's last visit is another from now on."""
        change = int(left_at is None) - int(stay.left_at is None)
        self._note_open(self._life(person_id), change)

    def forget(self, public_id: str | None) -> None:
        """What the store says of the person counts from now on, since a scan went its own way."""
        self._inside = None
        person_id = self._ids.get(public_id or "")
        if person_id is None:
            return
        self._lives.pop(person_id, None)
        for key in [key for key in self._grants if key[0] == person_id]:
            del self._grants[key]

    def _life(self, person_id: int) -> Life:
        if person_id not in self._lives:
            self._meet([person_id])
        return self._lives[person_id]

    def _rights(self, person_id: int, day: date) -> MemberRights:
        if (person_id, day) not in self._grants:
            # All days at once, before anything more is drawn from the lots.
            for each in self._days_of[person_id]:
                self._grant([person_id], each)
        return self._grants[person_id, day].rights(self.draws.drawn)

    def _meet(self, people: Collection[int]) -> None:
        guardians = {self._guardians[one] for one in people if one in self._guardians}
        everybody = {*people, *guardians} - self._lives.keys()
        days = stored.days_of(everybody, self._first_day)
        inside = stored.open_visits_of(self.door.club_id, everybody)
        for past in stored.pasts_of(self.door, everybody, self._first_day):
            stay = None
            if past.visit_id is not None and past.visit_since is not None:
                stay = Stay(past.visit_since, past.visit_left_at, id=past.visit_id)
            self._lives[past.person_id] = Life(
                past.last,
                past.newest_at,
                stay,
                days.get(past.person_id, {}),
                past.last_visit_day,
                past.was_guest,
                inside[past.person_id],
            )

    def _grant(self, people: Collection[int], day: date) -> None:
        found = grants_on(list(people), day)
        self.draws.know(lot for grant in found.values() for lot in grant.lots)
        self._grants |= {(person, day): grant for person, grant in found.items()}

    def _count_inside(self) -> int:
        if not self.door.capacity:
            return 0
        if self._inside is None:
            self._inside = stored.inside_count(self.door.club_id)
            nearly = self.door.capacity - NEARLY_FULL - self._count
            if self._inside >= nearly and not self._in_line:
                stand_in_line(self.door.club_id)
                self._in_line = True
                self._inside = stored.inside_count(self.door.club_id)
        return self._inside

    def _note_open(self, life: Life, change: int) -> None:
        life.open_visits += change
        if self._inside is not None:
            self._inside += change
