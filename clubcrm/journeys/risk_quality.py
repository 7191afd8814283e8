"""Queries room: how good past scores were, and the members behind each number of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, select

from access_control.models import VisitDay
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.journeys.risk_tables import RiskScore, ScoredFor
from clubcrm.journeys.rules.risk_reasons import BANDS
from clubcrm.journeys.sql import days_between
from clubcrm.people.models import Person

JUDGED_AFTER = timedelta(days=28)
FEWEST_JUDGED = 50
PAGE = 50
ALL, ALARMS, OTHERS = "all", "alarms", "others"
GROUPS = (ALL, ALARMS, OTHERS, *(str(number) for number in range(BANDS)))
_AWAY = ~(
    select(VisitDay.day)
    .where(
        VisitDay.person_id == RiskScore.person_id,
        VisitDay.day > RiskScore.day,
        days_between(VisitDay.day, RiskScore.day) <= JUDGED_AFTER.days,
    )
    .exists()
)


@dataclass(frozen=True, slots=True)
class Band:
    """What was said of a fifth of the scale and what happened: members, chance, stayed away."""

    number: int
    members: int
    said: float
    away: int

    @property
    def happened(self) -> float:
        """Return the share of those who stayed away."""
        return self.away / self.members


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the scores were: by fifths, and what became of the alarms and of all others."""

    judged: int
    first: date | None
    last: date | None
    bands: tuple[Band, ...]
    alarms: int
    alarms_right: int
    others: int
    others_away: int

    @property
    def is_enough(self) -> bool:
        """Tell whether there are enough members to say anything."""
        return self.judged >= FEWEST_JUDGED


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of one member on a day, and whether he stayed away for the 28 days after."""

    public_id: str
    name: str
    day: date
    chance: float
    away: bool


def quality(scope: Scope, today: date) -> Quality:
    """Return what was said of members at least 28 days ago against what happened since."""
    judged = (
        select(
            RiskScore.chance,
            RiskScore.cause,
            RiskScore.day,
            case((_AWAY, 1), else_=0).label("away"),
        )
        .where(*_judged(scope, today))
        .subquery("judged")
    )
    band = cast(func.floor(judged.c.chance * BANDS), Integer)
    rows = db.session.execute(
        select(
            band,
            judged.c.cause,
            func.count(),
            func.sum(judged.c.chance),
            func.sum(judged.c.away),
            func.min(judged.c.day),
            func.max(judged.c.day),
        ).group_by(band, judged.c.cause)
    ).all()
    return _judge(rows)


def judged_people(
    scope: Scope, today: date, group: str, *, only_away: bool, skip: int = 0
) -> tuple[list[Judged], int]:
    """Return a page of the members behind a number, the latest scores first, and how many."""
    chosen = [*_judged(scope, today), *_of_group(group)]
    if only_away:
        chosen.append(_AWAY)
    total = db.session.scalar(select(func.count()).select_from(RiskScore).where(*chosen)) or 0
    rows = db.session.execute(
        select(Person, RiskScore.day, RiskScore.chance, _AWAY)
        .join(Person, Person.id == RiskScore.person_id)
        .where(*chosen)
        .order_by(RiskScore.day.desc(), RiskScore.chance.desc(), RiskScore.person_id)
        .offset(skip)
        .limit(PAGE)
    )
    return [
        Judged(person.public_id, person.full_name, day, chance, bool(away))
        for person, day, chance, away in rows
    ], total


def _judged(scope: Scope, today: date) -> tuple[ColumnElement[bool], ...]:
    return RiskScore.club_id.in_(scope.club_ids), RiskScore.day <= today - JUDGED_AFTER


def _of_group(group: str) -> list[ColumnElement[bool]]:
    if group == ALL:
        return []
    if group in (ALARMS, OTHERS):
        everybody = RiskScore.cause == ScoredFor.EVERYBODY
        return [everybody if group == OTHERS else ~everybody]
    scaled, number = RiskScore.chance * BANDS, int(group)
    return [scaled >= number] if number == BANDS - 1 else [scaled >= number, scaled < number + 1]


def _judge(rows: Sequence[Any]) -> Quality:
    bands = []
    for number in range(BANDS):
        mine = [row for row in rows if min(BANDS - 1, row[0]) == number]
        members = sum(row[2] for row in mine)
        if members:
            said, away = sum(row[3] for row in mine), sum(row[4] for row in mine)
            bands.append(Band(number, members, said / members, away))
    alarms = [row for row in rows if row[1] is not ScoredFor.EVERYBODY]
    others = [row for row in rows if row[1] is ScoredFor.EVERYBODY]
    return Quality(
        judged=sum(row[2] for row in rows),
        first=min((row[5] for row in rows), default=None),
        last=max((row[6] for row in rows), default=None),
        bands=tuple(bands),
        alarms=sum(row[2] for row in alarms),
        alarms_right=sum(row[4] for row in alarms),
        others=sum(row[2] for row in others),
        others_away=sum(row[4] for row in others),
    )
