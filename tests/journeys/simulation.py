"""A club of invented members who are led through whole cycles by the rules alone, day by day.

Visits follow each member's own rhythm with holidays and drop-outs; messages arrive on their day,
calls are made within days, talks happen at the next visit.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from clubcrm.journeys.rules.codes import Performer
from clubcrm.journeys.rules.cycle import CycleFacts, Said
from clubcrm.journeys.rules.rhythm import MemberDays, d_star, is_slumping, rhythm_of
from clubcrm.journeys.rules.settings import JourneySettings
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.touchpoints import is_service, still_wanted
from clubcrm.journeys.rules.verdicts import Situation, verdicts

START = date(2026, 1, 5)


@dataclass(slots=True)
class Contact:
    """One touchpoint of a simulated member, planned on a day, and said on a day if it was."""

    code: str
    occurrence: int
    performer: Performer
    priority: int
    planned_on: date
    valid_until: date
    cycle_no: int
    talk: bool
    about: int | None = None
    said_on: date | None = None
    gone: bool = False
    gave_way: bool = False
    id: int = 0

    @property
    def waits(self) -> bool:
        """Whether somebody still has to do it."""
        return self.said_on is None and not self.gone


@dataclass(slots=True)
class Life:
    """A member with his visits to come, and what he has heard."""

    number: int
    days: int
    visits: list[date]
    renews_on: date | None = None
    born: date | None = None
    dead_end: bool = False
    contacts: list[Contact] = field(default_factory=list)
    refusals: list[tuple[date, str, str]] = field(default_factory=list)
    slump_on: date | None = None

    @property
    def ends_on(self) -> date:
        """The last day of the first cycle."""
        return START + timedelta(days=self.days)

    def said(self) -> list[Contact]:
        """Return the contacts that took place."""
        return [one for one in self.contacts if one.said_on is not None]


def make_life(chance: Random, number: int, days: int) -> Life:
    """Return a member of one of several kinds: keen, usual, rare, fading, never seen."""
    kind = chance.choices(["keen", "usual", "rare", "fading", "never"], [20, 40, 20, 15, 5])[0]
    weekly = {"keen": 4.0, "usual": 2.2, "rare": 0.8, "fading": 2.0, "never": 0.0}[kind]
    fades = chance.randrange(40, max(days, 41)) if kind == "fading" else 10 * days
    away = chance.randrange(30, max(days, 31))
    holiday = range(away, away + chance.choice([0, 10, 21]))
    first = chance.randrange(0, 20)
    visits = [
        START + timedelta(days=n)
        for n in range(first, 2 * days)
        if n not in holiday and n < fades and chance.random() < weekly / 7
    ]
    late = chance.choice([None, 70, 25, 5, -1])
    renews = None if late is None or kind == "never" else START + timedelta(days=days - late)
    born = date(chance.randrange(1960, 2005), chance.randrange(1, 13), chance.randrange(1, 29))
    return Life(number, days, visits, renews, born)


def facts_of(life: Life, day: date, settings: JourneySettings) -> CycleFacts:
    """Return what the journey knows of a member on a day, before the day's visits."""
    seen = life.visits[: bisect_right(life.visits, day - timedelta(days=1))]
    rhythm = rhythm_of(MemberDays(START, seen[-90:]), day)
    if is_slumping(rhythm, settings.rhythm):
        rested = life.slump_on is None or (day - life.slump_on).days >= settings.rhythm.slump_apart
        life.slump_on = day if rested else life.slump_on
    return CycleFacts(
        person_id=life.number,
        cycle_no=1,
        starts_on=START,
        ends_on=life.ends_on,
        onboarding=True,
        visits=len(seen),
        silent_days=rhythm.silent_days,
        d_star=d_star(rhythm),
        last_visit_on=rhythm.last_visit_on,
        term_days=life.days,
        age=(day - START).days,
        renewed=life.renews_on is not None and life.renews_on < day,
        cycle_visits=len(seen),
        v7=rhythm.v7,
        v14=rhythm.v14,
        v28=rhythm.v28,
        slump_on=life.slump_on,
        birth_date=life.born,
    )


def situation_of(life: Life, facts: CycleFacts, day: date, settings: JourneySettings) -> Situation:
    """Return the situation as planning would see it."""
    said = tuple(
        Said(
            one.code,
            one.occurrence,
            one.planned_on,
            spoken=not one.gone,
            on=one.said_on or one.planned_on,
            delivered=one.said_on is not None,
            waiting=one.waits,
            gave_way=one.gave_way,
            priority=one.priority,
            about=one.about,
            id=one.id,
        )
        for one in life.contacts
    )
    spoken = [
        one.said_on
        for one in life.contacts
        if one.said_on is not None and not is_service(one.code) and one.said_on <= day
    ]
    return Situation(facts, said, spoken, settings=settings)


def live(life: Life, *, days: int | None = None, times: int = 1) -> Life:
    """The member is led through his cycle and what follows; each day is planned so many times."""
    chosen = default_settings()
    visits = set(life.visits)
    for day in every_day(days or life.days + 100):
        facts = facts_of(life, day, chosen)
        _give_up(life, facts, day)
        for _again in range(times):
            _plan(life, facts, day, chosen)
        _speak(life, facts, day, day in visits)
    return life


def every_day(days: int) -> Iterator[date]:
    """Return the days from the start."""
    return (START + timedelta(days=n) for n in range(days))


def _plan(life: Life, facts: CycleFacts, day: date, settings: JourneySettings) -> None:
    for verdict in verdicts(situation_of(life, facts, day, settings), day):
        if verdict.is_kept:
            life.refusals.append((day, verdict.code, verdict.why_text))
        if not verdict.goes or verdict.due is None:
            continue
        for other in life.contacts:
            if other.id in verdict.instead_of:
                other.gone = other.gave_way = True
        touch = verdict.due.touch
        life.contacts.append(
            Contact(
                touch.code,
                touch.occurrence,
                touch.performer,
                touch.priority,
                day,
                verdict.due.valid_until,
                1,
                settings.codes[touch.code].on_arrival,
                touch.about,
                id=len(life.contacts) + 1,
            )
        )


def _give_up(life: Life, facts: CycleFacts, day: date) -> None:
    for one in life.contacts:
        if one.waits and (
            day > one.valid_until or still_wanted(one.code, one.planned_on, facts, day)
        ):
            one.gone = True


def _speak(life: Life, facts: CycleFacts, day: date, came: bool) -> None:
    for one in life.contacts:
        if not one.waits:
            continue
        by_message = one.performer is Performer.AUTOMATIC
        called = not one.talk and (day - one.planned_on).days >= one.id % 4
        if by_message or (one.talk and came) or called:
            one.said_on = day
