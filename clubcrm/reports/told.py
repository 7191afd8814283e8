"""Queries room: the nightly findings as they were told, for pages, programs and the shell."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.core.clubs import Club
from clubcrm.reports.effect_tables import EffectRun, TouchEffect
from clubcrm.reports.evidence import LIVE


@dataclass(frozen=True, slots=True)
class Told:
    """The findings of one night over one period."""

    club_id: int | None
    period: str
    night: date
    rows: int
    groups: list[dict[str, Any]]
    currency: str
    effects: dict[str, dict[str, Any]]

    @property
    def look(self) -> str:
        """Return which interval may be shown: the always-valid one while the period goes on."""
        return "live" if self.period == LIVE else "fixed"


def told_for(session: Session, club_id: int | None, period: str = LIVE) -> Told | None:
    """Return the newest findings of a club, or of all clubs together; None before the first."""
    run = session.scalars(
        select(EffectRun)
        .where(EffectRun.club_id == club_id, EffectRun.period == period)
        .order_by(EffectRun.night.desc())
        .limit(1)
    ).first()
    if run is None:
        return None
    rows = session.execute(
        select(TouchEffect.code, TouchEffect.figures)
        .where(TouchEffect.run_id == run.id)
        .order_by(TouchEffect.code)
    ).all()
    effects = {row[0]: row[1] for row in rows}
    facts = run.facts
    return Told(
        run.club_id, run.period, run.night, run.rows, facts["groups"], facts["currency"], effects
    )


def periods_of(session: Session, club_id: int | None) -> list[str]:
    """Return the periods with findings: the running one first, then quarters from the newest."""
    found = session.scalars(
        select(EffectRun.period).where(EffectRun.club_id == club_id).distinct()
    ).all()
    return sorted((one for one in found if one == LIVE), key=str) + sorted(
        (one for one in found if one != LIVE), reverse=True
    )


def latest_runs(session: Session) -> list[dict[str, Any]]:
    """Return the newest findings of every club, then those of all clubs together."""
    clubs = session.execute(select(Club.id, Club.name).order_by(Club.id)).all()
    found = []
    for club_id, name in [*((row[0], row[1]) for row in clubs), (None, None)]:
        told = told_for(session, club_id)
        if told is not None:
            found.append(
                {
                    "club": name,
                    "period": told.period,
                    "night": told.night.isoformat(),
                    "touchpoints": told.effects,
                    "groups": told.groups,
                }
            )
    return found
