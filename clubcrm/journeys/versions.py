"""Queries room: the versions of a club's journey, and which of them a running cycle goes by."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.core.db import db
from clubcrm.journeys.models import CycleVersion, JourneyVersion
from clubcrm.journeys.rules.settings import JourneySettings, from_json
from clubcrm.journeys.rules.shipped import default_settings

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
