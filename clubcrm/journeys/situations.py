"""Queries room: the situation of a few members at once, as the rules want to see it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.own import matches
from clubcrm.journeys.queries import member_count
from clubcrm.journeys.rules.cycle import CycleFacts, Said, relationship_year
from clubcrm.journeys.rules.settings import MARKETING, CodeRule, JourneySettings
from clubcrm.journeys.rules.touchpoints import Performer, Why, is_service
from clubcrm.journeys.rules.verdicts import Situation
from clubcrm.journeys.surroundings import Deal, Surroundings, surroundings
from clubcrm.journeys.versions import numbers_of_cycles, settings_by_number
from clubcrm.messaging.contacts import CAMPAIGN, contact_days
from clubcrm.messaging.queries import offered, reaches_of
from clubcrm.messaging.rules.channels import NoWay, PersonReach, pick_channel
from clubcrm.messaging.rules.kinds import kind_of
from clubcrm.messaging.texts import Texts, texts_of
from clubcrm.people.models import Purpose

SPOKEN = (TouchState.PLANNED, TouchState.QUEUED, TouchState.DELIVERED)
OPEN = (TouchState.PLANNED, TouchState.QUEUED)
CONTACT_DAYS = 365
MONTHLY = 45
# Columns, not objects: a night reads every touchpoint of thousands of members.
_SAID = (
    *(Touchpoint.id, Touchpoint.person_id, Touchpoint.cycle_no, Touchpoint.code),
    *(Touchpoint.occurrence, Touchpoint.performer, Touchpoint.priority, Touchpoint.planned_on),
    *(Touchpoint.state, Touchpoint.why, Touchpoint.reason, Touchpoint.message_id),
    Touchpoint.closed_at,
)
Touched = Any  # a row of these columns


@dataclass(frozen=True, slots=True)
class Ground:
    """What is the same for all members of a club on one day."""

    club_id: int
    zone: str
    day: date
    members: int
    versions: Mapping[int, JourneySettings]
    newest: int
    texts: Texts = field(default_factory=Texts)
    locale: str = "en"
    own: Mapping[int, Sequence[str]] = field(default_factory=dict)


def ground_of(session: Session, club_id: int, day: date) -> Ground:
    """Return the frame in which the members of a club are judged on a day."""
    versions = settings_by_number(session, club_id)
    members = member_count(session, club_id, day)
    newest = max(versions)
    # Own triggers are those of today: they have a name of their own, and no place in a cycle.
    own = matches(session, club_id, day, versions[newest].codes.values())
    club = session.get_one(Club, club_id)
    texts = texts_of(session, club_id)
    return Ground(club_id, club.zone, day, members, versions, newest, texts, club.locale, own)


def situations(
    session: Session, people: Iterable[int], day: date, ground: Ground | None = None
) -> dict[int, Situation]:
    """Return what is known of each of the people who is a member, in a fixed number of selects."""
    ids = list(people)
    rows = session.scalars(
        select(MemberFacts)
        .where(MemberFacts.person_id.in_(ids))
        .order_by(MemberFacts.person_id)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return {}
    frame = ground or ground_of(session, rows[0].club_id, day)
    reaches = reaches_of(ids, (Purpose.MARKETING, Purpose.SERVICE))
    found = _Gathered(
        frame,
        surroundings(session, ids, day, frame.zone),
        _touches(session, ids),
        reaches[Purpose.MARKETING],
        reaches[Purpose.SERVICE],
        offered(),
        numbers_of_cycles(session, ids),
        contact_days(ids, frame.zone, (CAMPAIGN,)),
    )
    return {row.person_id: _situation(row, found) for row in rows}


@dataclass(frozen=True, slots=True)
class _Gathered:
    ground: Ground
    around: Surroundings
    touches: Mapping[int, Sequence[Touched]]
    marketing: Mapping[int, PersonReach]
    service: Mapping[int, PersonReach]
    offered: Sequence[str]
    numbers: Mapping[tuple[int, int], int]
    campaigns: Mapping[int, Sequence[date]]


def _situation(row: MemberFacts, found: _Gathered) -> Situation:
    person, day = row.person_id, found.ground.day
    facts = _facts(row, found)
    number = found.numbers.get((person, row.cycle_no), found.ground.newest)
    touches = found.touches.get(person, ())
    zone = found.ground.zone
    newest = found.ground.versions[found.ground.newest]
    settings = found.ground.versions.get(number, newest)
    if facts.own:
        own = {code: newest.codes[code] for code in facts.own}
        settings = replace(settings, codes={**settings.codes, **own})
    return Situation(
        facts=facts,
        said=tuple(_said(one, zone) for one in touches if _in_cycle(one, facts)),
        contacts=[*_contacts(touches, day, zone), *found.campaigns.get(person, ())],
        no_way=_no_way(found.marketing[person], found.offered),
        no_service_way=_no_way(found.service[person], found.offered),
        settings=settings,
        version=number,
        members=found.ground.members,
        unsaid=_unsaid(person, found),
    )


def _facts(row: MemberFacts, found: _Gathered) -> CycleFacts:
    if row.starts_on is None:
        raise ValueError(f"member {row.person_id} has facts without a cycle")
    person, day = row.person_id, found.ground.day
    around = found.around
    deal = around.deals.get(person)
    known = around.people[person]
    holds = around.holds.get(person, frozenset())
    freeze = around.freezes.get(person)
    return CycleFacts(
        person_id=person,
        cycle_no=row.cycle_no,
        starts_on=row.starts_on,
        # The last day as it stands now, not as of last night; nobody has one whose deals are void.
        ends_on=deal.ends_on if deal else date.min,
        onboarding=row.is_onboarding,
        visits=row.visits,
        silent_days=row.silent_days,
        d_star=row.d_star,
        last_visit_on=row.last_visit_on,
        frozen=freeze is not None,
        blocked=person in around.blocked,
        do_not_contact=found.marketing[person].do_not_contact,
        contract_id=row.contract_id,
        term_days=deal.length if deal else 0,
        age=(day - row.starts_on).days - around.frozen_days.get(person, 0),
        year_from=_year_from(row, deal, day),
        rolls=deal is not None and deal.rolls,
        renewed=person in around.renewed,
        cycle_visits=row.cycle_visits,
        v7=row.v7,
        v14=row.v14,
        v28=row.v28,
        slump_on=row.slump_alarm_on,
        birth_date=known.birth_date,
        packages=tuple(around.packages.get(person, ())),
        booked_on=around.booked.get(person),
        frozen_until=freeze.until if freeze else None,
        freeze_id=freeze.block_id if freeze else None,
        complaint="complaint" in holds,
        dispute="dispute" in holds,
        injured="injury" in holds,
        deceased="deceased" in holds,
        without_guardian=known.without_guardian,
        moved_away=person in around.moved_away,
        rank=(row.score or 0.0) * (deal.price_minor if deal else 0),
        own=tuple(found.ground.own.get(person, ())),
    )


def _year_from(row: MemberFacts, deal: Deal | None, day: date) -> date | None:
    if deal is None or row.joined_on is None or deal.length > MONTHLY:
        return None
    return relationship_year(row.joined_on, day)


def _in_cycle(touch: Touched, facts: CycleFacts) -> bool:
    planned_on: date = touch.planned_on
    cycle_no: int = touch.cycle_no
    if facts.year_from is not None and not is_service(touch.code):
        return planned_on >= facts.year_from
    return cycle_no == facts.cycle_no


def _said(touch: Touched, zone: str) -> Said:
    about = touch.reason.get("about")
    return Said(
        code=touch.code,
        occurrence=touch.occurrence,
        eligible_on=touch.planned_on,
        spoken=touch.state in SPOKEN,
        on=_day_of(touch, zone),
        delivered=touch.state is TouchState.DELIVERED,
        waiting=_waits(touch),
        gave_way=touch.why.startswith(Why.LOST_TO),
        priority=touch.priority,
        about=about if isinstance(about, int) else None,
        id=touch.id,
    )


def _waits(touch: Touched) -> bool:
    by_hand = touch.performer is not Performer.AUTOMATIC and touch.message_id is None
    return by_hand and touch.state in OPEN and not is_service(touch.code)


def _day_of(touch: Touched, zone: str) -> date:
    """Return the day of the contact: of its delivery, before that of its plan."""
    planned_on: date = touch.planned_on
    if touch.state is TouchState.DELIVERED and touch.closed_at is not None:
        return max(planned_on, clock.local_day(touch.closed_at, zone))
    return planned_on


def _contacts(touches: Sequence[Touched], day: date, zone: str) -> list[date]:
    since = day - timedelta(days=CONTACT_DAYS)
    return [
        on
        for one in touches
        if one.state in SPOKEN and not is_service(one.code) and not _waits(one)
        if since < (on := _day_of(one, zone)) <= day
    ]


def _no_way(reach: PersonReach, channels: Sequence[str]) -> Why | None:
    way = pick_channel(reach, channels)
    return Why(way.value) if isinstance(way, NoWay) else None


def _unsaid(person: int, found: _Gathered) -> Callable[[CodeRule], Why | None]:
    """Return what says of a touchpoint that it has no address or no words for this person."""
    wishes = (found.around.people[person].language, found.ground.locale)

    def asked(rule: CodeRule) -> Why | None:
        reach = (found.marketing if rule.purpose == MARKETING else found.service)[person]
        way = pick_channel(reach, found.offered, rule.channels)
        if isinstance(way, NoWay):
            return Why(way.value)
        words = found.ground.texts.draft(rule.code, kind_of(way.channel), *wishes)
        return None if words else Why.NO_TEXT

    return asked


def _touches(session: Session, people: Sequence[int]) -> dict[int, list[Touched]]:
    found: dict[int, list[Touched]] = defaultdict(list)
    for one in session.execute(
        select(*_SAID).where(Touchpoint.person_id.in_(people)).order_by(Touchpoint.id)
    ):
        found[one.person_id].append(one)
    return found


def open_touchpoints(session: Session, person_id: int) -> Sequence[Touchpoint]:
    """Return the person's touchpoints that have not come to rest."""
    return session.scalars(
        select(Touchpoint)
        .where(
            Touchpoint.person_id == person_id,
            Touchpoint.state.in_((TouchState.PLANNED, TouchState.QUEUED)),
        )
        .order_by(Touchpoint.id)
    ).all()
