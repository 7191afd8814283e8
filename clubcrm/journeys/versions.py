"""Queries room: the versions of a club's journey, and which of them a running cycle goes by."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session

from clubcrm.core.db import db
from clubcrm.journeys.models import CycleVersion, JourneyVersion, MemberFacts
from clubcrm.journeys.rules.rhythm import RhythmSettings
from clubcrm.journeys.rules.settings import JourneySettings, from_json
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.stages import StageSettings

SHIPPED = 0  # the number that stands for the journey as it is shipped


def current_version(club_id: int, session: Session | None = None) -> JourneyVersion | None:
    """Return the newest version of a club's journey; None while it is the shipped one."""
    return (
        (session or db.session())
        .scalars(
            select(JourneyVersion)
            .where(JourneyVersion.club_id == club_id)
            .order_by(JourneyVersion.number.desc())
            .limit(1)
        )
        .first()
    )


def settings_of(version: JourneyVersion | None) -> JourneySettings:
    """Return the numbers of a version, those that are shipped for None."""
    return (
        default_settings() if version is None else from_json(version.settings, default_settings())
    )


def current_settings(club_id: int, session: Session | None = None) -> JourneySettings:
    """Return the numbers by which new cycles of a club begin."""
    return settings_of(current_version(club_id, session))


def settings_by_number(session: Session, club_id: int) -> Mapping[int, JourneySettings]:
    """Return the numbers of every version of a club by its number; 0 is the shipped journey."""
    rows = session.scalars(select(JourneyVersion).where(JourneyVersion.club_id == club_id))
    return {SHIPPED: default_settings(), **{row.number: settings_of(row) for row in rows}}


def numbers_of_cycles(session: Session, people: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return which version each cycle of the people goes by."""
    rows = session.execute(
        select(CycleVersion.person_id, CycleVersion.cycle_no, CycleVersion.number).where(
            CycleVersion.person_id.in_(people)
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def settings_of_cycle(session: Session, facts: MemberFacts) -> JourneySettings:
    """Return the numbers that the running cycle of a member goes by."""
    numbers = numbers_of_cycles(session, [facts.person_id])
    known = settings_by_number(session, facts.club_id)
    newest = known[max(known)]
    return known.get(numbers.get((facts.person_id, facts.cycle_no), max(known)), newest)


@dataclass(frozen=True, slots=True)
class Led:
    """Cycles that go by the same numbers of risk and stages, whatever else their versions say.

    Those of the newest numbers are all that no older version leads.
    """

    rhythm: RhythmSettings
    stages: StageSettings
    numbers: frozenset[int]
    is_newest: bool = True

    def holds(self) -> ColumnElement[bool]:
        """Return the condition that the cycle of a member's facts is among them."""
        if self.is_newest and not self.numbers:
            return true()
        led = exists().where(
            CycleVersion.person_id == MemberFacts.person_id,
            CycleVersion.cycle_no == MemberFacts.cycle_no,
            CycleVersion.number.in_(self.numbers),
        )
        return ~led if self.is_newest else led


def led_of(session: Session, club_id: int) -> list[Led]:
    """Return the cycles of a club by their numbers of risk and stages, the newest numbers last."""
    known = settings_by_number(session, club_id)
    groups: dict[tuple[RhythmSettings, StageSettings], set[int]] = defaultdict(set)
    for number, settings in known.items():
        groups[settings.rhythm, settings.stages].add(number)
    newest = known[max(known)]
    standing = (newest.rhythm, newest.stages)
    others = {rule: frozenset(numbers) for rule, numbers in groups.items() if rule != standing}
    older = frozenset(number for numbers in others.values() for number in numbers)
    found = [Led(*rule, numbers, is_newest=False) for rule, numbers in others.items()]
    return [*found, Led(*standing, older)]
