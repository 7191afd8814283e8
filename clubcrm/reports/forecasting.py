"""Services room: the night's questions to statistics about paid ends, and their answers kept."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clubcrm.core.clock import now
from clubcrm.core.db import Unit
from clubcrm.reports.analyst import ask
from clubcrm.reports.ends import ends_of_club, spells_of_club
from clubcrm.reports.models import AnalysisKind, AnalysisResult, ForecastTold, RenewalDue

HINDSIGHT_MONTHS = 12
_BATCH = 500


def foresee(
    unit: Unit,
    days: Mapping[int, date],
    hindsight: int = HINDSIGHT_MONTHS,
    moment: datetime | None = None,
) -> None:
    """Each club has the forecast of its day, with chances of all open ends; one child for all.

    What was said on a first of a month is kept for ever; months before are told in hindsight.
    """
    with unit(write=False) as session:
        clubs: dict[str, dict[str, Any]] = {
            str(club_id): {
                "today": day.toordinal(),
                "told": [one.toordinal() for one in _told(session, club_id)],
                "hindsight": hindsight,
                "ends": ends_of_club(session, club_id),
            }
            for club_id, day in days.items()
        }
    answers = ask("outlook", {"clubs": clubs})["clubs"]
    for key, answer in answers.items():
        club_id = int(key)
        with unit() as session:
            _keep(session, (club_id, days[club_id], moment or now()), answer)
        ids = clubs[key]["ends"]["id"]
        for batch in _batches(answer["chances"]):
            with unit() as session:
                session.execute(
                    update(RenewalDue),
                    [{"id": ids[at], "chance": chance} for at, chance in batch],
                )


def follow_lives(unit: Unit, club_id: int, day: date) -> None:
    """The club has the survival curves of its members as of the day. Raises NO_ANSWER."""
    with unit(write=False) as session:
        spells = spells_of_club(session, club_id, day)
    answer = ask("survival", {"spells": spells})
    with unit() as session:
        keep_result(session, (club_id, day, now()), AnalysisKind.SURVIVAL, answer)


def follow_all_lives(unit: Unit, days: Mapping[int, date], moment: datetime) -> None:
    """Each club that is old enough has the survival curves of its day; one child for all."""
    with unit(write=False) as session:
        clubs = {str(club): spells_of_club(session, club, day) for club, day in days.items()}
    answers = ask("all_survival", {"clubs": clubs})["clubs"]
    with unit() as session:
        for club_id, day in days.items():
            if answers[str(club_id)] is not None:
                about = club_id, day, moment
                keep_result(session, about, AnalysisKind.SURVIVAL, answers[str(club_id)])


def keep_result(
    session: Session, about: tuple[int, date, datetime], kind: AnalysisKind, figures: dict[str, Any]
) -> None:
    """The figures are the newest answer about a club."""
    club_id, day, moment = about
    found = session.get(AnalysisResult, (club_id, kind))
    if found is None:
        session.add(
            AnalysisResult(club_id=club_id, kind=kind, as_of=day, figures=figures, made_at=moment)
        )
    else:
        found.as_of, found.figures, found.made_at = day, figures, moment
    session.flush()


def _keep(session: Session, about: tuple[int, date, datetime], answer: dict[str, Any]) -> None:
    club_id, day, moment = about
    for one in answer["hindsight"]:
        made_on = date.fromisoformat(one["made_on"])
        session.add(
            ForecastTold(
                club_id=club_id,
                made_on=made_on,
                is_hindsight=made_on != day,
                made_at=moment,
                figures={"refusal": one["refusal"], "months": one["months"]},
            )
        )
    shown = {name: answer[name] for name in ("refusal", "terms", "months", "shock")}
    keep_result(session, about, AnalysisKind.FORECAST, shown)


def _told(session: Session, club_id: int) -> list[date]:
    return list(
        session.scalars(select(ForecastTold.made_on).where(ForecastTold.club_id == club_id))
    )


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(rows), _BATCH):
        yield rows[at : at + _BATCH]
