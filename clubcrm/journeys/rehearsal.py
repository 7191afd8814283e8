"""Queries room: a dry run: who would be spoken to today, and who not and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.journeys.candidates import candidates
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.own import matching
from clubcrm.journeys.own_events import Now
from clubcrm.journeys.rules.own import from_own
from clubcrm.journeys.rules.settings import CodeRule
from clubcrm.journeys.rules.verdicts import ORDINARY, Verdict, verdicts
from clubcrm.journeys.situations import ground_of, situations
from clubcrm.people.models import Person
from clubcrm.people.queries.hits import PersonHit, load_hits

MOST_LOOKED_AT = 1000
CHUNK = 200
SAMPLE = 8


@dataclass(slots=True)
class Rehearsed:
    """One touchpoint on the day: who would get it, who is held out, and who would not and why."""

    code: str
    goes: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return the reasons against it with their number of people, the commonest first."""
        return Counter(self.refused.values()).most_common()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The dry run of a day; `left_out` says how many members were not looked at any more."""

    day: date
    codes: dict[str, Rehearsed]
    looked_at: int
    left_out: int


def rehearse(club_id: int, today: date) -> Rehearsal:
    """Return what the journey says or would say on the day of its newest facts."""
    session = db.session()
    day = facts_day(club_id) or today
    ground = ground_of(session, club_id, day)
    people = candidates(session, club_id, day, ground.versions.values(), ground.own)
    found: dict[str, Rehearsed] = {}
    for touch in _planned(club_id, day):
        entry = _of(found, touch.code)
        held = touch.state is TouchState.HELD_OUT
        (entry.held if held else entry.goes).append(touch.person_id)
    looked = people[:MOST_LOOKED_AT]
    for begin in range(0, len(looked), CHUNK):
        chunk = looked[begin : begin + CHUNK]
        for person, situation in situations(session, chunk, day, ground).items():
            for one in verdicts(situation, day):
                _enter(_of(found, str(one.code)), person, one)
    return Rehearsal(day, dict(sorted(found.items())), len(looked), len(people) - len(looked))


def facts_day(club_id: int) -> date | None:
    """Return the day of a club's newest facts."""
    return db.session.execute(
        select(func.max(MemberFacts.as_of)).where(MemberFacts.club_id == club_id)
    ).scalar()


def people_of(ids: list[int]) -> list[PersonHit]:
    """Return people as a list shows them, by name."""
    return sorted(load_hits(ids), key=lambda one: one.name)


def trigger_reach(club_id: int, rule: CodeRule, today: date) -> tuple[int, list[str]]:
    """Return how many members an own trigger would concern today, and a few of their names."""
    club = db.session.get_one(Club, club_id)
    at = Now(facts_day(club_id) or today, club.zone, rule.valid_days)
    ids = db.session.scalars(matching(club_id, from_own(rule.own), at)).all()
    names = db.session.scalars(
        select(Person).where(Person.id.in_(ids[:SAMPLE])).order_by(Person.sort_name)
    )
    return len(ids), [one.full_name for one in names]


def _planned(club_id: int, day: date) -> list[Touchpoint]:
    gone = (TouchState.CANCELLED, TouchState.SKIPPED, TouchState.EXPIRED)
    return list(
        db.session.scalars(
            select(Touchpoint).where(
                Touchpoint.club_id == club_id,
                Touchpoint.planned_on == day,
                Touchpoint.state.not_in(gone),
            )
        )
    )


def _of(found: dict[str, Rehearsed], code: str) -> Rehearsed:
    if code not in found:
        found[code] = Rehearsed(code)
    return found[code]


def _enter(entry: Rehearsed, person: int, verdict: Verdict) -> None:
    if verdict.goes:
        entry.goes.append(person)
    elif verdict.passes:
        entry.held.append(person)
    elif verdict.why is not None and verdict.why not in ORDINARY:
        entry.refused[person] = verdict.why_text
